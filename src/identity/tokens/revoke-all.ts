import type { Kysely } from 'kysely';
import type { Database } from '../../store/database.ts';
import { TOKEN_LIFETIME } from './revocations.ts';

/**
 * Voids every token issued until now, for a database put back from a backup: it has forgotten revocations. No
 * controller may be running, since each has the revocations in memory.
 */
export async function revokeAllTokens(db: Kysely<Database>, now: number): Promise<void> {
  const row = { issued_before: now, expires_at: now + TOKEN_LIFETIME };
  const domains = await db.selectFrom('projects').select('id').where('is_domain', '=', 1).execute();
  for (const { id } of domains) {
    await db
      .insertInto('token_revocations')
      .values({ kind: 'domain', value: id, ...row })
      .onConflict((conflict) => conflict.columns(['kind', 'value']).doUpdateSet(row))
      .execute();
  }
}
