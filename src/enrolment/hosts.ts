import { dismissHost, silenceHost, isUp, serverCounts } from '../compute/index.ts';
import { notFound } from '../core/errors.ts';
import type { HostId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Reader, Tx } from '../store/store.ts';
import { ENROLMENT } from './invites.ts';
import { knownCertificates } from './known.ts';

export interface EnrolledHost {
  id: HostId;
  name: string;
  up: boolean;
  lastSeen: number | null;
  servers: number;
  /** How it is known: until when its certificate is good, or the token it shares with the controller's machine. */
  credential: 'certificate' | 'token' | 'none';
  notAfter: number | null;
}

/** All hosts, by name. */
export async function readEnrolled(db: Reader, now: number): Promise<EnrolledHost[]> {
  const hosts = await db.selectFrom('hosts').selectAll().orderBy('name').execute();
  const certificates = await db
    .selectFrom('host_certificates')
    .select((select) => ['host_id', select.fn.max('not_after').as('not_after')])
    .groupBy('host_id')
    .execute();
  const until = new Map(certificates.map((row) => [row.host_id, Number(row.not_after)]));
  const counts = await serverCounts(db);
  return hosts.map((host) => {
    const notAfter = until.get(host.id) ?? null;
    return {
      ...{ id: host.id, name: host.name, up: isUp(host, now), lastSeen: host.last_seen },
      ...{ servers: counts.get(host.id) ?? 0, notAfter },
      credential: notAfter !== null ? 'certificate' : host.token_hash === null ? 'none' : 'token',
    };
  });
}

async function named(tx: Tx, name: string): Promise<{ id: HostId; name: string }> {
  const host = await tx.db
    .selectFrom('hosts')
    .select(['id', 'name'])
    .where((where) => where.or([where('name', '=', name), where('id', '=', name as HostId)]))
    .executeTakeFirst();
  if (!host) throw notFound(`There is no host ${name}. See: potluck host list`);
  return host;
}

/**
 * From the commit on nothing that the host holds counts: not its certificates, not a token, not an invite that would
 * let it take its place again. What it runs goes on running, without a master.
 */
export async function revokeHost(app: App, context: Context, name: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const host = await named(tx, name);
    await forget(app, tx, host);
    await writeAudit(tx, context, 'enrolment:hosts:revoke', host.id, { name: host.name });
  });
}

/** Takes a host out of the cloud. Throws ApiError 400 while it has servers or volumes. */
export async function removeHost(app: App, context: Context, name: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const host = await named(tx, name);
    await forget(app, tx, host);
    await dismissHost(tx, context, host);
  });
}

async function forget(app: App, tx: Tx, host: { id: HostId; name: string }): Promise<void> {
  await tx.db.deleteFrom('host_certificates').where('host_id', '=', host.id).execute();
  await tx.db.deleteFrom('host_invites').where('name', '=', host.name).execute();
  await silenceHost(app, tx, host.id);
  tx.afterCommit(() => knownCertificates(app).drop(host.id));
  tx.raise(ENROLMENT);
  tx.raise(`host:${host.id}`);
}
