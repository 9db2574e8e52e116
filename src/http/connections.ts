import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds that a request under way has once the server is asked to end. */
const PATIENCE = 10_000;

/**
 * Follows a server's connections so that it can end in time: Node closes those that idle, but waits a minute for one on
 * which nothing was asked yet (browsers open them in advance) or whose answer was just under way. Answers a function
 * that lets requests under way be answered, ends their connections then, and all others at once.
 */
export function followConnections(server: Server): (patience?: number) => void {
  /** Requests under way by connection. */
  const open = new Map<Socket, number>();
  let ending = false;
  const count = (socket: Socket, change: number) => {
    const now = (open.get(socket) ?? 0) + change;
    if (open.has(socket)) open.set(socket, now);
    if (ending && now === 0) socket.destroySoon();
  };
  // Requests over TLS know the connection as it is after the handshake.
  server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.set(socket, 0);
    socket.on('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    count(socket, 1);
    response.on('close', () => count(socket, -1));
  });
  // What is no longer HTTP is its taker's to end.
  server.on('upgrade', ({ socket }) => open.delete(socket));
  return (patience = PATIENCE) => {
    ending = true;
    for (const socket of open.keys()) count(socket, 0);
    const timer = setTimeout(() => server.closeAllConnections(), patience).unref();
    server.on('close', () => clearTimeout(timer));
  };
}
