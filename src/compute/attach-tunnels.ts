import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer, type WebSocket } from 'ws';
import { ApiError, messageOf } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import { askingHost } from '../http/host-auth.ts';
import { readConsoleToken } from './console-tokens.ts';
import { join, tunnelsOf } from './tunnels.ts';

const AGENT = '/agent/v1/tunnels/';
const CONSOLE = '/console/ws';
/** The largest message of one side; noVNC's are small, QEMU's as large as the agent's reads. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Both sides are asked for a sign of life this often, so that a half-open connection ends. */
const PING_EVERY = 30_000;

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
    try {
      const url = new URL(request.url ?? '/', 'http://controller');
      if (url.pathname.startsWith(AGENT)) takeAgent(app, request, url.pathname.slice(AGENT.length), take);
      else if (url.pathname === CONSOLE) takeConsole(app, request, url.searchParams.get('token') ?? '', take);
      else throw new ApiError(404, 'NotFound', 'There is nothing to talk to here.');
    } catch (error) {
      refuse(socket, error);
    }
  });
  app.abort.addEventListener('abort', () => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  });
}

type Take = (use: (web: WebSocket) => void) => void;

function takeAgent(app: App, request: IncomingMessage, id: string, take: Take): void {
  const host = askingHost(app, request);
  const tunnels = tunnelsOf(app);
  if (!tunnels.expects(host, id)) throw new ApiError(404, 'NotFound', 'Nobody waits for this tunnel.');
  take((web) => {
    if (!tunnels.accept(host, id, web)) web.close();
  });
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

function keepAlive(web: WebSocket): void {
  let alive = true;
  web.on('pong', () => (alive = true));
  web.on('message', () => (alive = true));
  const timer = setInterval(() => {
    if (!alive && !web.isPaused) {
      web.terminate();
      return;
    }
    alive = false;
    web.ping();
  }, PING_EVERY);
  timer.unref();
  web.on('close', () => clearInterval(timer));
}

function refuse(socket: Duplex, error: unknown): void {
  const status = error instanceof ApiError ? error.status : 500;
  const text = error instanceof ApiError ? error.publicMessage : 'The controller failed.';
  // Without a body: some viewers take whatever comes after the head for the screen.
  const reason = text.replaceAll(/[^ -~]/g, ' ');
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
