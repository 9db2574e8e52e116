import { badRequest, unauthorized } from '../../core/errors.ts';
import type { PasswordRules } from '../../http/app.ts';
import type { Reader, Store, Tx } from '../../store/store.ts';
import { activityIsStale, failuresSoFar, passwordEnd } from '../password-rules.ts';
import { verifyPassword } from '../passwords.ts';
import type { UserRow } from './users.ts';

/** Throws ApiError 400 for a password that was the user's among the last ones that the rules count. */
export async function requireUnusedPassword(
  db: Reader,
  rules: PasswordRules | undefined,
  user: UserRow,
  password: string,
): Promise<void> {
  const count = rules?.uniqueLastPasswordCount ?? 0;
  if (count === 0) return;
  const rows = await db
    .selectFrom('user_passwords')
    .select('hash')
    .where('user_id', '=', user.id)
    .orderBy('created_at', 'desc')
    .limit(Math.max(count - 1, 0))
    .execute();
  for (const hash of [user.password_hash, ...rows.map((row) => row.hash)]) {
    if (hash !== null && (await verifyPassword(password, hash))) {
      throw badRequest(
        `The new password cannot be identical to a previous password: the last ${count} are remembered.`,
      );
    }
  }
}

/** Replaces a password and remembers the old one as long as the rules ask for. Returns the columns that changed. */
export async function setPassword(
  tx: Tx,
  rules: PasswordRules | undefined,
  user: UserRow,
  given: { hash: string | null; now: number; ownChoice: boolean },
) {
  const { hash, now, ownChoice } = given;
  const remembered = Math.max((rules?.uniqueLastPasswordCount ?? 0) - 1, 0);
  const old = await tx.db
    .selectFrom('user_passwords')
    .select(['hash', 'created_at'])
    .where('user_id', '=', user.id)
    .orderBy('created_at', 'desc')
    .execute();
  const retired = user.password_hash;
  if (remembered > 0 && retired !== null) {
    // Later than the one before also within one millisecond: the order counts.
    const row = { hash: retired, created_at: Math.max(now, (old[0]?.created_at ?? 0) + 1) };
    await tx.db
      .insertInto('user_passwords')
      .values({ ...row, user_id: user.id })
      .execute();
    old.unshift(row);
  }
  const forgotten = old.slice(remembered);
  if (forgotten.length > 0) {
    await tx.db
      .deleteFrom('user_passwords')
      .where('user_id', '=', user.id)
      .where('created_at', '<=', Math.max(...forgotten.map((row) => row.created_at)))
      .execute();
  }
  const changes = {
    password_hash: hash,
    password_changed_at: now,
    password_expires_at: hash === null ? null : passwordEnd(rules, user, { now, ownChoice }),
    password_self_service: ownChoice ? (1 as const) : (0 as const),
    failed_logins: 0,
    last_failed_login_at: null,
  };
  await tx.db.updateTable('users').set(changes).where('id', '=', user.id).execute();
  return changes;
}

/** Counts a wrong password, when there is a rule that cares. */
export async function countFailure(store: Store, rules: PasswordRules | undefined, userId: string, now: number) {
  if (!rules?.lockoutFailureAttempts) return;
  await store.transaction(async (tx) => {
    const user = await tx.db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (!user) return;
    await tx.db
      .updateTable('users')
      .set({ failed_logins: failuresSoFar(rules, user) + 1, last_failed_login_at: now })
      .where('id', '=', userId)
      .execute();
  });
}

/** Forgets failures and writes down the day. Throws ApiError 401 if the user is gone. */
export async function noteSuccess(store: Store, user: UserRow, now: number): Promise<void> {
  if (user.failed_logins === 0 && !activityIsStale(user, now)) return;
  await store.transaction(async (tx) => {
    const result = await tx.db
      .updateTable('users')
      .set({ failed_logins: 0, last_failed_login_at: null, last_active_at: now })
      .where('id', '=', user.id)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw unauthorized();
  });
}
