import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer } from 'node:https';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { ApiError, messageOf, notFound, OperatorError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Reconciler } from '../core/reconciler.ts';
import { keepAlive, MOST_BYTES, refuseUpgrade } from '../http/websockets.ts';
import type { Secrets } from '../store/secrets.ts';
import type { Store } from '../store/store.ts';
import {
  createPresenceReconciler,
  leave,
  notePresence,
  ownAddresses,
  reachedAt,
  relayUrlOf,
  seenByDatabase,
} from './presence.ts';

/** Milliseconds that another controller has to answer. */
const ANSWER_WITHIN = 3_000;
const TUNNELS = '/tunnels/';

/** How controllers of one cloud pass byte streams to each other. */
export interface Relay {
  /** This controller, as `controllers` has it; another one after each start. */
  id: string;
  /** Opens a paused stream to the controller that waits for a tunnel. Throws ApiError 404 when it is gone, else 503. */
  dial(controller: string, tunnel: string): Promise<WebSocket>;
  reconciler: Reconciler;
  close(): Promise<void>;
}

export interface RelayOptions {
  store: Store;
  secrets: Secrets;
  log: Log;
  /** The address to listen on, the port (0 for any that is free), and where the others reach it, if that is known. */
  listen: string;
  port: number;
  address: string | undefined;
  /** Whether somebody here waits for the tunnel. */
  expects: (tunnel: string) => boolean;
  /** Takes a tunnel that somebody here waits for; false when nobody does any more. */
  accept: (tunnel: string, socket: WebSocket) => boolean;
}

/**
 * Both sides prove to know the cloud's key, and nobody else can read along: TLS with a shared secret and a key of its
 * own for each connection (RFC 5489; RFC 7905 names the cipher). Node has no shared secrets in TLS 1.3.
 */
function tlsOptions(secrets: Secrets) {
  return {
    key: secrets.key('relay'),
    options: {
      ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
      minVersion: 'TLSv1.2' as const,
      maxVersion: 'TLSv1.2' as const,
    },
  };
}

const IDENTITY = 'controller';

/** Lets the other controllers in and tells them where. Throws OperatorError for a port that is taken. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { store, log } = options;
  const tls = tlsOptions(options.secrets);
  const agent = new Agent({
    ...tls.options,
    pskCallback: () => ({ psk: tls.key, identity: IDENTITY }),
    // A shared secret comes without a certificate that could name anybody.
    checkServerIdentity: () => undefined,
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES });
  const server = createServer({
    ...tls.options,
    pskCallback: (_socket: TLSSocket, identity: string) => (identity === IDENTITY ? tls.key : null),
    handshakeTimeout: ANSWER_WITHIN,
  });
  server.on('request', (_request, response) => response.writeHead(404).end());
  server.on('tlsClientError', (error, socket) =>
    log.warn('relay-refused', { from: socket.remoteAddress, error: error.message }),
  );
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const tunnel = request.url?.startsWith(TUNNELS) ? request.url.slice(TUNNELS.length) : '';
    if (!options.expects(tunnel)) return refuseUpgrade(socket, notFound('Nobody waits for this tunnel.'));
    sockets.handleUpgrade(request, socket, head, (web) => {
      keepAlive(web);
      web.on('error', () => web.terminate());
      if (!options.accept(tunnel, web)) web.close();
    });
  });
  server.listen(options.port, options.listen);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new OperatorError(
      `${options.port === 0 ? 'No port' : `Port ${options.port}`} can be listened on for other controllers: ${messageOf(cause)}.`,
      'Give another one: --relay-port PORT',
      { cause },
    );
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port;
  const address = reachedAt({
    ...{ given: options.address, listen: options.listen, own: ownAddresses() },
    seen: await seenByDatabase(store.read),
  });
  const relayUrl = `wss://${isIPv6(address) ? `[${address}]` : address}:${port}`;
  const self = { id: randomUUID(), name: hostname(), relayUrl };
  await notePresence(store, self);
  log.info('relay', { url: relayUrl });
  return {
    id: self.id,
    reconciler: createPresenceReconciler(store, self),
    async dial(controller, tunnel) {
      const url = await relayUrlOf(store, controller);
      if (url === null) throw notFound('Nobody waits for this tunnel.');
      const web = new WebSocket(`${url}${TUNNELS}${tunnel}`, {
        agent,
        handshakeTimeout: ANSWER_WITHIN,
        maxPayload: MOST_BYTES,
        perMessageDeflate: false,
      });
      try {
        // What comes at once must wait for who takes it.
        web.once('open', () => web.pause());
        await once(web, 'open');
      } catch (cause) {
        log.warn('relay-failed', { to: url, error: cause });
        const told = 'The controller that asked for this tunnel cannot be reached.';
        throw new ApiError(503, 'ServiceUnavailable', told, { cause });
      }
      web.on('error', () => web.terminate());
      keepAlive(web);
      return web;
    },
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.close();
      server.closeAllConnections();
      await leave(store, self.id).catch((error: unknown) => log.warn('controller-not-removed', { error }));
    },
  };
}
