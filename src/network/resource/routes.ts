import { sql } from 'kysely';
import { Type, type Static, type TSchema } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { isoSeconds } from '../../core/clock.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { Repeatable, Strict } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { notAuthorized } from '../errors.ts';
import { change, changeable, checkRevision, IdParams, type Changes } from './change.ts';
import { operationsOf, type Collection, type StoredRow } from './collection.ts';
import { findRow, listRows, pageLinks, selectFields, type Query } from './list.ts';
import { renderTags } from './tags.ts';

export const PREFIX = '/network/v2.0';

const ListQuery = Type.Record(Type.String(), Repeatable);

/** list, show, create (also in bulk), update and delete of one kind of resource. */
export function resourceRoutes<Row extends StoredRow, C extends TSchema, U extends TSchema>(
  collection: Collection<Row>,
  changes: Changes<Row, C, U>,
): Route[] {
  const { singular, plural, path } = collection;
  const { create, update } = changes;
  const { one: operation, many: operations } = operationsOf(collection);
  const routes: Route[] = [
    route({
      operation: `${operations}:list`,
      method: 'GET',
      path: `/${path}`,
      query: ListQuery,
      async handler({ app, context, query }) {
        if (await collection.beforeRead?.needed(app.store.read, context, query)) {
          await app.store.transaction(async (tx) => collection.beforeRead?.make(tx, context, query));
        }
        const { rows, paging } = await listRows(app.store.read, context, collection, query);
        const items = await present(app.store.read, context, collection, rows);
        const links = pageLinks(`${app.config.publicUrl}${PREFIX}/${path}`, query, paging, rows);
        return ok({
          [plural]: items.map((item) => selectFields(item, query)),
          ...(links.length > 0 && { [`${plural}_links`]: links }),
        });
      },
    }),
    route({
      operation: `${operation}:show`,
      method: 'GET',
      path: `/${path}/:id`,
      params: IdParams,
      query: ListQuery,
      async handler({ app, context, params, query }) {
        const row = await findRow(app.store.read, context, collection, params.id);
        return ok({ [singular]: await presentOne(app.store.read, context, collection, row, query) });
      },
    }),
    route({
      operation: `${operation}:delete`,
      method: 'DELETE',
      path: `/${path}/:id`,
      params: IdParams,
      async handler({ app, context, params, request }) {
        await change(app, context, `${operation}:delete`, async (tx) => {
          const row = await changeable(tx, context, collection, changes, params.id, 'delete');
          checkRevision(request.headers['if-match'], row);
          await changes.remove(tx, context, row);
          await tx.db.deleteFrom('network_tags').where('resource_id', '=', row.id).execute();
          await tx.db.deleteFrom('network_rbac').where('object_id', '=', row.id).execute();
          return [row.id];
        });
        return noContent();
      },
    }),
  ];
  if (create) routes.push(createRoute(collection, create, changes.adminOnly ?? false));
  if (update) {
    routes.push(
      route({
        operation: `${operation}:update`,
        method: 'PUT',
        path: `/${path}/:id`,
        params: IdParams,
        body: Strict({ [singular]: update.body }) as TSchema,
        async handler({ app, context, params, body, request }) {
          const input = (body as Record<string, Static<U>>)[singular] as Static<U>;
          await change(app, context, `${operation}:update`, async (tx) => {
            const row = await changeable(tx, context, collection, changes, params.id, 'update');
            checkRevision(request.headers['if-match'], row);
            await update.run(tx, context, row, input);
            return [row.id];
          });
          const row = await findRow(app.store.read, context, collection, params.id);
          return ok({ [singular]: await presentOne(app.store.read, context, collection, row, {}) });
        },
      }),
    );
  }
  return routes;
}

function createRoute<Row extends StoredRow, C extends TSchema>(
  collection: Collection<Row>,
  create: { body: C; bulk: boolean; run: (tx: Tx, context: Context, body: Static<C>) => Promise<string> },
  adminOnly: boolean,
): Route {
  const { singular, plural, path } = collection;
  const operation = operationsOf(collection).one;
  // Each item bare, or in a wrapper of its own as in a request for one: Neutron takes both.
  const item = Type.Union([create.body, Strict({ [singular]: create.body })]);
  const bulk = create.bulk ? { [plural]: Type.Optional(Type.Array(item, { minItems: 1, maxItems: 500 })) } : {};
  return route({
    operation: `${operation}:create`,
    method: 'POST',
    path: `/${path}`,
    body: Strict({ [singular]: Type.Optional(create.body), ...bulk }) as TSchema,
    async handler({ app, context, body }) {
      if (adminOnly && !context.isAdmin) throw notAuthorized(`create_${operation}`);
      const given = body as Record<string, unknown>;
      const one = given[singular] as Static<C> | undefined;
      const many = (given[plural] as Record<string, unknown>[] | undefined)?.map(
        (one) => (Object.hasOwn(one, singular) ? one[singular] : one) as Static<C>,
      );
      if ((one === undefined) === (many === undefined)) {
        throw badRequest(`Unable to find '${singular}' in request body`, 'HTTPBadRequest');
      }
      const inputs = many ?? [one as Static<C>];
      const ids = await change(app, context, `${operation}:create`, async (tx) => {
        const made: string[] = [];
        for (const input of inputs) made.push(await create.run(tx, context, input));
        return made;
      });
      const rows = await rowsOf(app.store.read, collection, ids);
      const items = await present(app.store.read, context, collection, rows);
      return created(many ? { [plural]: items } : { [singular]: items[0] });
    },
  });
}

async function rowsOf<Row extends StoredRow>(db: Reader, collection: Collection<Row>, ids: readonly string[]) {
  const { rows } = await sql<Row>`select r.* from ${sql.table(collection.table)} as r
    where r.id in (${sql.join(ids)})`.execute(db);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The rows as the API shows them, with the attributes that every resource has. */
export async function present<Row extends StoredRow>(
  db: Reader,
  context: Context,
  collection: Collection<Row>,
  rows: readonly Row[],
): Promise<Record<string, unknown>[]> {
  const items = await collection.render(db, context, rows);
  const tags = await renderTags(db, collection.path, rows);
  return rows.map((row, index) => {
    const item: Record<string, unknown> = { ...items[index], ...renderStandard(row), tags: tags.get(row.id) ?? [] };
    for (const name of collection.without ?? []) delete item[name];
    return item;
  });
}

async function presentOne<Row extends StoredRow>(
  db: Reader,
  context: Context,
  collection: Collection<Row>,
  row: Row,
  query: Query,
): Promise<Record<string, unknown>> {
  const [item = {}] = await present(db, context, collection, [row]);
  return selectFields(item, query);
}

function renderStandard(row: StoredRow): Record<string, unknown> {
  return {
    id: row.id,
    project_id: row.project_id,
    tenant_id: row.project_id,
    description: row.description,
    revision_number: row.revision_number,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}
