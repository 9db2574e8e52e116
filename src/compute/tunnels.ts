import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { isoSeconds } from '../core/clock.ts';
import { ApiError, notFound } from '../core/errors.ts';
import type { HostId, ServerId } from '../core/ids.ts';
import type { TunnelRequest } from '../host/document.ts';
import type { App } from '../http/app.ts';
import { DOWN_AFTER } from './hosts.ts';
import { OFFER_EVERY, ownRequests, sharedRequests } from './tunnel-requests.ts';

/** How long the agent may take to dial in. */
const DIAL_WITHIN = 15_000;

interface Waiting {
  host: HostId;
  accept: (socket: WebSocket) => void;
  giveUp: () => void;
}

export interface Tunnels {
  /**
   * Asks the host's agent for a byte stream, which comes paused. Throws ApiError 409 when it was told and did not dial in, 503 with a time
   * to try again when no controller hears of the host.
   */
  open(host: HostId, server: ServerId, to: TunnelRequest['to']): Promise<WebSocket>;
  /** What the host's agent has to be told now, whichever controller asked for it. */
  handOut(host: HostId): Promise<TunnelRequest[]>;
  /** Joins a connection to who waits for it in this controller; false when nobody does. */
  accept(id: string, socket: WebSocket): boolean;
  /** Whether somebody in this controller waits for the tunnel, of this host if it is given. */
  expects(id: string, host?: HostId): boolean;
  /** The stream to the controller that waits for the tunnel, paused. Throws ApiError 404 or 503. */
  passOn(host: HostId, id: string): Promise<WebSocket>;
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
  const requests = app.relay ? sharedRequests(app, app.relay) : ownRequests(app);
  /** Resolves with the agent's connection, paused, or with null when it did not come in time. */
  const arrival = (host: HostId, id: string) =>
    new Promise<WebSocket | null>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        clearInterval(again);
        app.abort.removeEventListener('abort', stop);
        waiting.delete(id);
      };
      const giveUp = () => {
        end();
        resolve(null);
      };
      const timer = setTimeout(giveUp, DIAL_WITHIN);
      const again = setInterval(() => app.signals.raise(`host:${host}`), OFFER_EVERY);
      const stop = () => {
        end();
        reject(new ApiError(503, 'ServiceUnavailable', 'The controller is ending. Try again.', tryAgain(1)));
      };
      app.abort.addEventListener('abort', stop, { once: true });
      const accept = (socket: WebSocket) => {
        end();
        socket.pause();
        resolve(socket);
      };
      waiting.set(id, { host, accept, giveUp });
    });
  return {
    async open(host, server, to) {
      await assertHeardOf(app, host, server);
      const id = randomBytes(16).toString('hex');
      const arriving = arrival(host, id);
      // The controller may end while the request is still being written.
      arriving.catch(() => undefined);
      try {
        await requests.add(host, { id, server, to }, app.clock.now() + DIAL_WITHIN);
      } catch (error) {
        waiting.get(id)?.giveUp();
        throw error;
      }
      const removed = arriving.then(() => requests.remove(id));
      removed.catch(() => undefined);
      const socket = await arriving;
      if (socket) return socket;
      const within = `within ${DIAL_WITHIN / 1000} seconds`;
      if (await removed) {
        throw new ApiError(409, 'Conflict', `The host of instance ${server} did not answer ${within}. Try again.`);
      }
      const unheard = `The agent on the host of instance ${server} asked no controller for news ${within}. Try again.`;
      throw new ApiError(503, 'ServiceUnavailable', unheard, tryAgain(10));
    },
    handOut: (host) => requests.take(host),
    expects: (id, host) => {
      const one = waiting.get(id);
      return one !== undefined && (host === undefined || one.host === host);
    },
    accept(id, socket) {
      const one = waiting.get(id);
      one?.accept(socket);
      return one !== undefined;
    },
    async passOn(host, id) {
      const row = app.relay
        ? await app.store.read
            .selectFrom('tunnels')
            .select('controller')
            .where('id', '=', id)
            .where('host', '=', host)
            .executeTakeFirst()
        : undefined;
      if (!app.relay || !row) throw notFound('Nobody waits for this tunnel.');
      return app.relay.dial(row.controller, id);
    },
  };
}

const tryAgain = (seconds: number) => ({ headers: { 'retry-after': String(seconds) } });

/** Throws ApiError 503 for a host that is known to be off or cut off: who looks through it need not wait to be told. */
async function assertHeardOf(app: App, host: HostId, server: ServerId): Promise<void> {
  const row = await app.store.read
    .selectFrom('hosts')
    .select(['name', 'last_seen'])
    .where('id', '=', host)
    .executeTakeFirst();
  const seen = row?.last_seen ?? null;
  if (row === undefined || seen === null || app.clock.now() - seen <= DOWN_AFTER) return;
  const told = `Host ${row.name} of instance ${server} was heard of last at ${isoSeconds(seen)}: it is off, or cut off.`;
  throw new ApiError(503, 'ServiceUnavailable', told, tryAgain(30));
}

/** Reads a paused tunnel to its end. Throws ApiError 409 when it does not end in time or is longer than allowed. */
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
    const end = () => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks);
      resolve(text.subarray(Math.max(0, text.length - most)));
    };
    socket.on('close', end);
    if (socket.readyState === socket.CLOSED) end();
    else socket.resume();
  });
}
