import { createHash, randomBytes } from 'node:crypto';
import { badRequest, conflict, notFound, unauthorized } from '../core/errors.ts';
import { newUuid } from '../core/ids.ts';
import { printJoinToken } from '../core/join-token.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { bit } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { authorityOf } from './authority.ts';
import type { HostInviteTable } from './tables.ts';

/** Host names as Nova shows them. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i;
/** Raised when invites or certificates change. */
export const ENROLMENT = 'enrolment';

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** Throws ApiError 400 for what cannot name a host. */
export function assertHostName(name: string): void {
  if (!NAME.test(name)) throw badRequest(`'${name}' cannot name a host. Use letters, digits, dashes and dots.`);
}

export interface InviteWishes {
  /** The name that the host must get; the machine's own when null. */
  name: string | null;
  uses: number;
  /** Milliseconds that it is good for. */
  life: number;
  replace: boolean;
}

/** Makes an invite and the token that carries it; the secret in it is not kept and cannot be shown again. */
export async function createInvite(
  app: App,
  context: Context,
  wishes: InviteWishes,
): Promise<{ invite: HostInviteTable; token: string }> {
  const { agentUrl } = app.config;
  if (agentUrl === undefined) {
    throw conflict('This controller lets no host in: it was started without --agent-port.');
  }
  const { name, uses, replace } = wishes;
  if (name !== null) assertHostName(name);
  if (replace && name === null) throw badRequest('Say which host makes way: give a name.');
  if (name !== null && uses !== 1) throw badRequest('A name is for one machine: an invite with a name has one use.');
  const { fingerprint } = await authorityOf(app);
  const secret = randomBytes(24).toString('base64url');
  const invite: HostInviteTable = {
    id: newUuid(),
    ...{ secret_hash: hashOf(secret), name, replaces: bit(replace), uses_left: uses },
    ...{ expires_at: context.now + wishes.life, created_by: context.userId, created_at: context.now },
  };
  await app.store.transaction(async (tx) => {
    if (name !== null && !replace && (await isHost(tx.db, name))) {
      throw conflict(`Host ${name} is enrolled. If this machine takes its place, say so: --replace`);
    }
    await tx.db.insertInto('host_invites').values(invite).execute();
    await writeAudit(tx, context, 'enrolment:invites:create', invite.id, { name, uses, replace });
  });
  return { invite, token: printJoinToken({ controller: agentUrl, fingerprint, secret }) };
}

async function isHost(db: Reader, name: string): Promise<boolean> {
  return (await db.selectFrom('hosts').select('id').where('name', '=', name).executeTakeFirst()) !== undefined;
}

/** Invites that still count, oldest first. */
export function readInvites(db: Reader, now: number): Promise<HostInviteTable[]> {
  return db
    .selectFrom('host_invites')
    .selectAll()
    .where('expires_at', '>', now)
    .where('uses_left', '>', 0)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export async function deleteInvite(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const gone = await tx.db.deleteFrom('host_invites').where('id', '=', id).returning('id').executeTakeFirst();
    if (!gone) throw notFound(`There is no invite ${id}.`);
    await writeAudit(tx, context, 'enrolment:invites:delete', id);
  });
}

/** The invite of a secret. Throws ApiError 401 when there is none, or its time is over. */
export async function findInvite(tx: Tx, secret: string, now: number): Promise<HostInviteTable> {
  const found = await tx.db
    .selectFrom('host_invites')
    .selectAll()
    .where('secret_hash', '=', hashOf(secret))
    .executeTakeFirst();
  if (!found || found.expires_at <= now) {
    throw unauthorized('This invite is unknown, revoked or expired. Ask for a new one: potluck host invite');
  }
  return found;
}

/** Takes one use of an invite; two machines never get the same one. Throws ApiError 401 when none is left. */
export async function useInvite(tx: Tx, id: string): Promise<void> {
  const used = await tx.db
    .updateTable('host_invites')
    .set((set) => ({ uses_left: set('uses_left', '-', 1) }))
    .where('id', '=', id)
    .where('uses_left', '>', 0)
    .returning('id')
    .executeTakeFirst();
  if (!used) throw unauthorized('This invite has been used. Ask for a new one: potluck host invite');
}
