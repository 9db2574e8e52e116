import { createHash, X509Certificate } from 'node:crypto';
import { Agent as TlsAgent } from 'node:https';
import { join } from 'node:path';
import { messageOf, OperatorError } from '../../core/errors.ts';
import type { HostId } from '../../core/ids.ts';
import type { JoinToken } from '../../core/join-token.ts';
import { makeDirectory, readIfExists, remove, writeAtomic } from '../files.ts';
import { ask, askJson, isOk, textOf, type LinkOptions } from '../line.ts';
import { readMembership, writeCredentials, writeMembership, type Membership } from './files.ts';
import { makeKey } from './identity.ts';

const DEADLINE = 15_000;

/** A key that was made for a join whose answer has not come yet: with it the same invite counts again. */
interface Pending {
  publicKey: string;
  privateKey: string;
}

/**
 * Joins the cloud of a token: finds out that the controller is the one the token means, says the token's secret, and
 * keeps the certificate it gets in `directory`. Throws OperatorError, before the secret is said, for an impostor.
 */
export async function joinCloud(token: JoinToken, name: string, directory: string): Promise<Membership> {
  const authority = await fetchAuthority(token);
  // From here on nobody is listened to but who has a certificate of exactly this authority.
  const agent = new TlsAgent({ ca: authority, minVersion: 'TLSv1.3' });
  const link: LinkOptions = { controller: token.controller, tls: () => agent };
  await makeDirectory(directory, 0o700);
  const pendingFile = join(directory, 'joining.json');
  const kept = await readIfExists(pendingFile);
  const pending = kept === null ? makeKey() : (JSON.parse(kept) as Pending);
  if (kept === null) await writeAtomic(pendingFile, JSON.stringify(pending));
  const before = await readMembership(directory);
  const question = { secret: token.secret, name, public_key: pending.publicKey, holds: before?.host ?? null };
  const answer = await askJson(link, '/entry/v1/join', question, AbortSignal.timeout(DEADLINE)).catch(
    (error: unknown) => {
      throw unreachable(token, error);
    },
  );
  const text = await textOf(answer);
  agent.destroy();
  if (!isOk(answer)) {
    // Refused for good: the next invite gets a key of its own.
    if (answer.statusCode === 401 || answer.statusCode === 409) await remove(pendingFile);
    throw new OperatorError(
      `The controller does not let this machine in: ${wordsOf(text)}`,
      'See what there is on the controller: potluck host list, potluck host invites',
    );
  }
  const joined = JSON.parse(text) as {
    host: HostId;
    name: string;
    certificate: string;
    region: string;
    ovn_southbound: string | null;
  };
  const membership: Membership = {
    ...{ host: joined.host, name: joined.name, controller: token.controller, region: joined.region },
    ovnSouthbound: joined.ovn_southbound,
  };
  await writeCredentials(directory, { key: pending.privateKey, certificate: joined.certificate, authority });
  await writeMembership(directory, membership);
  await remove(pendingFile);
  return membership;
}

/** The authority's certificate, PEM, once its fingerprint is the token's. Nothing is said to whoever answers. */
async function fetchAuthority(token: JoinToken): Promise<string> {
  const agent = new TlsAgent({ rejectUnauthorized: false });
  const link: LinkOptions = { controller: token.controller, tls: () => agent };
  let text: string;
  try {
    text = await textOf(await ask(link, '/entry/v1/authority', { signal: AbortSignal.timeout(DEADLINE) }), 20_000);
  } catch (error) {
    throw unreachable(token, error);
  } finally {
    agent.destroy();
  }
  let certificate = '';
  try {
    certificate = (JSON.parse(text) as { certificate: string }).certificate;
    const digest = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
    if (digest === token.fingerprint) return certificate;
  } catch {
    // Not even an authority.
  }
  throw new OperatorError(
    `What answers at ${token.controller} is not the controller that made this token.`,
    'The token was not sent. Is the address right, and nobody in between? A cloud that was made anew needs a new invite.',
  );
}

function unreachable({ controller }: JoinToken, error: unknown): OperatorError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint =
    code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED'
      ? `This machine's clock says ${new Date().toISOString()}: is that right? Set it, then run this again.`
      : 'Is the controller running, and does this machine reach that port? On the controller: potluck status';
  return new OperatorError(`${controller} cannot be reached: ${messageOf(error)}`, hint, { cause: error });
}

function wordsOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors: { detail: string }[] };
    return errors[0]?.detail ?? text.slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}
