import { conflict, forbidden, badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { all, AnyQuery, collection, extraOf, filtersOf, IdParams, mergedExtra, missing } from '../wire/common.ts';
import {
  REGION_MEMBERS,
  RegionCreate,
  RegionPut,
  RegionUpdate,
  renderRegion,
  type RegionRow,
} from '../wire/catalog.ts';

const params = IdParams('region_id');

async function getRegion(db: Reader, id: string): Promise<RegionRow> {
  const row = await db.selectFrom('regions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing('region', id);
  return row;
}

const list = route({
  operation: 'regions:list',
  method: 'GET',
  path: '/regions',
  query: AnyQuery,
  async handler(call) {
    const rows = await call.app.store.read
      .selectFrom('regions')
      .selectAll()
      .where(all(filtersOf(call.query, 'regions', { parent_region_id: 'text' })))
      .orderBy('id')
      .execute();
    return ok(collection(call, 'regions', rows, (row) => renderRegion(call, row)));
  },
});

const show = route({
  operation: 'regions:show',
  method: 'GET',
  path: '/regions/:region_id',
  params,
  handler: async (call) =>
    ok({ region: renderRegion(call, await getRegion(call.app.store.read, call.params.region_id)) }),
});

type Given = { description?: string | null; parent_region_id?: string | null };

async function insert(app: App, context: Context, id: string, given: Given): Promise<RegionRow> {
  const row: RegionRow = {
    id,
    parent_region_id: given.parent_region_id ?? null,
    description: given.description ?? '',
    extra: toJson(extraOf({ ...given }, REGION_MEMBERS)),
  };
  await app.store.transaction(async (tx) => {
    if (row.parent_region_id !== null) await getRegion(tx.db, row.parent_region_id);
    const taken = await tx.db.selectFrom('regions').select('id').where('id', '=', id).executeTakeFirst();
    if (taken) throw conflict(`Conflict occurred attempting to store region - Duplicate ID, ${id}.`);
    await tx.db.insertInto('regions').values(row).execute();
    await writeAudit(tx, context, 'identity:regions:create', id);
  });
  return row;
}

const create = route({
  operation: 'regions:create',
  method: 'POST',
  path: '/regions',
  body: RegionCreate,
  async handler(call) {
    const given = call.body.region;
    const row = await insert(call.app, call.context, given.id ? given.id : newHexId(), given);
    return created({ region: renderRegion(call, row) });
  },
});

const put = route({
  operation: 'regions:put',
  method: 'PUT',
  path: '/regions/:region_id',
  params,
  body: RegionPut,
  async handler(call) {
    const given = call.body.region;
    if (given.id !== undefined && given.id !== call.params.region_id) {
      throw badRequest('The id in the body differs from the one in the path.');
    }
    const row = await insert(call.app, call.context, call.params.region_id, given);
    return created({ region: renderRegion(call, row) });
  },
});

const update = route({
  operation: 'regions:update',
  method: 'PATCH',
  path: '/regions/:region_id',
  params,
  body: RegionUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    const given = body.region;
    const row = await app.store.transaction(async (tx) => {
      const old = await getRegion(tx.db, path.region_id);
      if (given.parent_region_id) await requireNoCircle(tx.db, old.id, given.parent_region_id);
      const changes = {
        description: given.description === undefined ? old.description : (given.description ?? ''),
        parent_region_id: given.parent_region_id === undefined ? old.parent_region_id : given.parent_region_id,
        extra: toJson(mergedExtra(old.extra, extraOf(given, REGION_MEMBERS))),
      };
      await tx.db.updateTable('regions').set(changes).where('id', '=', old.id).execute();
      await writeAudit(tx, context, 'identity:regions:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ region: renderRegion(call, row) });
  },
});

async function requireNoCircle(db: Reader, id: string, parentId: string): Promise<void> {
  let above: string | null = parentId;
  while (above !== null) {
    if (above === id) throw badRequest(`The region ${parentId} is below ${id}: regions cannot go round in a circle.`);
    above = (await getRegion(db, above)).parent_region_id;
  }
}

const remove = route({
  operation: 'regions:delete',
  method: 'DELETE',
  path: '/regions/:region_id',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    await app.store.transaction(async (tx) => {
      const row = await getRegion(tx.db, path.region_id);
      const child = await tx.db
        .selectFrom('regions')
        .select('id')
        .where('parent_region_id', '=', row.id)
        .executeTakeFirst();
      const endpoint = await tx.db
        .selectFrom('catalog_endpoints')
        .select('id')
        .where('region_id', '=', row.id)
        .executeTakeFirst();
      const limit = await tx.db
        .selectFrom('registered_limits')
        .select('id')
        .where('region_id', '=', row.id)
        .executeTakeFirst();
      if (child || endpoint || limit) {
        throw forbidden(
          `Unable to delete region ${row.id} because it or its child regions have associated endpoints, limits or regions below it.`,
        );
      }
      await tx.db.deleteFrom('regions').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:regions:delete', row.id);
    });
    return noContent();
  },
});

export const regionRoutes = [list, show, create, put, update, remove];
