import type { Selectable } from 'kysely';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { MOST } from '../accounts.ts';
import type { InventoryTable } from '../tables.ts';
import { capacityOf } from '../use.ts';
import { checkClasses } from './names.ts';
import type { Provider } from './providers.ts';

export type Inventory = Selectable<InventoryTable>;

/** What a client says of an inventory. */
export interface InventoryInput {
  total: number;
  reserved?: number | undefined;
  min_unit?: number | undefined;
  max_unit?: number | undefined;
  step_size?: number | undefined;
  allocation_ratio?: number | undefined;
}

export const inventoriesOf = (db: Reader, provider: string): Promise<Inventory[]> =>
  db.selectFrom('inventories').selectAll().where('provider', '=', provider).orderBy('resource_class').execute();

const withDefaults = (input: InventoryInput) => ({
  total: input.total,
  reserved: input.reserved ?? 0,
  min_unit: input.min_unit ?? 1,
  max_unit: input.max_unit ?? MOST,
  step_size: input.step_size ?? 1,
  allocation_ratio: input.allocation_ratio ?? 1,
});

/** Throws ApiError 400 when nothing of it could be promised (all of it may be reserved since 1.26). */
export function checkCapacity(
  version: Version,
  provider: Provider,
  inputs: Record<string, InventoryInput>,
  verb: 'create' | 'update' = 'update',
): void {
  for (const [name, input] of Object.entries(inputs)) {
    const capacity = capacityOf(withDefaults(input));
    const whole = atLeast(version, '1.26');
    if (whole ? capacity >= 0 : capacity > 0) continue;
    throw badRequest(
      `Unable to ${verb} inventory for resource provider ${provider.uuid}: Invalid inventory for '${name}' on resource provider '${provider.uuid}'. The reserved value is ${whole ? 'greater than' : 'greater than or equal to'} total.`,
    );
  }
}

/** Adds one inventory. Throws ApiError 400 for an unknown class, 409 when there is one of the class. */
export async function addInventory(tx: Tx, now: number, provider: Provider, name: string, input: InventoryInput) {
  await checkClasses(
    tx.db,
    [name],
    (unknown) =>
      `Unable to create inventory for resource provider ${provider.uuid}: No such resource class ${unknown}.`,
  );
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('inventories')
    .values(newRow(now, provider, name, input))
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) {
    throw conflict(
      `Update conflict: there is an inventory of ${name} already; change it with PUT.`,
      'concurrent_update',
    );
  }
}

const newRow = (now: number, provider: Provider, resource_class: string, input: InventoryInput): Inventory => ({
  ...{ provider: provider.uuid, resource_class, ...withDefaults(input) },
  ...{ used: 0, overhead: 0, created_at: now, updated_at: now },
});

/** Makes these the inventories of a provider. Throws ApiError 400 for an unknown class, 409 for one in use that goes. */
export async function setInventories(
  tx: Tx,
  now: number,
  provider: Provider,
  inputs: Record<string, InventoryInput>,
): Promise<void> {
  await checkClasses(
    tx.db,
    Object.keys(inputs),
    (unknown) =>
      `Unknown resource class in inventory for resource provider ${provider.uuid}: No such resource class ${unknown}.`,
  );
  const before = await inventoriesOf(tx.db, provider.uuid);
  const gone = before.filter((one) => !(one.resource_class in inputs)).map((one) => one.resource_class);
  await assertUnused(tx.db, provider, before, gone);
  if (gone.length > 0) {
    await tx.db
      .deleteFrom('inventories')
      .where('provider', '=', provider.uuid)
      .where('resource_class', 'in', gone)
      .execute();
  }
  for (const [name, input] of Object.entries(inputs)) await writeInventory(tx, now, provider, name, input);
}

/** Writes one inventory over what there is of its class. */
export async function writeInventory(tx: Tx, now: number, provider: Provider, name: string, input: InventoryInput) {
  await tx.db
    .insertInto('inventories')
    .values(newRow(now, provider, name, input))
    .onConflict((on) =>
      on.columns(['provider', 'resource_class']).doUpdateSet({ ...withDefaults(input), updated_at: now }),
    )
    .execute();
}

/** Throws ApiError 404 for a class that the provider has not, 409 for one in use. */
export async function deleteInventory(tx: Tx, provider: Provider, name: string): Promise<void> {
  const before = await inventoriesOf(tx.db, provider.uuid);
  if (!before.some((one) => one.resource_class === name)) {
    throw notFound(`No inventory of class ${name} found for delete: No inventory of class ${name} found.`);
  }
  await assertUnused(tx.db, provider, before, [name]);
  await tx.db
    .deleteFrom('inventories')
    .where('provider', '=', provider.uuid)
    .where('resource_class', '=', name)
    .execute();
}

async function assertUnused(db: Reader, provider: Provider, rows: readonly Inventory[], names: readonly string[]) {
  if (names.length === 0) return;
  const allocated = await db
    .selectFrom('allocations')
    .select('resource_class')
    .distinct()
    .where('provider', '=', provider.uuid)
    .where('resource_class', 'in', names)
    .execute();
  const taken = rows.filter((row) => names.includes(row.resource_class) && row.overhead > 0);
  const used = [...new Set([...allocated, ...taken].map((row) => row.resource_class))];
  if (used.length === 0) return;
  throw conflict(
    `Inventory for '${used.join(', ')}' on resource provider '${provider.uuid}' in use.`,
    'inventory.inuse',
  );
}
