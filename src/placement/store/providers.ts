import type { Selectable } from 'kysely';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { ResourceProviderTable } from '../tables.ts';
import { touchProviders } from '../use.ts';

export type Provider = Selectable<ResourceProviderTable>;

/** A provider; undefined when there is none. */
export const findProvider = (db: Reader, uuid: string): Promise<Provider | undefined> =>
  db.selectFrom('resource_providers').selectAll().where('uuid', '=', uuid.toLowerCase()).executeTakeFirst();

/** The same; throws ApiError 404. */
export async function getProvider(db: Reader, uuid: string): Promise<Provider> {
  const found = await findProvider(db, uuid);
  if (!found) throw notFound(`No resource provider with uuid ${uuid} found`);
  return found;
}

/** Throws ApiError 409 when the caller has seen an older provider than this. */
export function checkGeneration(provider: Provider, generation: number): void {
  if (provider.generation === generation) return;
  throw conflict(
    `resource provider generation conflict for provider ${provider.uuid}: actual: ${provider.generation}, given: ${generation}. Resource provider's generation already changed. Please update the generation and try again.`,
    'concurrent_update',
  );
}

/** Throws ApiError 409 for a name or id that another provider has. */
async function assertUnique(db: Reader, name: string, uuid: string, own: string | null): Promise<void> {
  const rows = await db
    .selectFrom('resource_providers')
    .select(['uuid', 'name'])
    .where((where) => where.or([where('name', '=', name), where('uuid', '=', uuid)]))
    .execute();
  for (const row of rows) {
    if (row.uuid === own) continue;
    const what = row.uuid === uuid ? `uuid: ${uuid}` : `name: ${name}`;
    throw conflict(`Conflicting resource provider ${what} already exists.`, 'duplicate_name');
  }
}

/** Registers a provider, at the top of a tree or below another. Throws ApiError 400 and 409. */
export async function insertProvider(
  tx: Tx,
  now: number,
  { uuid, name, parent }: { uuid: string; name: string; parent: string | null },
): Promise<Provider> {
  await assertUnique(tx.db, name, uuid, null);
  if (parent === uuid)
    throw badRequest(
      `Unable to create resource provider "${name}", ${uuid}: parent provider UUID cannot be same as UUID`,
    );
  const above = parent === null ? null : await findProvider(tx.db, parent);
  if (above === undefined) {
    throw badRequest(`Unable to create resource provider "${name}", ${uuid}: parent provider UUID does not exist.`);
  }
  const times = { created_at: now, updated_at: now };
  const row: Provider = {
    uuid,
    name,
    generation: 0,
    revision: 0,
    parent: above?.uuid ?? null,
    root: above?.root ?? uuid,
    host_id: null,
    ...times,
  };
  await tx.db.insertInto('resource_providers').values(row).execute();
  return row;
}

/**
 * Renames a provider, or moves it with all below it; `parent` undefined leaves it where it is. Moving one that has a
 * parent is only for who knows of 1.37. Throws ApiError 400 and 409.
 */
export async function updateProvider(
  tx: Tx,
  now: number,
  before: Provider,
  { name, parent, mayMove }: { name: string; parent: string | null | undefined; mayMove: boolean },
): Promise<Provider> {
  await assertUnique(tx.db, name, before.uuid, before.uuid);
  const refuse = (why: string) => badRequest(`Unable to save resource provider ${before.uuid}: ${why}`);
  const moves = parent !== undefined && (parent?.toLowerCase() ?? null) !== before.parent;
  if (moves && before.parent !== null && !mayMove) {
    throw refuse(
      parent === null
        ? 'un-parenting a provider is not currently allowed.'
        : 're-parenting a provider is not currently allowed.',
    );
  }
  const above = moves && parent !== null ? await findProvider(tx.db, parent) : null;
  if (above === undefined) throw refuse('parent provider UUID does not exist.');
  if (moves) await moveTree(tx, now, before, above, refuse);
  const change = { name, ...(moves && { parent: above?.uuid ?? null }) };
  await tx.db.updateTable('resource_providers').set(change).where('uuid', '=', before.uuid).execute();
  await touchProviders(tx, 'uuid', [before.uuid], now);
  return getProvider(tx.db, before.uuid);
}

async function moveTree(
  tx: Tx,
  now: number,
  moved: Provider,
  above: Provider | null,
  refuse: (why: string) => Error,
): Promise<void> {
  const tree = await tx.db.selectFrom('resource_providers').selectAll().where('root', '=', moved.root).execute();
  const below = new Set([moved.uuid]);
  for (let size = 0; size !== below.size;) {
    size = below.size;
    for (const one of tree) if (one.parent !== null && below.has(one.parent)) below.add(one.uuid);
  }
  if (above !== null && below.has(above.uuid)) {
    throw refuse('creating loop in the provider tree is not allowed.');
  }
  await tx.db
    .updateTable('resource_providers')
    .set({ root: above?.root ?? moved.uuid })
    .where('uuid', 'in', [...below])
    .execute();
  await touchProviders(tx, 'uuid', [...below], now);
}

/** Removes a provider with its inventories. Throws ApiError 409 when it has promised something, or has children. */
export async function deleteProvider(tx: Tx, provider: Provider): Promise<void> {
  const child = await tx.db
    .selectFrom('resource_providers')
    .select('uuid')
    .where('parent', '=', provider.uuid)
    .executeTakeFirst();
  if (child) {
    throw conflict(
      `Unable to delete parent resource provider ${provider.uuid}: It has child resource providers.`,
      'resource_provider.cannot_delete_parent',
    );
  }
  const used = await tx.db
    .selectFrom('allocations')
    .select('consumer')
    .where('provider', '=', provider.uuid)
    .executeTakeFirst();
  if (used) {
    throw conflict(
      `Unable to delete resource provider ${provider.uuid}: Resource provider has allocations.`,
      'resource_provider.inuse',
    );
  }
  await tx.db.deleteFrom('resource_providers').where('uuid', '=', provider.uuid).execute();
}
