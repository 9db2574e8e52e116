import type { Selectable } from 'kysely';
import type { Reader } from '../../store/store.ts';
import type { TrustsTable } from '../tables/delegation.ts';
import type { RoleRow } from './roles.ts';

export type TrustRow = Selectable<TrustsTable>;

/** A trust that can still be used: one that has ended is not found any more. */
export async function findTrust(db: Reader, now: number, id: string): Promise<TrustRow | undefined> {
  const row = await db.selectFrom('trusts').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || row.remaining_uses === 0 || (row.expires_at !== null && row.expires_at <= now)) return undefined;
  return row;
}

export async function rolesOfTrust(db: Reader, id: string): Promise<RoleRow[]> {
  return db
    .selectFrom('roles')
    .innerJoin('trust_roles', 'trust_roles.role_id', 'roles.id')
    .selectAll('roles')
    .where('trust_roles.trust_id', '=', id)
    .orderBy('roles.name')
    .execute();
}

/** A trust and those it was handed on from, the first one last. */
export async function chainOf(db: Reader, trust: TrustRow): Promise<TrustRow[]> {
  const chain = [trust];
  for (let next = trust.redelegated_trust_id; next !== null;) {
    const above = await db.selectFrom('trusts').selectAll().where('id', '=', next).executeTakeFirst();
    if (!above) break;
    chain.push(above);
    next = above.redelegated_trust_id;
  }
  return chain;
}

/** The ids of a trust and of all that were handed on from it. */
export async function idsBelow(db: Reader, id: string): Promise<string[]> {
  const rows = await db
    .withRecursive('below', (with_) =>
      with_
        .selectFrom('trusts')
        .select('id')
        .where('id', '=', id)
        .unionAll(
          with_.selectFrom('trusts').innerJoin('below', 'trusts.redelegated_trust_id', 'below.id').select('trusts.id'),
        ),
    )
    .selectFrom('below')
    .select('id')
    .execute();
  return rows.map((row) => row.id);
}
