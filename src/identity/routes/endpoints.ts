import { badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import { created, noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { requireSeesAll } from '../policy.ts';
import { endpointUrl } from '../store/catalog.ts';
import { ENDPOINT_MEMBERS, EndpointCreate, EndpointUpdate, renderEndpoint, type EndpointRow } from '../wire/catalog.ts';
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

const params = IdParams('endpoint_id');

async function getEndpoint(db: Reader, id: string): Promise<EndpointRow> {
  const row = await db.selectFrom('catalog_endpoints').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing('endpoint', id);
  return row;
}

const list = route({
  operation: 'endpoints:list',
  method: 'GET',
  path: '/endpoints',
  access: 'authenticated',
  query: AnyQuery,
  async handler(call) {
    requireSeesAll(call.context, 'list_endpoints');
    const { region, ...query } = call.query;
    const asked = region === undefined ? query : { region_id: region, ...query };
    const filters = filtersOf(asked, 'catalog_endpoints', {
      interface: 'text',
      service_id: 'text',
      region_id: 'text',
      enabled: 'bool',
    });
    const rows = await call.app.store.read
      .selectFrom('catalog_endpoints')
      .selectAll()
      .where(all(filters))
      .orderBy('service_id')
      .orderBy('interface')
      .orderBy('id')
      .execute();
    return ok(collection(call, 'endpoints', rows, (row) => renderEndpoint(call, row)));
  },
});

const show = route({
  operation: 'endpoints:show',
  method: 'GET',
  path: '/endpoints/:endpoint_id',
  access: 'authenticated',
  params,
  async handler(call) {
    requireSeesAll(call.context, 'get_endpoint');
    return ok({ endpoint: renderEndpoint(call, await getEndpoint(call.app.store.read, call.params.endpoint_id)) });
  },
});

interface Given {
  region_id?: string | null;
  region?: string | null;
  service_id?: string;
  url?: string;
}

/** Checks what an endpoint refers to. Throws ApiError 400. */
async function checkReferences(tx: Tx, given: Given): Promise<void> {
  if (given.service_id !== undefined) {
    const service = await tx.db
      .selectFrom('catalog_services')
      .select('id')
      .where('id', '=', given.service_id)
      .executeTakeFirst();
    if (!service) throw badRequest(`Could not find service: ${given.service_id}.`);
  }
  if (given.region_id) {
    const region = await tx.db.selectFrom('regions').select('id').where('id', '=', given.region_id).executeTakeFirst();
    if (!region) throw badRequest(`Could not find region: ${given.region_id}.`);
  } else if (given.region) {
    await tx.db
      .insertInto('regions')
      .values({ id: given.region, parent_region_id: null, description: '', extra: toJson({}) })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
  if (given.url !== undefined && /[$%]\(/.test(endpointUrl(given.url, 'project', 'user') ?? '')) {
    throw badRequest(
      `The endpoint URL ${given.url} has a substitution that is not known: use $(project_id)s or $(user_id)s.`,
    );
  }
}

const regionOf = (given: Given) => (given.region_id ? given.region_id : (given.region ?? null)) || null;

const create = route({
  operation: 'endpoints:create',
  method: 'POST',
  path: '/endpoints',
  access: 'admin',
  body: EndpointCreate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.endpoint;
    const row: EndpointRow = {
      id: newHexId(),
      service_id: given.service_id,
      interface: given.interface,
      region_id: regionOf(given),
      url: given.url,
      enabled: bit(given.enabled ?? true),
      extra: toJson(extraOf(given, ENDPOINT_MEMBERS)),
      managed: 0,
    };
    await app.store.transaction(async (tx) => {
      await checkReferences(tx, given);
      await tx.db.insertInto('catalog_endpoints').values(row).execute();
      await writeAudit(tx, context, 'identity:endpoints:create', row.id, { url: row.url });
    });
    return created({ endpoint: renderEndpoint(call, row) });
  },
});

const update = route({
  operation: 'endpoints:update',
  method: 'PATCH',
  path: '/endpoints/:endpoint_id',
  access: 'admin',
  params,
  body: EndpointUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    const given = body.endpoint;
    const row = await app.store.transaction(async (tx) => {
      const old = await getEndpoint(tx.db, path.endpoint_id);
      requireSameId(given, old.id);
      await checkReferences(tx, given);
      const moved = given.region_id !== undefined || given.region !== undefined;
      const changes = {
        service_id: given.service_id ?? old.service_id,
        interface: given.interface ?? old.interface,
        region_id: moved ? regionOf(given) : old.region_id,
        url: given.url ?? old.url,
        enabled: given.enabled === undefined ? old.enabled : bit(given.enabled),
        extra: toJson(mergedExtra(old.extra, extraOf(given, ENDPOINT_MEMBERS))),
      };
      await tx.db.updateTable('catalog_endpoints').set(changes).where('id', '=', old.id).execute();
      await writeAudit(tx, context, 'identity:endpoints:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ endpoint: renderEndpoint(call, row) });
  },
});

const remove = route({
  operation: 'endpoints:delete',
  method: 'DELETE',
  path: '/endpoints/:endpoint_id',
  access: 'admin',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    await app.store.transaction(async (tx) => {
      const row = await getEndpoint(tx.db, path.endpoint_id);
      await tx.db.deleteFrom('catalog_endpoints').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:endpoints:delete', row.id, { url: row.url });
    });
    return noContent();
  },
});

export const endpointRoutes = [list, show, create, update, remove];
