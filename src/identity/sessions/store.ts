import type { Selectable } from 'kysely';
import type { UserId } from '../../core/ids.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { SessionsTable } from '../tables/sessions.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { TOKEN_LIFETIME, type Revocations } from '../tokens/revocations.ts';

export type SessionRow = Selectable<SessionsTable>;

/** Of one user; the one unused for longest is forgotten first. A whole class may share an account. */
const MOST_SESSIONS = 500;

/** The session that a token belongs to, if it belongs to one: the start of its chain. */
export const sessionIdOf = ({ auditId, parentAuditId }: TokenClaims): string => parentAuditId ?? auditId;

export async function findSession(db: Reader, id: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Writes down a session, and the same one again when its first token is turned into a session twice. */
export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx.db
    .insertInto('sessions')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ renewed_at: row.renewed_at }))
    .execute();
  const oldest = await tx.db
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', row.user_id)
    .orderBy('renewed_at', 'desc')
    .orderBy('id')
    .offset(MOST_SESSIONS)
    .limit(100)
    .execute();
  if (oldest.length === 0) return;
  const ids = oldest.map(({ id }) => id);
  await tx.db.deleteFrom('sessions').where('id', 'in', ids).execute();
}

/** Whether this is the one that renews a session: of several that found it as it is. */
export async function claimRenewal(tx: Tx, { id, renewed_at }: SessionRow, now: number): Promise<boolean> {
  const result = await tx.db
    .updateTable('sessions')
    .set({ renewed_at: Math.max(now, renewed_at + 1) })
    .where('id', '=', id)
    .where('renewed_at', '=', renewed_at)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Whether the session was still there. */
export async function noteRenewal(
  tx: Tx,
  id: string,
  changes: Partial<Pick<SessionRow, 'sealed_refresh_token'>> & Pick<SessionRow, 'renewed_at'>,
): Promise<boolean> {
  const result = await tx.db.updateTable('sessions').set(changes).where('id', '=', id).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Ends sessions with every token that was made from them. */
export async function endSessions(tx: Tx, revocations: Revocations, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .deleteFrom('sessions')
    .where('id', 'in', [...ids])
    .execute();
  await revocations.revoke(tx, 'audit', ids);
}

/** A user's sessions that can still be used, the one begun last first. */
export async function sessionsOf(db: Reader, userId: string, now: number): Promise<SessionRow[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId as UserId)
    .where('ends_at', '>', now)
    .where('renewed_at', '>', now - TOKEN_LIFETIME)
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .execute();
}

export async function deleteSessionsOf(tx: Tx, userId: string): Promise<void> {
  await tx.db.deleteFrom('sessions').where('user_id', '=', userId).execute();
}

/** Forgets sessions of which no token can be valid any more. */
export async function deleteEndedSessions(tx: Tx, now: number): Promise<void> {
  await tx.db
    .deleteFrom('sessions')
    .where((where) => where.or([where('ends_at', '<=', now), where('renewed_at', '<=', now - TOKEN_LIFETIME)]))
    .execute();
}

/** Takes memberships that a provider's word has given, and that it has not repeated in time. Answers whose they were. */
export async function deleteEndedMemberships(tx: Tx, now: number): Promise<string[]> {
  const rows = await tx.db
    .deleteFrom('user_group_members')
    .where('expires_at', '<=', now)
    .returning('user_id')
    .execute();
  return [...new Set(rows.map((row) => row.user_id))];
}

/** The sessions that began with a session at a provider, or with any of one user there. */
export async function sessionsAt(
  db: Reader,
  providerId: string,
  { session, subject }: { session: string | null; subject: string | null },
): Promise<Pick<SessionRow, 'id' | 'user_id'>[]> {
  const query = db.selectFrom('sessions').select(['id', 'user_id']).where('identity_provider_id', '=', providerId);
  return (
    session === null ? query.where('subject', '=', subject ?? '') : query.where('provider_session', '=', session)
  ).execute();
}
