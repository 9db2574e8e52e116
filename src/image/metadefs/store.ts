import type { Selectable } from 'kysely';
import { badRequest, conflict, forbidden, notFound } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type {
  MetadefAssociationTable,
  MetadefItemTable,
  MetadefKind,
  MetadefNamespaceTable,
  MetadefResourceTypeTable,
} from './tables.ts';

export type Namespace = Selectable<MetadefNamespaceTable>;
export type Item = Omit<Selectable<MetadefItemTable>, 'body'> & { body: Record<string, unknown> };
export type Association = Selectable<MetadefAssociationTable>;
export type ResourceType = Selectable<MetadefResourceTypeTable>;

/** What a list of namespaces is asked for. */
export interface NamespaceList {
  visibility: 'public' | 'private' | null;
  resourceTypes: readonly string[] | null;
  sortKey: 'created_at' | 'updated_at' | 'namespace';
  direction: 'asc' | 'desc';
  limit: number;
  marker: string | null;
}

const visible = (db: Reader, context: Context) =>
  db
    .selectFrom('metadef_namespaces')
    .selectAll()
    .$if(!context.isAdmin, (query) =>
      query.where((where) =>
        where.or([where('visibility', '=', 'public'), where('owner', '=', context.projectId ?? '')]),
      ),
    );

/** The namespaces that the caller sees, one page of them. Throws ApiError 404 for a marker it does not see. */
export async function listNamespaces(db: Reader, context: Context, asked: NamespaceList): Promise<Namespace[]> {
  const { visibility, resourceTypes, sortKey, direction } = asked;
  let query = visible(db, context);
  if (visibility !== null) query = query.where('visibility', '=', visibility);
  if (resourceTypes !== null) {
    query = query.where('namespace', 'in', (select) =>
      select
        .selectFrom('metadef_associations')
        .select('metadef_associations.namespace')
        .where('resource_type', 'in', resourceTypes),
    );
  }
  if (asked.marker !== null) {
    const after = await getNamespace(db, context, asked.marker);
    const beyond = direction === 'asc' ? '>' : '<';
    query = query.where((where) =>
      where.or([
        where(sortKey, beyond, after[sortKey] as never),
        where.and([
          where(sortKey, '=', after[sortKey] as never),
          where('metadef_namespaces.namespace', beyond, after.namespace),
        ]),
      ]),
    );
  }
  return query.orderBy(sortKey, direction).orderBy('namespace', direction).limit(asked.limit).execute();
}

/** A namespace by its name. Throws ApiError 404 when the caller does not see it. */
export async function getNamespace(db: Reader, context: Context, name: string): Promise<Namespace> {
  const row = await visible(db, context).where('namespace', '=', name).executeTakeFirst();
  if (!row) throw notFound(`Metadata definition namespace=${name} was not found.`);
  return row;
}

/** The same for who takes away from it. Throws ApiError 403 for a protected one. */
export async function getUnprotected(db: Reader, context: Context, name: string): Promise<Namespace> {
  const row = await getNamespace(db, context, name);
  if (row.protected === 1) {
    throw forbidden(`Metadata definition namespace ${name} is protected and cannot be deleted. Unset protected first.`);
  }
  return row;
}

/** Throws ApiError 409 when a namespace has the name already. */
export async function assertFree(db: Reader, name: string): Promise<void> {
  const taken = await db
    .selectFrom('metadef_namespaces')
    .select('namespace')
    .where('namespace', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict(`The metadata definition namespace=${name} already exists.`);
}

/** What is defined in these namespaces, by kind and name. */
export async function itemsOf(db: Reader, names: readonly string[], kind?: MetadefKind): Promise<Item[]> {
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom('metadef_items')
    .selectAll()
    .where('namespace', 'in', names)
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'tag'))
    .orderBy('name')
    .execute();
  return rows.map((row) => ({ ...row, body: fromJson<Record<string, unknown>>(row.body) }));
}

/** One of them. Throws ApiError 404. */
export async function getItem(db: Reader, namespace: string, kind: MetadefKind, name: string): Promise<Item> {
  const found = (await itemsOf(db, [namespace], kind)).find((one) => one.name === name);
  if (!found) throw notFound(`Metadata definition ${kind}=${name} was not found in namespace=${namespace}.`);
  return found;
}

/** Defines something. Throws ApiError 409 when the namespace has one of this name. */
export async function insertItem(
  tx: Tx,
  now: number,
  item: { namespace: string; kind: MetadefKind; name: string; body: Record<string, unknown> },
): Promise<void> {
  const { namespace, kind, name, body } = item;
  if (name === '' || name.length > 80) throw badRequest(`The name of a ${kind} has 1 to 80 characters.`);
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('metadef_items')
    .values({ namespace, kind, name, body: toJson(body), created_at: now, updated_at: now })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) {
    throw conflict(`A metadata definition ${kind} with name=${name} already exists in namespace=${namespace}.`);
  }
}

/** Defines it anew, perhaps by another name. Throws ApiError 404 and 409. */
export async function replaceItem(tx: Tx, now: number, before: Item, name: string, body: Record<string, unknown>) {
  const { namespace, kind } = before;
  await deleteItems(tx, namespace, kind, before.name);
  await insertItem(tx, now, { namespace, kind, name, body });
  await tx.db
    .updateTable('metadef_items')
    .set({ created_at: before.created_at })
    .where('namespace', '=', namespace)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .execute();
}

export async function deleteItems(tx: Tx, namespace: string, kind: MetadefKind, name?: string): Promise<void> {
  await tx.db
    .deleteFrom('metadef_items')
    .where('namespace', '=', namespace)
    .where('kind', '=', kind)
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .execute();
}

/** For which types of resource these namespaces are. */
export async function associationsOf(db: Reader, names: readonly string[]): Promise<Association[]> {
  if (names.length === 0) return [];
  return db
    .selectFrom('metadef_associations')
    .selectAll()
    .where('namespace', 'in', names)
    .orderBy('resource_type')
    .execute();
}

/** Says that a namespace is for a type of resource, which may be new. Throws ApiError 409 when it is so already. */
export async function associate(
  tx: Tx,
  now: number,
  association: Omit<Association, 'created_at' | 'updated_at'>,
): Promise<Association> {
  const { namespace, resource_type } = association;
  const times = { created_at: now, updated_at: now };
  await tx.db
    .insertInto('metadef_resource_types')
    .values({ name: resource_type, protected: 0, ...times })
    .onConflict((on) => on.doNothing())
    .execute();
  const row = { ...association, ...times };
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('metadef_associations')
    .values(row)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) {
    throw conflict(
      `The metadata definition resource-type association of resource-type=${resource_type} to namespace=${namespace} already exists.`,
    );
  }
  return row;
}

/** Takes it back. Throws ApiError 404. */
export async function dissociate(tx: Tx, namespace: string, resourceType: string): Promise<void> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('metadef_associations')
    .where('namespace', '=', namespace)
    .where('resource_type', '=', resourceType)
    .executeTakeFirst();
  if (numDeletedRows === 0n) {
    throw notFound(
      `The metadata definition resource-type association of resource-type=${resourceType} to namespace=${namespace} was not found.`,
    );
  }
}

export const listResourceTypes = (db: Reader): Promise<ResourceType[]> =>
  db.selectFrom('metadef_resource_types').selectAll().orderBy('name').execute();
