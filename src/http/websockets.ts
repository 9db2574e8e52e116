import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ApiError } from '../core/errors.ts';

/** The largest message of one side; noVNC's are small, QEMU's as large as the agent's reads. */
export const MOST_BYTES = 16 * 1024 * 1024;
/** Both sides are asked for a sign of life this often, so that a half-open connection ends. */
const PING_EVERY = 30_000;
/** Bytes waiting in one direction before the other side is asked to pause. */
const MOST_WAITING = 1024 * 1024;

/** Passes bytes both ways until one side ends, which ends the other. */
export function join(a: WebSocket, b: WebSocket): void {
  pass(a, b);
  pass(b, a);
}

function pass(from: WebSocket, to: WebSocket): void {
  from.on('message', (data: Buffer) => {
    if (to.readyState !== to.OPEN) return;
    to.send(data, { binary: true }, () => {
      if (from.isPaused && to.bufferedAmount < MOST_WAITING / 2) from.resume();
    });
    if (to.bufferedAmount > MOST_WAITING) from.pause();
  });
  from.on('close', () => to.close());
  from.on('error', () => {
    from.terminate();
    to.close();
  });
  if (from.readyState >= from.CLOSING) to.close();
}

/** Ends a connection whose other side is gone without a word. */
export function keepAlive(web: WebSocket): void {
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

/** Answers a request for a WebSocket with the status of an error. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status = error instanceof ApiError ? error.status : 500;
  const text = error instanceof ApiError ? error.publicMessage : 'The controller failed.';
  // Without a body: some viewers take whatever comes after the head for the screen.
  const reason = text.replaceAll(/[^ -~]/g, ' ');
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
