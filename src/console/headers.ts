/**
 * What the console's page may do: scripts, styles and pictures of this site alone, requests and byte streams to it, and
 * nobody may show it in a frame. `host` is the request's Host: not every browser takes 'self' for WebSockets too.
 * https://www.w3.org/TR/CSP3/
 */
export function pageHeaders(host: string | undefined): Record<string, string> {
  const streams = host !== undefined && /^[A-Za-z0-9.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // noVNC draws pictures and pointers that it gets as data.
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${streams}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'x-frame-options': 'DENY',
    ...FILE_HEADERS,
  };
}

export const FILE_HEADERS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
