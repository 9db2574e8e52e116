import { newHexId } from '../../core/ids.ts';
import { created, noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { requireSeesAll } from '../policy.ts';
import {
  renderService,
  SERVICE_MEMBERS,
  ServiceCreate,
  ServiceUpdate,
  type CatalogServiceRow,
} from '../wire/catalog.ts';
import {
  all,
  AnyQuery,
  collection,
  extraOf,
  filtersOf,
  IdParams,
  mergedExtra,
  missing,
  requireSameId,
} from '../wire/common.ts';

const params = IdParams('service_id');

/** Throws ApiError 404. */
export async function getService(db: Reader, id: string): Promise<CatalogServiceRow> {
  const row = await db.selectFrom('catalog_services').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing('service', id);
  return row;
}

const list = route({
  operation: 'services:list',
  method: 'GET',
  path: '/services',
  access: 'authenticated',
  query: AnyQuery,
  async handler(call) {
    requireSeesAll(call.context, 'list_services');
    const rows = await call.app.store.read
      .selectFrom('catalog_services')
      .selectAll()
      .where(all(filtersOf(call.query, 'catalog_services', { name: 'text', type: 'text', enabled: 'bool' })))
      .orderBy('type')
      .orderBy('id')
      .execute();
    return ok(collection(call, 'services', rows, (row) => renderService(call, row)));
  },
});

const show = route({
  operation: 'services:show',
  method: 'GET',
  path: '/services/:service_id',
  access: 'authenticated',
  params,
  async handler(call) {
    requireSeesAll(call.context, 'get_service');
    return ok({ service: renderService(call, await getService(call.app.store.read, call.params.service_id)) });
  },
});

const create = route({
  operation: 'services:create',
  method: 'POST',
  path: '/services',
  access: 'admin',
  body: ServiceCreate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.service;
    const row: CatalogServiceRow = {
      id: newHexId(),
      type: given.type,
      name: given.name ?? null,
      description: given.description ?? null,
      enabled: bit(given.enabled ?? true),
      extra: toJson(extraOf(given, SERVICE_MEMBERS)),
      managed: 0,
    };
    await app.store.transaction(async (tx) => {
      await tx.db.insertInto('catalog_services').values(row).execute();
      await writeAudit(tx, context, 'identity:services:create', row.id, { type: row.type });
    });
    return created({ service: renderService(call, row) });
  },
});

const update = route({
  operation: 'services:update',
  method: 'PATCH',
  path: '/services/:service_id',
  access: 'admin',
  params,
  body: ServiceUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    const given = body.service;
    const row = await app.store.transaction(async (tx) => {
      const old = await getService(tx.db, path.service_id);
      requireSameId(given, old.id);
      const changes = {
        type: given.type ?? old.type,
        name: given.name === undefined ? old.name : given.name,
        description: given.description === undefined ? old.description : given.description,
        enabled: given.enabled === undefined ? old.enabled : bit(given.enabled),
        extra: toJson(mergedExtra(old.extra, extraOf(given, SERVICE_MEMBERS))),
      };
      await tx.db.updateTable('catalog_services').set(changes).where('id', '=', old.id).execute();
      await writeAudit(tx, context, 'identity:services:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ service: renderService(call, row) });
  },
});

const remove = route({
  operation: 'services:delete',
  method: 'DELETE',
  path: '/services/:service_id',
  access: 'admin',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    await app.store.transaction(async (tx) => {
      const row = await getService(tx.db, path.service_id);
      // Its endpoints go with it.
      await tx.db.deleteFrom('catalog_services').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:services:delete', row.id, { type: row.type });
    });
    return noContent();
  },
});

export const serviceRoutes = [list, show, create, update, remove];
