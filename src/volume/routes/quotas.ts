import { Type } from 'typebox';
import { badRequest, forbidden } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { ok, type Route } from '../../http/route.ts';
import { Strict, parseBool } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Tx } from '../../store/store.ts';
import { classQuota, defaultQuota, quotaUsage, volumeQuota, type Quota } from '../quotas.ts';
import { since } from '../versions.ts';
import { AnyQuery } from '../wire.ts';

const Params = Strict({ project_id: Type.String({ minLength: 1, maxLength: 64 }) });
const ClassParams = Strict({ class_name: Type.String({ minLength: 1, maxLength: 255 }) });
const Limits = Type.Record(Type.String(), Type.Unknown());

/** A project's own limits are for its members to read, others' for an admin. */
function checkProject(context: Context, projectId: string): void {
  if (!context.isAdmin && context.projectId !== projectId) {
    throw forbidden("Policy doesn't allow reading the quota of another project.");
  }
}

/** Cinder shows what a limit knows of: the built-in ones, and those of each volume type. */
function changesOf(limits: Record<string, unknown>, known: Quota): { name: string; limit: number }[] {
  const changes: { name: string; limit: number }[] = [];
  for (const [name, value] of Object.entries(limits)) {
    if (name === 'tenant_id' || name === 'project_id' || name === 'id' || name === 'force') continue;
    if (!(name in known)) {
      throw badRequest(`Bad key(s) in quota set: ${name}. There are ${Object.keys(known).join(', ')}.`);
    }
    const limit = typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : NaN;
    if (!Number.isInteger(limit) || limit < -1 || limit > 0x7fffffff) {
      throw badRequest(`Quota limit for ${name} must be a whole number, -1 for none; it is ${String(value)}.`);
    }
    changes.push({ name, limit });
  }
  if (changes.length === 0) throw badRequest('Give at least one limit to change.');
  return changes;
}

const show = since('3.0', {
  operation: 'quota-sets:show',
  method: 'GET',
  path: '/os-quota-sets/:project_id',
  params: Params,
  query: AnyQuery,
  async handler({ app, context, params, query }) {
    checkProject(context, params.project_id);
    const { read } = app.store;
    const limits = await volumeQuota(read, params.project_id);
    if (parseBool(String(query.usage ?? 'false')) !== true) {
      return ok({ quota_set: { id: params.project_id, ...limits } });
    }
    const used = await quotaUsage(read, params.project_id);
    const rows = Object.entries(limits).map(([name, limit]) => [name, { limit, in_use: used[name] ?? 0, reserved: 0 }]);
    return ok({ quota_set: { id: params.project_id, ...(Object.fromEntries(rows) as object) } });
  },
});

const defaults = since('3.0', {
  operation: 'quota-sets:defaults',
  method: 'GET',
  path: '/os-quota-sets/:project_id/defaults',
  params: Params,
  async handler({ app, context, params }) {
    checkProject(context, params.project_id);
    return ok({ quota_set: { id: params.project_id, ...(await defaultQuota(app.store.read)) } });
  },
});

const update = since('3.0', {
  operation: 'quota-sets:update',
  method: 'PUT',
  path: '/os-quota-sets/:project_id',
  params: Params,
  query: AnyQuery,
  body: Strict({ quota_set: Limits }),
  async handler({ app, context, params, body, query }) {
    const validate = parseBool(String(query.skip_validation ?? 'true')) === false;
    const limits = await app.store.transaction(async (tx) => {
      const changes = changesOf(body.quota_set, await defaultQuota(tx.db));
      const used = validate ? await quotaUsage(tx.db, params.project_id) : {};
      for (const { name, limit } of changes) {
        if (limit >= 0 && (used[name] ?? 0) > limit) {
          throw badRequest(`Quota limit ${limit} for ${name} is below what is used already, ${used[name]}.`);
        }
        await tx.db
          .insertInto('volume_quotas')
          .values({ project_id: params.project_id, resource: name, hard_limit: limit })
          .onConflict((known) => known.columns(['project_id', 'resource']).doUpdateSet({ hard_limit: limit }))
          .execute();
      }
      await writeAudit(tx, context, 'volume:quota-sets:update', params.project_id, { changes });
      return volumeQuota(tx.db, params.project_id);
    });
    return ok({ quota_set: limits });
  },
});

const remove = since('3.0', {
  operation: 'quota-sets:delete',
  method: 'DELETE',
  path: '/os-quota-sets/:project_id',
  params: Params,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      await tx.db.deleteFrom('volume_quotas').where('project_id', '=', params.project_id).execute();
      await writeAudit(tx, context, 'volume:quota-sets:delete', params.project_id);
    });
    return { status: 200, body: null };
  },
});

const showClass = since('3.0', {
  operation: 'quota-class-sets:show',
  method: 'GET',
  path: '/os-quota-class-sets/:class_name',
  params: ClassParams,
  async handler({ app, params }) {
    return ok({ quota_class_set: { id: params.class_name, ...(await classQuota(app.store.read, params.class_name)) } });
  },
});

const updateClass = since('3.0', {
  operation: 'quota-class-sets:update',
  method: 'PUT',
  path: '/os-quota-class-sets/:class_name',
  params: ClassParams,
  body: Strict({ quota_class_set: Limits }),
  async handler({ app, context, params, body }) {
    const { class_name } = params;
    const quota = await app.store.transaction(async (tx) => {
      const { class_name: _name, ...limits } = body.quota_class_set;
      const changes = changesOf(limits, await classQuota(tx.db, class_name));
      for (const { name, limit } of changes) await setClassLimit(tx, class_name, name, limit);
      await writeAudit(tx, context, 'volume:quota-class-sets:update', class_name, { changes });
      return classQuota(tx.db, class_name);
    });
    return ok({ quota_class_set: quota });
  },
});

async function setClassLimit(tx: Tx, className: string, resource: string, limit: number): Promise<void> {
  await tx.db
    .insertInto('volume_quota_classes')
    .values({ class_name: className, resource, hard_limit: limit })
    .onConflict((known) => known.columns(['class_name', 'resource']).doUpdateSet({ hard_limit: limit }))
    .execute();
}

const limits = since('3.0', {
  operation: 'limits:show',
  method: 'GET',
  path: '/limits',
  query: AnyQuery,
  async handler({ app, context, query }) {
    const asked = query.project_id ?? query.tenant_id;
    const projectId = typeof asked === 'string' && context.isAdmin ? asked : (context.projectId ?? '');
    const quota = await volumeQuota(app.store.read, projectId);
    const used = await quotaUsage(app.store.read, projectId);
    return ok({
      limits: {
        rate: [],
        absolute: {
          maxTotalVolumes: quota.volumes,
          maxTotalVolumeGigabytes: quota.gigabytes,
          maxTotalSnapshots: quota.snapshots,
          maxTotalBackups: quota.backups,
          maxTotalBackupGigabytes: quota.backup_gigabytes,
          totalVolumesUsed: used.volumes,
          totalGigabytesUsed: used.gigabytes,
          totalSnapshotsUsed: used.snapshots,
          totalBackupsUsed: used.backups,
          totalBackupGigabytesUsed: used.backup_gigabytes,
        },
      },
    });
  },
});

export const quotaRoutes: Route[] = [show, defaults, update, remove, showClass, updateClass, limits];
