import type { HostId } from '../core/ids.ts';
import type { Reader, Tx } from '../store/store.ts';
import { STANDARD_TRAITS } from './standard.ts';
import { bump } from './use.ts';

/** What Nova gives a host that takes no servers: https://docs.openstack.org/os-traits/ */
export const DISABLED = 'COMPUTE_STATUS_DISABLED';

/**
 * The traits of all hosts, or of those given. Hosts that have the same share one set: of thousands of hosts there are a
 * few kinds.
 */
export async function traitsOfHosts(db: Reader, ids?: readonly HostId[]): Promise<Map<HostId, ReadonlySet<string>>> {
  const rows = await db
    .selectFrom('resource_providers')
    .innerJoin('provider_traits', 'provider', 'uuid')
    .select(['host_id', 'trait'])
    .where('host_id', 'is not', null)
    .$if(ids !== undefined, (query) => query.where('host_id', 'in', ids ?? []))
    .execute();
  const traits = new Map<HostId, string[]>();
  for (const { host_id: id, trait } of rows) {
    if (id === null) continue;
    const own = traits.get(id);
    if (own) own.push(trait);
    else traits.set(id, [trait]);
  }
  const kinds = new Map<string, ReadonlySet<string>>();
  return new Map(
    [...traits].map(([id, own]) => {
      const kind = own.toSorted().join(' ');
      const set = kinds.get(kind) ?? new Set(own);
      kinds.set(kind, set);
      return [id, set];
    }),
  );
}

/** Gives a host traits and takes some away; those that administrators gave it, and it is not asked about, stay. */
export async function changeHostTraits(
  tx: Tx,
  hostId: HostId,
  change: { add: readonly string[]; remove: readonly string[] },
  now: number,
): Promise<void> {
  const provider = await tx.db
    .selectFrom('resource_providers')
    .select('uuid')
    .where('host_id', '=', hostId)
    .executeTakeFirst();
  if (!provider) return;
  const rows = await tx.db
    .selectFrom('provider_traits')
    .select('trait')
    .where('provider', '=', provider.uuid)
    .execute();
  const has = new Set(rows.map((row) => row.trait));
  const add = change.add.filter((trait) => !has.has(trait));
  const remove = change.remove.filter((trait) => has.has(trait));
  if (add.length + remove.length === 0) return;
  const custom = add.filter((trait) => !STANDARD_TRAITS.has(trait));
  if (custom.length > 0) {
    await tx.db
      .insertInto('custom_traits')
      .values(custom.map((name) => ({ name, created_at: now })))
      .onConflict((on) => on.doNothing())
      .execute();
  }
  if (add.length > 0) {
    await tx.db
      .insertInto('provider_traits')
      .values(add.map((trait) => ({ provider: provider.uuid, trait })))
      .execute();
  }
  if (remove.length > 0) {
    await tx.db
      .deleteFrom('provider_traits')
      .where('provider', '=', provider.uuid)
      .where('trait', 'in', remove)
      .execute();
  }
  await bump(tx, provider.uuid, now);
}
