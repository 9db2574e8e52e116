import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { Server as PlainServer } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { attachTunnels } from '../compute/index.ts';
import type { App } from '../http/app.ts';
import { followConnections } from '../http/connections.ts';
import { notePeer } from '../http/host-auth.ts';
import { BACKLOG } from '../http/limits.ts';
import { createServer } from '../http/server.ts';
import type { Service } from '../http/service.ts';
import { authorityOf, renewalDue } from './authority.ts';
import { knownCertificates } from './known.ts';

/** The controller's own key and certificate, PEM: for its endpoint, and for the databases that hosts connect to. */
export interface ServerIdentity {
  key: string;
  certificate: string;
  authority: string;
}

export interface AgentEndpoint {
  port: number;
  /** Issues a new server certificate when the present one is a third from its end; connections go on. */
  renew(): Promise<void>;
  /** Ends the connections of certificates that are known no more. */
  endStrangers(): void;
  close(): Promise<void>;
}

export interface EndpointOptions {
  listen: string;
  port: number;
  /** Names and addresses under which hosts reach it. */
  reachedAs: readonly string[];
  services: readonly Service[];
  /** Told of each new server certificate. */
  onIdentity?: (identity: ServerIdentity) => Promise<void>;
}

/**
 * The endpoint of agents: mutual TLS on a port of its own. A certificate is asked for and not insisted on, because a
 * machine that joins has none yet; each request says what it needs.
 */
export async function startAgentEndpoint(app: App, options: EndpointOptions): Promise<AgentEndpoint> {
  const authority = await authorityOf(app);
  const known = knownCertificates(app);
  await known.reload();
  let notAfter = 0;
  const issue = () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { reachedAs } = options;
    const issued = authority.issue({ name: 'controller', publicKey, use: 'server', reachedAs, now: app.clock.now() });
    ({ notAfter } = issued);
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    return { key, certificate: issued.certificate, authority: authority.certificate };
  };
  const contextOf = (identity: ServerIdentity) => ({
    ...{ key: identity.key, cert: identity.certificate, ca: identity.authority, minVersion: 'TLSv1.3' as const },
  });
  const first = issue();
  await options.onIdentity?.(first);

  const holder: { server?: TlsServer } = {};
  const fastify: FastifyInstance = createServer(app, options.services, (handler) => {
    holder.server = createTlsServer(
      {
        ...contextOf(first),
        requestCert: true,
        rejectUnauthorized: false,
        handshakeTimeout: 10_000,
        requestTimeout: 0,
      },
      handler,
    );
    holder.server.keepAliveTimeout = 72_000;
    return holder.server as unknown as PlainServer;
  });
  const { server } = holder;
  if (!server) throw new Error('the HTTP framework made no server');

  const sockets = new Map<TLSSocket, string>();
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    const peer = signedPeer(socket, authority.certificate);
    if (peer === null) return;
    notePeer(socket, peer);
    sockets.set(socket, peer);
    socket.on('close', () => sockets.delete(socket));
  });
  attachTunnels(fastify, app);
  const endConnections = followConnections(server as unknown as PlainServer);
  await fastify.listen({ host: options.listen, port: options.port, backlog: BACKLOG });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async renew() {
      if (!renewalDue(notAfter, app.clock.now())) return;
      const identity = issue();
      await options.onIdentity?.(identity);
      server.setSecureContext(contextOf(identity));
      app.log.info('certificate-renewed', { until: new Date(notAfter).toISOString() });
    },
    endStrangers() {
      for (const [socket, peer] of sockets) if (!known.has(peer)) socket.destroy();
    },
    async close() {
      const closing = fastify.close();
      endConnections();
      await closing;
    },
  };
}

/** The fingerprint of the peer's certificate, if our authority signed it; whether it still counts is asked per request. */
function signedPeer(socket: TLSSocket, authority: string): string | null {
  const peer = socket.getPeerX509Certificate();
  if (!peer?.verify(new X509Certificate(authority).publicKey)) return null;
  return createHash('sha256').update(peer.raw).digest('hex');
}
