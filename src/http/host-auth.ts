import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { unauthorized } from '../core/errors.ts';
import type { HostId } from '../core/ids.ts';
import type { App } from './app.ts';

/** The client certificate of each connection to the agent endpoint: the SHA-256 of one that our authority signed. */
const peers = new WeakMap<Duplex, string>();

/** Called by the agent endpoint once a connection's handshake is over. */
export function notePeer(socket: Duplex, fingerprint: string): void {
  peers.set(socket, fingerprint);
}

/** The fingerprint of the certificate that a request came with; null without one, or with one of another authority. */
export function peerOf(request: IncomingMessage): string | null {
  return peers.get(request.socket) ?? null;
}

/**
 * Which host asks: by the certificate of its connection, or on the controller's own machine by its token.
 * Throws ApiError 401.
 */
export function askingHost(app: Pick<App, 'verifyHost' | 'verifyCertificate'>, request: IncomingMessage): HostId {
  const peer = peerOf(request);
  if (peer !== null) return app.verifyCertificate(peer);
  if (request.socket instanceof TLSSocket) {
    throw unauthorized("This machine brought no certificate of this cloud's authority. Enrol it: potluck host invite");
  }
  return app.verifyHost(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
}
