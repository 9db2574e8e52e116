import type { Selectable } from 'kysely';
import type { Reader, Tx } from '../../store/store.ts';
import type { SessionsTable } from '../tables/sessions.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { TOKEN_LIFETIME } from '../tokens/revocations.ts';

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

/** Whether the session was still there. */
export async function noteRenewal(
  tx: Tx,
  id: string,
  changes: Partial<Pick<SessionRow, 'sealed_refresh_token'>> & Pick<SessionRow, 'renewed_at'>,
): Promise<boolean> {
  const result = await tx.db.updateTable('sessions').set(changes).where('id', '=', id).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function deleteSession(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom('sessions').where('id', '=', id).execute();
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
