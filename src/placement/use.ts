import { sql } from 'kysely';
import { conflict } from '../core/errors.ts';
import { bit } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { InventoryTable } from './tables.ts';

/** Everything that takes from a provider or gives back goes through here. */

type Inventory = Pick<InventoryTable, 'total' | 'reserved' | 'allocation_ratio' | 'used' | 'overhead'>;

/** How much may be promised of an inventory altogether. */
export const capacityOf = (one: Pick<Inventory, 'total' | 'reserved' | 'allocation_ratio'>): number =>
  Math.floor((one.total - one.reserved) * one.allocation_ratio);

/** How much of it is left; negative when more was promised than there is now. */
export const roomOf = (one: Inventory): number => capacityOf(one) - one.used - one.overhead;

export interface Take {
  provider: string;
  resourceClass: string;
  /** Negative to give back. */
  amount: number;
  overhead: number;
  /** Whether or not there is room: for what leaves no less room than there was. */
  force?: boolean;
}

/**
 * Takes from an inventory, or answers false when it has not enough left. The condition is part of the update, so that
 * two can never both have the last of it. Giving back always succeeds.
 */
export async function take(tx: Tx, one: Take): Promise<boolean> {
  const { provider, resourceClass, amount, overhead, force = false } = one;
  const more = amount + overhead;
  const result = await sql`update inventories
    set used = used + ${amount}, overhead = overhead + ${overhead}
    where provider = ${provider} and resource_class = ${resourceClass}
      and (${more} <= 0 or ${bit(force)} = 1 or used + overhead + ${more} <= (total - reserved) * allocation_ratio)`.execute(
    tx.db,
  );
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** The same for what was seen to fit in this transaction: throws ApiError 409 when it does not. */
export async function mustTake(tx: Tx, one: Take): Promise<void> {
  if (await take(tx, one)) return;
  throw conflict(
    `Unable to allocate inventory: provider ${one.provider} has changed meanwhile. Try again.`,
    'concurrent_update',
  );
}

/** What a provider is at: `generation` for the API's clients, `revision` for schedulers. */
export interface At {
  generation: number;
  revision: number;
}

/** Says that a provider changed, and answers what it is at now. Throws ApiError 409 when it is not at `generation`. */
export async function bump(tx: Tx, provider: string, now: number, generation?: number): Promise<At> {
  const row = await tx.db
    .updateTable('resource_providers')
    .set((set) => ({
      generation: set('generation', '+', 1),
      revision: set('revision', '+', 1),
      updated_at: now,
    }))
    .where('uuid', '=', provider)
    .$if(generation !== undefined, (query) => query.where('generation', '=', generation ?? 0))
    .returning(['generation', 'revision'])
    .executeTakeFirst();
  if (!row) throw conflict('resource provider generation conflict', 'concurrent_update');
  return row;
}

/** Says that schedulers must look at these again, where the API's clients are told nothing of a change. */
export async function touchProviders(
  tx: Tx,
  by: 'uuid' | 'host_id',
  ids: readonly string[],
  now: number,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .updateTable('resource_providers')
    .set((set) => ({ revision: set('revision', '+', 1), updated_at: now }))
    .where(by, 'in', ids)
    .execute();
}

export interface Given {
  provider: string;
  resource_class: string;
  used: number;
}

/** What consumers were given, by consumer. */
export async function allocationsOf(db: Reader, consumers: readonly string[]): Promise<Map<string, Given[]>> {
  const found = new Map<string, Given[]>();
  if (consumers.length === 0) return found;
  const rows = await db
    .selectFrom('allocations')
    .select(['consumer', 'provider', 'resource_class', 'used'])
    .where('consumer', 'in', consumers)
    .execute();
  for (const { consumer, ...given } of rows) found.set(consumer, [...(found.get(consumer) ?? []), given]);
  return found;
}
