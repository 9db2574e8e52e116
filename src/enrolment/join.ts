import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { insertHost, loseContents, silenceHost } from '../compute/index.ts';
import { badRequest, conflict, unauthorized } from '../core/errors.ts';
import { newUuid, type HostId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import { authorityOf, type Issued } from './authority.ts';
import { assertHostName, ENROLMENT, findInvite, useInvite } from './invites.ts';
import { knownCertificates } from './known.ts';
import type { HostInviteTable } from './tables.ts';

export interface JoinWishes {
  secret: string;
  /** What the machine calls itself. */
  name: string;
  /** Its fresh public key, PEM. */
  publicKey: string;
  /** The host whose disks and ledger are still on the machine; null on a fresh one. */
  holds: string | null;
}

export interface Joined {
  host: HostId;
  name: string;
  /** PEM. */
  certificate: string;
}

/**
 * Makes a machine a host: an invite is used, and a certificate issued for the key that the machine has made. A machine
 * that did not get the answer may ask again with the same key. Throws ApiError 401 for an invite that does not count,
 * 409 for a name that is taken.
 */
export async function joinHost(app: App, context: Context, wishes: JoinWishes): Promise<Joined> {
  const { key, hash } = readKey(wishes.publicKey);
  const authority = await authorityOf(app);
  const known = knownCertificates(app);
  return app.store.transaction(async (tx) => {
    const invite = await findInvite(tx, wishes.secret, context.now);
    const before = await tx.db
      .selectFrom('host_certificates')
      .innerJoin('hosts', 'hosts.id', 'host_certificates.host_id')
      .select(['hosts.id', 'hosts.name'])
      .where('invite_id', '=', invite.id)
      .where('key_hash', '=', hash)
      .executeTakeFirst();
    let host = before;
    if (!host) {
      await useInvite(tx, invite.id);
      host = await admit(app, tx, context, invite, wishes);
    }
    const { id, name } = host;
    const issued = authority.issue({ name: id, publicKey: key, use: 'client', now: context.now });
    await writeCertificate(app, tx, issued, { host: id, keyHash: hash, inviteId: invite.id, now: context.now });
    tx.afterCommit(() => known.drop(id, issued.fingerprint));
    await tx.db
      .deleteFrom('host_certificates')
      .where('host_id', '=', id)
      .where('fingerprint', '<>', issued.fingerprint)
      .execute();
    return { host: id, name, certificate: issued.certificate };
  });
}

/** The host that an invited machine becomes: a new one, or the one whose place it takes. */
async function admit(
  app: App,
  tx: Tx,
  context: Context,
  invite: HostInviteTable,
  wishes: JoinWishes,
): Promise<{ id: HostId; name: string }> {
  const name = invite.name ?? wishes.name;
  assertHostName(name);
  const namesake = await tx.db.selectFrom('hosts').select('id').where('name', '=', name).executeTakeFirst();
  if (!namesake) {
    const id = newUuid<'host'>();
    await insertHost(tx, { id, name, tokenHash: null }, context.now);
    await writeAudit(tx, context, 'enrolment:join', id, { name, invite: invite.id });
    return { id, name };
  }
  if (invite.replaces === 0) {
    throw conflict(
      `A host ${name} is enrolled already. If this machine takes its place: potluck host invite --name ${name} --replace; ` +
        `else join under another name: potluck join --host-name NAME`,
    );
  }
  await silenceHost(app, tx, namesake.id);
  // Installed again, it has nothing of what the host had; with its disks it goes on where it was.
  const lost = wishes.holds === namesake.id ? 0 : await loseContents(tx, namesake.id, context.now);
  await writeAudit(tx, context, 'enrolment:join', namesake.id, { name, invite: invite.id, replaced: true, lost });
  return { id: namesake.id, name };
}

/**
 * A new certificate for a host that proves the present one, which may have expired. The present one stays good, so
 * that an answer that gets lost locks nobody out; older ones end.
 */
export async function renewCertificate(
  app: App,
  context: Context,
  fingerprint: string,
  publicKey: string,
): Promise<{ certificate: string }> {
  const { key, hash } = readKey(publicKey);
  const authority = await authorityOf(app);
  return app.store.transaction(async (tx) => {
    const present = await tx.db
      .selectFrom('host_certificates')
      .select('host_id')
      .where('fingerprint', '=', fingerprint)
      .executeTakeFirst();
    if (!present) throw unauthorized("This machine's certificate was revoked.");
    const id = present.host_id;
    const issued = authority.issue({ name: id, publicKey: key, use: 'client', now: context.now });
    const keep = [fingerprint, issued.fingerprint];
    await tx.db
      .deleteFrom('host_certificates')
      .where('host_id', '=', id)
      .where('fingerprint', 'not in', keep)
      .execute();
    await writeCertificate(app, tx, issued, { host: id, keyHash: hash, inviteId: null, now: context.now });
    await writeAudit(tx, { ...context, hostId: id }, 'enrolment:renew', id);
    return { certificate: issued.certificate };
  });
}

async function writeCertificate(
  app: App,
  tx: Tx,
  { fingerprint, notAfter }: Issued,
  of: { host: HostId; keyHash: string; inviteId: string | null; now: number },
): Promise<void> {
  const row = { fingerprint, host_id: of.host, key_hash: of.keyHash, invite_id: of.inviteId, not_after: notAfter };
  await tx.db
    .insertInto('host_certificates')
    .values({ ...row, issued_at: of.now })
    .execute();
  // Here at once, so that the host's next request finds it; at other controllers with the signal.
  tx.afterCommit(() => knownCertificates(app).add(fingerprint, { host: of.host, notAfter }));
  tx.raise(ENROLMENT);
}

/** The key and its SHA-256. Throws ApiError 400 for anything but a public key on the curve P-256. */
function readKey(pem: string): { key: KeyObject; hash: string } {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw badRequest('The public key cannot be read. Send it in PEM (SubjectPublicKeyInfo).');
  }
  if (/PRIVATE/.test(pem)) throw badRequest('This is a private key. Keep it, and send the public one.');
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw badRequest('The public key must be on the curve P-256.');
  }
  return {
    key,
    hash: createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
  };
}
