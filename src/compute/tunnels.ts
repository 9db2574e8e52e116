import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { ApiError } from '../core/errors.ts';
import type { HostId, ServerId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { TunnelRequest } from '../host/document.ts';

/** How long the agent may take to dial in. */
const DIAL_WITHIN = 15_000;

interface Waiting {
  request: TunnelRequest;
  host: HostId;
  handedOut: boolean;
  accept: (socket: WebSocket) => void;
}

export interface Tunnels {
  /** Asks the host's agent for a byte stream. Throws ApiError 409 when it does not dial in. */
  open(host: HostId, server: ServerId, to: TunnelRequest['to']): Promise<WebSocket>;
  /** What the host's agent has not been told yet. */
  handOut(host: HostId): TunnelRequest[];
  /** Whether the agent has tunnels to be told of. */
  pending(host: HostId): boolean;
  /** Joins the agent's connection to who waits for it; false when nobody does. */
  accept(host: HostId, id: string, socket: WebSocket): boolean;
  /** Whether the host's agent was asked for this tunnel. */
  expects(host: HostId, id: string): boolean;
}

const all = new WeakMap<App, Tunnels>();

/** The tunnels of one controller: they live as long as somebody looks through them, so memory is their place. */
export function tunnelsOf(app: App): Tunnels {
  const known = all.get(app);
  if (known) return known;
  const made = createTunnels(app);
  all.set(app, made);
  return made;
}

function createTunnels(app: App): Tunnels {
  const waiting = new Map<string, Waiting>();
  const of = (host: HostId) => [...waiting.values()].filter((one) => one.host === host && !one.handedOut);
  return {
    open(host, server, to) {
      const id = randomBytes(16).toString('hex');
      return new Promise((resolve, reject) => {
        const end = (error: ApiError) => {
          clearTimeout(timer);
          app.abort.removeEventListener('abort', stop);
          waiting.delete(id);
          reject(error);
        };
        const late = `The host of instance ${server} did not answer within ${DIAL_WITHIN / 1000} seconds. Try again.`;
        const timer = setTimeout(() => end(new ApiError(409, 'Conflict', late)), DIAL_WITHIN);
        const stop = () => end(new ApiError(503, 'ServiceUnavailable', 'The controller is ending. Try again.'));
        app.abort.addEventListener('abort', stop, { once: true });
        const accept = (socket: WebSocket) => {
          clearTimeout(timer);
          app.abort.removeEventListener('abort', stop);
          waiting.delete(id);
          resolve(socket);
        };
        waiting.set(id, { request: { id, server, to }, host, handedOut: false, accept });
        app.signals.raise(`host:${host}`);
      });
    },
    handOut(host) {
      const found = of(host);
      for (const one of found) one.handedOut = true;
      return found.map((one) => one.request);
    },
    pending: (host) => of(host).length > 0,
    expects: (host, id) => waiting.get(id)?.host === host,
    accept(host, id, socket) {
      const one = waiting.get(id);
      if (one?.host !== host) return false;
      one.accept(socket);
      return true;
    },
  };
}

/** Reads a tunnel to its end. Throws ApiError 409 when it does not end in time or is longer than allowed. */
export function readAll(socket: WebSocket, most: number, milliseconds: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      socket.terminate();
      reject(new ApiError(409, 'Conflict', 'The host stopped sending the console log. Try again.'));
    }, milliseconds);
    socket.on('message', (data: Buffer) => {
      chunks.push(data);
      size += data.length;
      // What counts is the end of the log.
      for (let first = chunks[0]; first && size - first.length >= most; first = chunks[0]) {
        chunks.shift();
        size -= first.length;
      }
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks);
      resolve(text.subarray(Math.max(0, text.length - most)));
    });
  });
}

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
}
