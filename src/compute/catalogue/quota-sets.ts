import { Type } from 'typebox';
import { badRequest, forbidden } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { accepted, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { usage } from '../usage.ts';
import { classQuota, computeQuota, Limit, NETWORK_LIMITS, quotaNames, type Quota, type QuotaName } from './quotas.ts';

const Params = Strict({ project_id: Type.String({ minLength: 1, maxLength: 64 }) });
const Query = Type.Object({ user_id: Type.Optional(Type.String()) });

function shown(quota: Quota, version: Version): Record<string, number> {
  const names = quotaNames.filter((name) => !(name.startsWith('injected') && atLeast(version, '2.57')));
  const own = Object.fromEntries(names.map((name) => [name, quota[name]]));
  return atLeast(version, '2.36') ? own : { ...own, ...NETWORK_LIMITS };
}

/** A project's own limits are for its members to read, others' for an admin. */
function checkProject(context: Context, projectId: string): void {
  if (!context.isAdmin && context.projectId !== projectId) {
    throw forbidden("Policy doesn't allow reading the quota of another project.");
  }
}

/** How much of each limit a project uses now, or one user of it. `ram` is in MiB. */
export async function quotaUsage(db: Reader, projectId: string, userId: string | null = null): Promise<Quota> {
  const servers = await usage(db, projectId, userId);
  const { count } = await db
    .selectFrom('server_groups')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .$if(userId !== null, (query) => query.where('user_id', '=', userId ?? ''))
    .executeTakeFirstOrThrow();
  const none = Object.fromEntries(quotaNames.map((name) => [name, 0])) as Quota;
  return { ...none, instances: servers.instances, cores: servers.cores, ram: servers.ramMib, server_groups: count };
}

const show = route({
  operation: 'quota-sets:show',
  method: 'GET',
  path: '/os-quota-sets/:project_id',
  params: Params,
  query: Query,
  async handler({ app, context, params, query, version }) {
    checkProject(context, params.project_id);
    const quota = await computeQuota(app.store.read, params.project_id, query.user_id ?? null);
    return ok({ quota_set: { id: params.project_id, ...shown(quota, version) } });
  },
});

const defaults = route({
  operation: 'quota-sets:defaults',
  method: 'GET',
  path: '/os-quota-sets/:project_id/defaults',
  params: Params,
  async handler({ app, params, version }) {
    return ok({ quota_set: { id: params.project_id, ...shown(await classQuota(app.store.read), version) } });
  },
});

const detail = route({
  operation: 'quota-sets:detail',
  method: 'GET',
  path: '/os-quota-sets/:project_id/detail',
  params: Params,
  query: Query,
  async handler({ app, context, params, query, version }) {
    checkProject(context, params.project_id);
    const user = query.user_id ?? null;
    const used: Record<string, number> = await quotaUsage(app.store.read, params.project_id, user);
    const limits = shown(await computeQuota(app.store.read, params.project_id, user), version);
    const rows = Object.entries(limits).map(([name, limit]) => [name, { in_use: used[name] ?? 0, limit, reserved: 0 }]);
    return ok({ quota_set: { id: params.project_id, ...Object.fromEntries(rows) } });
  },
});

const limits = Object.fromEntries(
  [...quotaNames, ...Object.keys(NETWORK_LIMITS)].map((name) => [name, Type.Optional(Limit)]),
);

const update = route({
  operation: 'quota-sets:update',
  method: 'PUT',
  path: '/os-quota-sets/:project_id',
  params: Params,
  query: Query,
  body: Strict({
    quota_set: Strict({
      ...limits,
      tenant_id: Type.Optional(Type.String()),
      force: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
    }),
  }),
  async handler({ app, context, params, query, body, version }) {
    const asked = body.quota_set as Record<string, unknown>;
    const changes = quotaNames
      .filter((name) => asked[name] !== undefined)
      .map((name) => ({ name, limit: Number(asked[name]) }));
    const forced = asked.force === true || asked.force === 'True' || asked.force === 'true';
    const quota = await app.store.transaction(async (tx) => {
      const user = query.user_id ?? null;
      const used = await quotaUsage(tx.db, params.project_id, user);
      const whole = user === null ? null : await computeQuota(tx.db, params.project_id);
      for (const { name, limit } of changes) {
        checkLimit(name, limit, used[name], forced);
        if (whole !== null && !forced) checkBelow(name, limit, whole[name]);
        await setLimit(tx, params.project_id, user, name, limit);
      }
      await writeAudit(tx, context, 'compute:quota-sets:update', params.project_id, { changes, user });
      return computeQuota(tx.db, params.project_id, user);
    });
    return ok({ quota_set: shown(quota, version) });
  },
});

function checkLimit(name: QuotaName, limit: number, used: number, forced: boolean): void {
  if (limit >= 0 && limit < used && !forced) {
    throw badRequest(`Quota limit ${limit} for ${name} must be greater than or equal to already used ${used}.`);
  }
}

/** A user's limit is within the project's. */
function checkBelow(name: QuotaName, limit: number, whole: number): void {
  if (whole >= 0 && (limit < 0 || limit > whole)) {
    throw badRequest(`Quota limit ${limit} for ${name} must be less than or equal to the project's ${whole}.`);
  }
}

async function setLimit(tx: Tx, projectId: string, userId: string | null, resource: QuotaName, limit: number) {
  const row = { project_id: projectId, resource, hard_limit: limit };
  if (userId === null) {
    await tx.db
      .insertInto('compute_quotas')
      .values(row)
      .onConflict((clash) => clash.columns(['project_id', 'resource']).doUpdateSet({ hard_limit: limit }))
      .execute();
    return;
  }
  await tx.db
    .insertInto('user_quotas')
    .values({ ...row, user_id: userId })
    .onConflict((clash) => clash.columns(['project_id', 'user_id', 'resource']).doUpdateSet({ hard_limit: limit }))
    .execute();
}

const remove = route({
  operation: 'quota-sets:delete',
  method: 'DELETE',
  path: '/os-quota-sets/:project_id',
  params: Params,
  query: Query,
  async handler({ app, context, params, query }) {
    await app.store.transaction(async (tx) => {
      const user = query.user_id;
      await tx.db
        .deleteFrom('user_quotas')
        .where('project_id', '=', params.project_id)
        .$if(user !== undefined, (rows) => rows.where('user_id', '=', user ?? ''))
        .execute();
      if (user === undefined) {
        await tx.db.deleteFrom('compute_quotas').where('project_id', '=', params.project_id).execute();
      }
      await writeAudit(tx, context, 'compute:quota-sets:delete', params.project_id);
    });
    return accepted();
  },
});

const absoluteLimits = route({
  operation: 'limits:show',
  method: 'GET',
  path: '/limits',
  query: Type.Object({ tenant_id: Type.Optional(Type.String()), reserved: Type.Optional(Type.String()) }),
  async handler({ app, context, query, version }) {
    const projectId = query.tenant_id ?? context.projectId ?? '';
    checkProject(context, projectId);
    const quota = await computeQuota(app.store.read, projectId);
    const used = await quotaUsage(app.store.read, projectId);
    const absolute = {
      maxTotalInstances: quota.instances,
      maxTotalCores: quota.cores,
      maxTotalRAMSize: quota.ram,
      maxTotalKeypairs: quota.key_pairs,
      maxServerMeta: quota.metadata_items,
      maxServerGroups: quota.server_groups,
      maxServerGroupMembers: quota.server_group_members,
      totalInstancesUsed: used.instances,
      totalCoresUsed: used.cores,
      totalRAMUsed: used.ram,
      totalServerGroupsUsed: used.server_groups,
      ...(!atLeast(version, '2.39') && { maxImageMeta: quota.metadata_items }),
      ...(!atLeast(version, '2.36') && {
        maxSecurityGroups: -1,
        maxSecurityGroupRules: -1,
        maxTotalFloatingIps: -1,
        totalSecurityGroupsUsed: 0,
        totalFloatingIpsUsed: 0,
      }),
      ...(!atLeast(version, '2.57') && {
        maxPersonality: quota.injected_files,
        maxPersonalitySize: quota.injected_file_content_bytes,
      }),
    };
    return ok({ limits: { rate: [], absolute } });
  },
});

export const quotaRoutes: Route[] = [show, defaults, detail, update, remove, absoluteLimits];
