import type { Selectable } from 'kysely';
import { badRequest, conflict } from '../../core/errors.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { AllocationTable, ConsumerTable } from '../tables.ts';
import { bump, capacityOf, mustTake, roomOf, touchProviders } from '../use.ts';
import { checkClasses } from './names.ts';

export type Allocation = Selectable<AllocationTable>;
export type Consumer = Selectable<ConsumerTable>;

/** What one consumer shall have; nothing takes it off the books. */
export interface Wish {
  consumer: string;
  projectId: string;
  userId: string;
  /** Undefined for clients that do not know of types. */
  type: string | undefined;
  /** What the client knows of the consumer: null when it expects none; undefined for clients that do not say. */
  generation: number | null | undefined;
  /** By provider and class. */
  resources: Record<string, Record<string, number>>;
}

export const findConsumer = (db: Reader, uuid: string): Promise<Consumer | undefined> =>
  db.selectFrom('consumers').selectAll().where('uuid', '=', uuid).executeTakeFirst();

export const allocationsBy = (db: Reader, column: 'consumer' | 'provider', uuid: string): Promise<Allocation[]> =>
  db.selectFrom('allocations').selectAll().where(column, '=', uuid).orderBy('resource_class').execute();

/**
 * Makes these the allocations of their consumers, all or none. What they had is given back first, so that a consumer
 * may take on one provider what another leaves. Throws ApiError 400 and 409.
 */
export async function replaceAllocations(
  tx: Tx,
  now: number,
  wishes: readonly Wish[],
  options: { bump: boolean } = { bump: true },
): Promise<void> {
  const before = await usedBefore(tx.db, wishes);
  const touched = new Set(wishes.flatMap((wish) => Object.keys(wish.resources)));
  const relieved = new Set<string>();
  for (const wish of wishes) {
    await ensureConsumer(tx, now, wish);
    for (const given of await allocationsBy(tx.db, 'consumer', wish.consumer)) {
      const { provider, resource_class: resourceClass, used } = given;
      if (Object.keys(wish.resources).length === 0) touched.add(provider);
      relieved.add(provider);
      await mustTake(tx, { provider, resourceClass, amount: -used, overhead: 0 });
    }
    await tx.db.deleteFrom('allocations').where('consumer', '=', wish.consumer).execute();
  }
  for (const wish of wishes) {
    for (const [provider, resources] of Object.entries(wish.resources)) {
      await takeAll(tx, now, wish.consumer, provider, resources, before);
    }
    if (Object.keys(wish.resources).length === 0) {
      await tx.db.deleteFrom('consumers').where('uuid', '=', wish.consumer).execute();
    }
  }
  // Clients count on a DELETE leaving the generation of providers as it is.
  if (options.bump) for (const provider of touched) await bump(tx, provider, now);
  await touchProviders(tx, 'uuid', [...relieved], now);
}

const keyOf = (provider: string, name: string) => `${provider} ${name}`;

/** How much was promised of the inventories concerned: one that shrank may be relieved step by step. */
async function usedBefore(db: Reader, wishes: readonly Wish[]): Promise<ReadonlyMap<string, number>> {
  const providers = [...new Set(wishes.flatMap((wish) => Object.keys(wish.resources)))];
  if (providers.length === 0) return new Map();
  const rows = await db
    .selectFrom('inventories')
    .select(['provider', 'resource_class', 'used'])
    .where('provider', 'in', providers)
    .execute();
  return new Map(rows.map((row) => [keyOf(row.provider, row.resource_class), row.used]));
}

async function ensureConsumer(tx: Tx, now: number, wish: Wish): Promise<void> {
  const known = await findConsumer(tx.db, wish.consumer);
  if (wish.generation !== undefined && (known?.generation ?? null) !== wish.generation) {
    throw conflict(
      `consumer generation conflict - expected ${known?.generation ?? 'null'} but got ${wish.generation ?? 'None'}`,
      'concurrent_update',
    );
  }
  const { projectId: project_id, userId: user_id } = wish;
  if (known) {
    const change = { project_id, user_id, ...(wish.type !== undefined && { type: wish.type }), updated_at: now };
    await tx.db
      .updateTable('consumers')
      .set((set) => ({ ...change, generation: set('generation', '+', 1) }))
      .where('uuid', '=', wish.consumer)
      .execute();
    return;
  }
  await tx.db
    .insertInto('consumers')
    .values({
      ...{ uuid: wish.consumer, project_id, user_id, type: wish.type ?? null },
      ...{ generation: 1, created_at: now, updated_at: now },
    })
    .execute();
}

async function takeAll(
  tx: Tx,
  now: number,
  consumer: string,
  provider: string,
  resources: Record<string, number>,
  before: ReadonlyMap<string, number>,
): Promise<void> {
  const names = Object.keys(resources);
  await checkClasses(
    tx.db,
    names,
    (name) => `Unable to allocate inventory for consumer ${consumer}: No such resource class ${name}.`,
  );
  const known = await tx.db
    .selectFrom('resource_providers')
    .select('uuid')
    .where('uuid', '=', provider)
    .executeTakeFirst();
  if (!known) throw badRequest(`Allocation for resource provider '${provider}' that does not exist.`);
  const rows = await tx.db.selectFrom('inventories').selectAll().where('provider', '=', provider).execute();
  for (const [name, amount] of Object.entries(resources)) {
    const row = rows.find((one) => one.resource_class === name);
    const refuse = (why: string) => conflict(`Unable to allocate inventory: ${why}`);
    if (!row) throw refuse(`Inventory for '${name}' on resource provider '${provider}' invalid: there is none.`);
    if (amount < row.min_unit || amount > row.max_unit || amount % row.step_size !== 0) {
      throw refuse(
        `Unable to create allocation for '${name}' on resource provider '${provider}'. The requested amount would violate inventory constraints: ${amount} must be from ${row.min_unit} to ${row.max_unit} in steps of ${row.step_size}.`,
      );
    }
    const relieves = row.used + amount <= (before.get(keyOf(provider, name)) ?? 0);
    if (roomOf(row) < amount && !relieves) {
      throw refuse(
        `Unable to create allocation for '${name}' on resource provider '${provider}'. The requested amount would exceed the capacity: ${amount} of ${Math.max(0, roomOf(row))} left of ${capacityOf(row)}.`,
      );
    }
    await mustTake(tx, { provider, resourceClass: name, amount, overhead: 0, force: relieves });
    const row1 = { consumer, provider, resource_class: name, used: amount, created_at: now };
    await tx.db.insertInto('allocations').values(row1).execute();
  }
}
