import type { Static, TSchema } from 'typebox';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Call, type Reply, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { requireSeesAll } from '../policy.ts';
import type { Revocations } from '../tokens/revocations.ts';
import { identityState } from '../tokens/state.ts';
import type { IdentityTables } from '../tables.ts';
import {
  all,
  AnyQuery,
  collection,
  filtersOf,
  IdParams,
  missing,
  requireSameId,
  type Filterable,
  type Query,
} from '../wire/common.ts';

/*
 * The five operations of resources that belong to nobody: administrators make, change and delete them, readers of
 * the system (or everybody with a token) look. What is special about one is in the functions it gives.
 */

/** Tables whose rows are found by an id alone. */
type TableName = {
  [T in keyof IdentityTables]: IdentityTables[T] extends { id: string } ? T : never;
}[keyof IdentityTables];

export interface Resource<Row extends { id: string }> {
  table: TableName;
  /** As in URLs and bodies, `endpoint_groups`; and of one, `endpoint_group`. */
  plural: string;
  singular: string;
  /** Where it hangs: `/OS-EP-FILTER/endpoint_groups`. */
  path: string;
  filters: Filterable;
  /** The order of lists. */
  order: readonly (keyof Row & string)[];
  /** Who may look; readers of the system unless told. */
  view?: (context: Context, operation: string) => void;
  /** Other names of filters, rewritten. */
  query?: (query: Query) => Query;
  render: (call: Pick<Call, 'app'>, row: Row) => object;
}

/** How rows come and change. `Create` and `Update` are the schemas of whole bodies: `{policy: {...}}`. */
export interface Changes<Row, Create extends TSchema, Update extends TSchema> {
  create: Create;
  make: (body: Static<Create>, call: Pick<Call, 'app' | 'context'>) => Row;
  update: Update;
  change: (old: Row, body: Static<Update>) => Partial<Row>;
  /** Refuses what cannot be, such as a reference to nothing; `old` is null for a new row. */
  check?: (tx: Tx, row: Row, old: Row | null, body: Static<Create> | Static<Update>) => Promise<void>;
  /** Refuses, or does what goes before a deletion. */
  beforeDelete?: (tx: Tx, row: Row, revocations: Revocations) => Promise<void>;
  /** Members that the answer to a creation alone shows. */
  secret?: (call: Pick<Call, 'app'>, row: Row) => object;
}

const operationName = (plural: string) => plural.replaceAll('_', '-');

/** A row by id, or undefined. */
export async function findRow<Row extends { id: string }>(
  db: Reader,
  { table }: Pick<Resource<Row>, 'table'>,
  id: string,
): Promise<Row | undefined> {
  // Every one of these tables has an id: the query's type may be that of any of them.
  const row = await db
    .selectFrom(table as 'policies')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row as unknown as Row | undefined;
}

/** A row by id. Throws ApiError 404. */
export async function getRow<Row extends { id: string }>(
  db: Reader,
  resource: Resource<Row>,
  id: string,
): Promise<Row> {
  const row = await findRow<Row>(db, resource, id);
  if (!row) throw missing(resource.singular.replaceAll('_', ' '), id);
  return row;
}

/** The routes that list and show. */
export function readRoutes<Row extends { id: string }>(resource: Resource<Row>): Route[] {
  const { table, plural, singular, path, filters, order, render, view = requireSeesAll } = resource;
  const idName = `${singular}_id`;
  const list = route({
    operation: `${operationName(plural)}:list`,
    method: 'GET',
    path,
    query: AnyQuery,
    async handler(call) {
      view(call.context, `list_${plural}`);
      let select = call.app.store.read
        .selectFrom(table as 'policies')
        .selectAll()
        .where(all(filtersOf(resource.query?.(call.query) ?? call.query, table, filters)));
      for (const column of order) select = select.orderBy(column as 'id');
      const rows = (await select.execute()) as unknown as Row[];
      return ok(collection(call, plural, rows, (row) => render(call, row)));
    },
  });
  const show = route({
    operation: `${operationName(plural)}:show`,
    method: 'GET',
    path: `${path}/:${idName}`,
    params: IdParams(idName),
    async handler(call) {
      view(call.context, `get_${singular}`);
      const row = await getRow(call.app.store.read, resource, call.params[idName] ?? '');
      return ok({ [singular]: render(call, row) });
    },
  });
  return [list, show];
}

/** The routes that create, update and delete. */
export function changeRoutes<Row extends { id: string }, Create extends TSchema, Update extends TSchema>(
  resource: Resource<Row>,
  changes: Changes<Row, Create, Update>,
): Route[] {
  const { plural, singular, path, render } = resource;
  const create = route({
    operation: `${operationName(plural)}:create`,
    method: 'POST',
    path,
    body: changes.create,
    async handler(call) {
      const { app, context } = call;
      const row = changes.make(call.body as Static<Create>, call);
      await app.store.transaction(async (tx) => {
        await changes.check?.(tx, row, null, call.body as Static<Create>);
        await tx.db
          .insertInto(resource.table as 'policies')
          .values(row as never)
          .execute();
        await writeAudit(tx, context, `identity:${operationName(plural)}:create`, row.id);
      });
      return created({ [singular]: { ...render(call, row), ...changes.secret?.(call, row) } });
    },
  });
  return [create, updateRoute(resource, changes), removeRoute(resource, changes)];
}

/** The route that changes one. */
export function updateRoute<Row extends { id: string }, Update extends TSchema>(
  resource: Resource<Row>,
  changes: Pick<Changes<Row, never, Update>, 'update' | 'change' | 'check'>,
): Route {
  const { plural, singular, path, render } = resource;
  const idName = `${singular}_id`;
  return route({
    operation: `${operationName(plural)}:update`,
    method: 'PATCH',
    path: `${path}/:${idName}`,
    params: IdParams(idName),
    body: changes.update,
    async handler(call) {
      const { app, context } = call;
      const body = call.body as Static<Update>;
      const given = (body as Record<string, Record<string, unknown>>)[singular] ?? {};
      const row = await app.store.transaction(async (tx) => {
        const old = await getRow(tx.db, resource, call.params[idName] ?? '');
        requireSameId(given, old.id);
        const changed = changes.change(old, body);
        const merged = { ...old, ...changed };
        await changes.check?.(tx, merged, old, body);
        if (Object.keys(changed).length > 0) {
          await tx.db
            .updateTable(resource.table as 'policies')
            .set(changed)
            .where('id', '=', old.id)
            .execute();
        }
        const members = Object.keys(given);
        await writeAudit(tx, context, `identity:${operationName(plural)}:update`, old.id, { members });
        return merged;
      });
      return ok({ [singular]: render(call, row) });
    },
  });
}

/** The route that deletes one. */
export function removeRoute<Row extends { id: string }>(
  resource: Resource<Row>,
  { beforeDelete }: Pick<Changes<Row, TSchema, TSchema>, 'beforeDelete'> = {},
): Route {
  const idName = `${resource.singular}_id`;
  return route({
    operation: `${operationName(resource.plural)}:delete`,
    method: 'DELETE',
    path: `${resource.path}/:${idName}`,
    params: IdParams(idName),
    async handler({ app, context, params }): Promise<Reply> {
      const { revocations } = await identityState(app);
      await app.store.transaction(async (tx) => {
        const row = await getRow(tx.db, resource, params[idName] ?? '');
        await beforeDelete?.(tx, row, revocations);
        await tx.db
          .deleteFrom(resource.table as 'policies')
          .where('id', '=', row.id)
          .execute();
        await writeAudit(tx, context, `identity:${operationName(resource.plural)}:delete`, row.id);
      });
      return noContent();
    },
  });
}
