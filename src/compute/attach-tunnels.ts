import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer, type WebSocket } from 'ws';
import { ApiError, messageOf } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import { askingHost } from '../http/host-auth.ts';
import { join, keepAlive, MOST_BYTES, refuseUpgrade } from '../http/websockets.ts';
import { readConsoleToken } from './console-tokens.ts';
import { tunnelsOf } from './tunnels.ts';

const AGENT = '/agent/v1/tunnels/';
const CONSOLE = '/console/ws';

/**
 * Takes the WebSocket upgrades of the HTTP server: agents that bring a byte stream, and browsers that look at a
 * server's screen. Everything else is answered 404.
 */
export function attachTunnels(server: FastifyInstance, app: App): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    // noVNC's older relatives ask for `binary`, https://github.com/novnc/websockify.
    handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
  });
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const take = (use: (web: WebSocket) => void) =>
      sockets.handleUpgrade(request, socket, head, (web) => {
        keepAlive(web);
        web.on('error', (error) => app.log.debug('tunnel-error', { error: messageOf(error) }));
        use(web);
      });
    const answer = async () => {
      const url = new URL(request.url ?? '/', 'http://controller');
      if (url.pathname.startsWith(AGENT)) await takeAgent(app, request, url.pathname.slice(AGENT.length), take);
      else if (url.pathname === CONSOLE) takeConsole(app, request, url.searchParams.get('token') ?? '', take);
      else throw new ApiError(404, 'NotFound', 'There is nothing to talk to here.');
    };
    answer().catch((error: unknown) => refuseUpgrade(socket, error));
  });
  app.abort.addEventListener('abort', () => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  });
}

type Take = (use: (web: WebSocket) => void) => void;

/** Gives an agent's stream to who waits for it: here, or in the controller that asked for it. */
async function takeAgent(app: App, request: IncomingMessage, id: string, take: Take): Promise<void> {
  const host = askingHost(app, request);
  const tunnels = tunnelsOf(app);
  if (tunnels.expects(id, host)) {
    take((web) => {
      if (!tunnels.accept(id, web)) web.close();
    });
    return;
  }
  const onward = await tunnels.passOn(host, id);
  let taken = false;
  take((web) => {
    taken = true;
    join(web, onward);
    onward.resume();
  });
  // The agent may be gone since it dialed.
  if (!taken) onward.terminate();
}

function takeConsole(app: App, request: IncomingMessage, token: string, take: Take): void {
  const { server, host } = readConsoleToken(app, token);
  assertSameOrigin(app, request);
  take((viewer) => {
    // What the viewer says before the host is there must not be lost.
    viewer.pause();
    tunnelsOf(app)
      .open(host, server, 'vnc')
      .then((screen) => {
        join(viewer, screen);
        screen.resume();
        viewer.resume();
        if (viewer.readyState !== viewer.OPEN) screen.close();
      })
      .catch((error: unknown) => viewer.close(1011, messageOf(error).slice(0, 120)));
  });
}

/** A page of another site must not use a console through its visitor's browser. */
function assertSameOrigin(app: App, request: IncomingMessage): void {
  const { origin, host } = request.headers;
  if (origin === undefined) return;
  const from = URL.canParse(origin) ? new URL(origin).host : '';
  if (from === host || from === new URL(app.config.publicUrl).host) return;
  throw new ApiError(403, 'Forbidden', `A console cannot be opened from ${origin}.`);
}
