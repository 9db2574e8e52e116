import RFB from '/console/novnc/core/rfb.js';

const status = document.querySelector('#status');
const keys = document.querySelector('#keys');
const parameters = new URLSearchParams(location.search);

/** The byte stream is always one of this site, whatever the address bar says. */
function streamAddress() {
  const path = parameters.get('path') ?? `console/ws?token=${parameters.get('token') ?? ''}`;
  const given = new URL(path, location.origin);
  const address = new URL('/console/ws', location.origin);
  address.search = given.search;
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

const rfb = new RFB(document.querySelector('#screen'), streamAddress(), { wsProtocols: ['binary'] });
rfb.scaleViewport = true;
rfb.background = '#1d1f21';

rfb.addEventListener('connect', () => {
  status.textContent = 'Connected.';
  keys.disabled = false;
  rfb.focus();
});
rfb.addEventListener('disconnect', (event) => {
  status.textContent = event.detail.clean
    ? 'The connection has ended.'
    : 'The connection failed: the address may be too old, or the server is off. Ask for a new one.';
  keys.disabled = true;
});
rfb.addEventListener('desktopname', (event) => {
  document.title = `noVNC: ${event.detail.name}`;
});
keys.addEventListener('click', () => {
  rfb.sendCtrlAltDel();
  rfb.focus();
});
