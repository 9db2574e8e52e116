import { conflict } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { limitsWithResource, resolveLimit, seesLimit } from '../store/limits.ts';
import { AnyQuery, collection, IdParams, missing, parameter } from '../wire/common.ts';
import { LimitsCreate, LimitUpdate, renderLimit, type GivenLimit, type LimitRow } from '../wire/limits.ts';

/* What a project or a domain may have instead of what is registered for everybody. Services enforce, each for itself. */

const params = IdParams('limit_id');

async function getLimit(db: Reader, context: Context, id: string): Promise<LimitRow> {
  const row = await limitsWithResource(db).where('limits.id', '=', id).executeTakeFirst();
  if (!row || !seesLimit(context, row)) throw missing('limit', id);
  return row;
}

const list = route({
  operation: 'limits:list',
  method: 'GET',
  path: '/limits',
  query: AnyQuery,
  async handler(call) {
    const { app, context, query } = call;
    const asked = (name: string) => parameter(query, name);
    let select = limitsWithResource(app.store.read);
    const service = asked('service_id');
    if (service !== undefined) select = select.where('registered.service_id', '=', service);
    const region = asked('region_id');
    if (region !== undefined) select = select.where('registered.region_id', '=', region);
    const resource = asked('resource_name');
    if (resource !== undefined) select = select.where('registered.resource_name', '=', resource);
    const project = asked('project_id');
    if (project !== undefined) select = select.where('limits.project_id', '=', project);
    const domain = asked('domain_id');
    if (domain !== undefined) select = select.where('limits.domain_id', '=', domain);
    const rows = (await select.execute()).filter((row) => seesLimit(context, row));
    return ok(collection(call, 'limits', rows, (row) => renderLimit(call, row)));
  },
});

const model = route({
  operation: 'limits:show-model',
  method: 'GET',
  path: '/limits/model',
  handler: async () =>
    ok({
      model: {
        name: 'flat',
        description: 'Limit enforcement and validation does not take project hierarchy into consideration.',
      },
    }),
});

const show = route({
  operation: 'limits:show',
  method: 'GET',
  path: '/limits/:limit_id',
  params,
  handler: async (call) =>
    ok({ limit: renderLimit(call, await getLimit(call.app.store.read, call.context, call.params.limit_id)) }),
});

const create = route({
  operation: 'limits:create',
  method: 'POST',
  path: '/limits',
  body: LimitsCreate,
  async handler(call) {
    const { app, context, body } = call;
    const rows = await app.store.transaction(async (tx) => {
      const made: LimitRow[] = [];
      for (const given of body.limits) made.push(await insertLimit(tx, context, given));
      return made;
    });
    return created({ limits: rows.map((row) => renderLimit(call, row)) });
  },
});

async function insertLimit(tx: Tx, context: Context, given: GivenLimit): Promise<LimitRow> {
  const { registered, projectId, domainId } = await resolveLimit(tx.db, given);
  const taken = await tx.db
    .selectFrom('limits')
    .select('id')
    .where('registered_limit_id', '=', registered.id)
    .where((where) => where.or([where('project_id', '=', projectId), where('domain_id', '=', domainId)]))
    .executeTakeFirst();
  if (taken) {
    throw conflict(`Conflict occurred attempting to store limit - Duplicate entry: ${taken.id} is for the same.`);
  }
  const id = newHexId();
  await tx.db
    .insertInto('limits')
    .values({
      ...{ id, registered_limit_id: registered.id, project_id: projectId, domain_id: domainId },
      ...{ resource_limit: given.resource_limit, description: given.description ?? null },
    })
    .execute();
  await writeAudit(tx, context, 'identity:limits:create', id, { resource: registered.resource_name });
  return getLimit(tx.db, context, id);
}

const update = route({
  operation: 'limits:update',
  method: 'PATCH',
  path: '/limits/:limit_id',
  params,
  body: LimitUpdate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.limit;
    const row = await app.store.transaction(async (tx) => {
      const old = await getLimit(tx.db, context, call.params.limit_id);
      const changes = {
        resource_limit: given.resource_limit ?? old.resource_limit,
        description: given.description === undefined ? old.description : given.description,
      };
      await tx.db.updateTable('limits').set(changes).where('id', '=', old.id).execute();
      await writeAudit(tx, context, 'identity:limits:update', old.id, changes);
      return { ...old, ...changes };
    });
    return ok({ limit: renderLimit(call, row) });
  },
});

const remove = route({
  operation: 'limits:delete',
  method: 'DELETE',
  path: '/limits/:limit_id',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    await app.store.transaction(async (tx) => {
      const row = await getLimit(tx.db, context, path.limit_id);
      await tx.db.deleteFrom('limits').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:limits:delete', row.id);
    });
    return noContent();
  },
});

export const limitRoutes = [list, model, show, create, update, remove];
