import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { Log } from '../core/log.ts';
import type { ServerId } from '../core/ids.ts';
import type { HostDiagnostics, TunnelRequest } from './document.ts';
import { credentials, type LinkOptions } from './line.ts';
import { readPasswordWish, setGuestPassword } from './guest-agent.ts';
import { serverPaths, type HostPaths } from './paths.ts';
import { readConsole } from './qemu/console-log.ts';

export interface TunnelOptions {
  link: LinkOptions;
  paths: HostPaths;
  log: Log;
  diagnose: (server: ServerId) => Promise<HostDiagnostics>;
}

/** How much may wait for a slow side before the fast one is told to wait. */
const HIGH_WATER = 1024 * 1024;

/** Opens byte streams from the controller to consoles of servers. The agent dials, so no port is open here. */
export function createTunnels({ link, paths, log, diagnose }: TunnelOptions) {
  const open = new Set<WebSocket>();
  return {
    /** Begins the tunnel; its end, good or bad, concerns only those who use it. */
    open(request: TunnelRequest): void {
      const socket = dial(link, request.id);
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', (error) => log.warn('tunnel-failed', { tunnel: request.id, server: request.server, error }));
      socket.on('open', () => {
        const at = serverPaths(paths, request.server);
        const counted = async () => JSON.stringify(await diagnose(request.server));
        if (request.to === 'log') void sendAll(socket, () => readConsole(at.consoleLog), 'the log cannot be read');
        else if (request.to === 'diagnostics') void sendAll(socket, counted, 'the server does not run');
        else if (request.to === 'guest-password') answerPassword(socket, at.guestAgent);
        else if (request.to === 'vnc') join(socket, at.vnc);
        else if (request.to === 'serial') join(socket, at.serial);
        // Of a newer controller.
        else socket.close(1011, 'this agent knows no such tunnel');
      });
    },
    close(): void {
      for (const socket of open) socket.terminate();
    },
  };
}

/** The agent's end of a byte stream that the controller asked for. */
export function dial(link: LinkOptions, id: string): WebSocket {
  return new WebSocket(`${link.controller.replace(/^http/, 'ws')}/agent/v1/tunnels/${id}`, {
    headers: credentials(link),
    handshakeTimeout: 10_000,
    perMessageDeflate: false,
    ...(link.tls && { agent: link.tls() }),
  });
}

function answerPassword(socket: WebSocket, guestAgent: string): void {
  socket.once('message', (data: Buffer) => {
    const wish = readPasswordWish(data.toString('utf8'));
    const set = async () => JSON.stringify(wish && (await setGuestPassword(guestAgent, wish)));
    void sendAll(socket, set, 'the password was not set');
  });
}

async function sendAll(socket: WebSocket, read: () => Promise<string | Buffer>, trouble: string): Promise<void> {
  try {
    socket.send(await read());
    socket.close(1000);
  } catch {
    socket.close(1011, trouble);
  }
}

/** Joins a WebSocket and a unix socket; when one ends, so does the other. */
function join(socket: WebSocket, path: string): void {
  const stream = connect(path);
  stream.on('data', (chunk) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(chunk, () => {
      if (socket.bufferedAmount < HIGH_WATER) stream.resume();
    });
    if (socket.bufferedAmount >= HIGH_WATER) stream.pause();
  });
  stream.on('error', () => socket.close(1011, 'the server does not run'));
  stream.on('close', () => socket.close(1000));
  socket.on('message', (data) => {
    const chunk = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (stream.write(chunk)) return;
    socket.pause();
    stream.once('drain', () => socket.resume());
  });
  socket.on('close', () => stream.destroy());
}
