import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import type { ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { notAuthorized } from '../errors.ts';
import { DEFAULT_QUOTAS, QUOTA_RESOURCES, quotaLimits, quotaUsed, type QuotaResource } from '../quota.ts';
import { Bool, Int, toBool, toInt } from '../resource/body.ts';

const Params = Strict({ project_id: Type.String({ minLength: 1, maxLength: 255 }) });
const QuotaBody = Strict({
  quota: Strict({
    ...(Object.fromEntries(QUOTA_RESOURCES.map((name) => [name, Type.Optional(Int)])) as Record<
      QuotaResource,
      ReturnType<typeof Type.Optional<typeof Int>>
    >),
    check_limit: Type.Optional(Bool),
    force: Type.Optional(Bool),
    tenant_id: Type.Optional(Type.String()),
    project_id: Type.Optional(Type.String()),
  }),
});

function checkReadable(context: Context, projectId: string): ProjectId {
  if (!context.isAdmin && projectId !== context.projectId) throw notAuthorized('get_quota');
  return projectId as ProjectId;
}

async function details(db: Reader, projectId: ProjectId) {
  const limits = await quotaLimits(db, projectId);
  const rows: [string, object][] = [];
  for (const name of QUOTA_RESOURCES) {
    rows.push([name, { limit: limits[name], used: await quotaUsed(db, projectId, name), reserved: 0 }]);
  }
  return Object.fromEntries(rows);
}

/** https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas */
export const quotaRoutes: Route[] = [
  route({
    operation: 'quotas:list',
    method: 'GET',
    path: '/quotas',
    async handler({ app }) {
      const rows = await app.store.read.selectFrom('network_quotas').selectAll().orderBy('project_id').execute();
      const quotas = [...Map.groupBy(rows, (row) => row.project_id)].map(([project_id, own]) => ({
        ...DEFAULT_QUOTAS,
        ...Object.fromEntries(own.map((row) => [row.resource, row.hard_limit])),
        project_id,
        tenant_id: project_id,
      }));
      return ok({ quotas });
    },
  }),
  route({
    operation: 'quota:show',
    method: 'GET',
    path: '/quotas/:project_id',
    params: Params,
    async handler({ app, context, params }) {
      return ok({ quota: await quotaLimits(app.store.read, checkReadable(context, params.project_id)) });
    },
  }),
  route({
    operation: 'quota:show-default',
    method: 'GET',
    path: '/quotas/:project_id/default',
    params: Params,
    async handler({ context, params }) {
      checkReadable(context, params.project_id);
      return ok({ quota: DEFAULT_QUOTAS });
    },
  }),
  ...['details', 'details.json'].map((last) =>
    route({
      operation: last === 'details' ? 'quota:show-details' : 'quota:show-details-json',
      method: 'GET',
      path: `/quotas/:project_id/${last}`,
      params: Params,
      async handler({ app, context, params }) {
        return ok({ quota: await details(app.store.read, checkReadable(context, params.project_id)) });
      },
    }),
  ),
  route({
    operation: 'quota:update',
    method: 'PUT',
    path: '/quotas/:project_id',
    params: Params,
    body: QuotaBody,
    async handler({ app, context, params, body }) {
      const projectId = params.project_id as ProjectId;
      const check = toBool(body.quota.check_limit ?? false, 'check_limit');
      await app.store.transaction(async (tx) => {
        for (const resource of QUOTA_RESOURCES) {
          const given = body.quota[resource];
          if (given === undefined) continue;
          const limit = toInt(given);
          if (limit < -1 || limit > 2 ** 31 - 1) {
            throw badRequest(
              `Invalid input for ${resource}. Reason: '${limit}' is no limit; -1 means none.`,
              'HTTPBadRequest',
            );
          }
          const used = check && limit >= 0 ? await quotaUsed(tx.db, projectId, resource) : 0;
          if (check && limit >= 0 && used > limit) {
            throw badRequest(
              `Quota limit ${limit} for ${resource} must be greater than or equal to already used and reserved ${used}.`,
              'QuotaUpdateBelowUsage',
            );
          }
          await tx.db
            .insertInto('network_quotas')
            .values({ project_id: projectId, resource, hard_limit: limit })
            .onConflict((clash) => clash.columns(['project_id', 'resource']).doUpdateSet({ hard_limit: limit }))
            .execute();
        }
        await writeAudit(tx, context, 'network:quota:update', projectId);
      });
      return ok({ quota: await quotaLimits(app.store.read, projectId) });
    },
  }),
  route({
    operation: 'quota:delete',
    method: 'DELETE',
    path: '/quotas/:project_id',
    params: Params,
    async handler({ app, context, params }) {
      await app.store.transaction(async (tx) => {
        await tx.db
          .deleteFrom('network_quotas')
          .where('project_id', '=', params.project_id as ProjectId)
          .execute();
        await writeAudit(tx, context, 'network:quota:delete', params.project_id);
      });
      return noContent();
    },
  }),
];
