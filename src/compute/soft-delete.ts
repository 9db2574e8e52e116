import { forbidden } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import { systemContext, type Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import { computeQuota } from './catalogue/quotas.ts';
import { assertUnlocked, beginDeletion, deleteServer } from './delete.ts';
import { dropServerImages } from './drop-images.ts';
import type { ServerPatch, ServerRow } from './model.ts';
import { startTask } from './power.ts';
import { endResize } from './resize.ts';
import { finishAction, noteAction } from './server-actions.ts';
import { changeServer, serverById } from './servers-store.ts';
import { assertPermitted } from './states.ts';
import { usage } from './usage.ts';

/** Milliseconds that deleted servers can be restored; 0 when they go at once. */
const keptFor = (app: App) => (app.config.reclaimDeletedAfter ?? 0) * 1000;

/**
 * Deletes a server as the operator wishes: at once, or switched off and kept until `reclaimDeletedAfter` has passed.
 * One that never ran, or that is shelved, has nothing on a host that could be restored. Throws ApiError 404 and 409.
 * https://docs.openstack.org/api-ref/compute/#delete-server
 */
export async function deleteOrKeepServer(app: App, context: Context, id: string): Promise<void> {
  if (keptFor(app) === 0) return deleteServer(app, context, id);
  const isDone = await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    if (server.vm_state === 'soft-delete' && server.task_state === null) return true;
    const isShelved = server.vm_state.startsWith('shelved');
    if (server.launched_at === null || server.host_id === null || isShelved || server.task_state === 'deleting')
      return false;
    await softDelete(tx, context, server);
    return true;
  });
  if (!isDone) await deleteServer(app, context, id);
}

async function softDelete(tx: Tx, context: Context, server: ServerRow): Promise<void> {
  // What is under way ends with it.
  await dropServerImages(tx, server.id, context.now);
  await finishAction(tx, server.action_id, context.now, 'Error', 'The server was deleted.');
  const patch: ServerPatch = {
    ...(server.old_flavor === null ? {} : await endResize(tx, context, server)),
    vm_state: 'soft-delete',
    task_state: null,
    deadline: null,
    action_id: null,
    soft_deleted_at: context.now,
    power: 'stopped',
    shutdown: 'soft',
    rescue: null,
  };
  await changeServer(tx, server, context.now, patch, { document: true });
  await noteAction(tx, context, server, 'delete', 'compute_soft_delete_instance');
  await writeAudit(tx, context, 'compute:servers:soft-delete', server.id, { name: server.name });
}

/** Starts a deleted server again whose time has not passed. Throws ApiError 403 without quota, 404 and 409. */
export async function restoreServer(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertPermitted('restore', server);
    await assertQuota(tx, server);
    const task = { task: 'restoring', action: 'restore', event: 'compute_restore_instance' } as const;
    await startTask(tx, context, server, task, { power: 'running', boot: server.boot + 1, soft_deleted_at: null });
  });
}

/** A deleted server counts for nothing; restored it counts again. */
async function assertQuota(tx: Tx, server: ServerRow): Promise<void> {
  const quota = await computeQuota(tx.db, server.project_id);
  const used = await usage(tx.db, server.project_id);
  const counts = [
    { name: 'instances', limit: quota.instances, taken: used.instances, more: 1 },
    { name: 'cores', limit: quota.cores, taken: used.cores, more: server.vcpus },
    { name: 'ram', limit: quota.ram, taken: used.ramMib, more: server.memory_mib },
  ];
  const over = counts.find(({ limit, taken, more }) => limit >= 0 && taken + more > limit);
  if (!over) return;
  throw forbidden(
    `Quota exceeded for ${over.name}: Requested ${over.more}, but already used ${over.taken} of ${over.limit} ${over.name}`,
    'QuotaError',
  );
}

/** Deletes for good what was kept for long enough. */
export async function reclaimDeleted(app: App, now: number): Promise<void> {
  const due = await app.store.read
    .selectFrom('servers')
    .select('id')
    .where('vm_state', '=', 'soft-delete')
    .where('task_state', 'is', null)
    .where('soft_deleted_at', '<=', now - keptFor(app))
    .where('deleted', '=', 0)
    .execute();
  if (due.length === 0) return;
  const ids = due.map(({ id }) => id);
  await app.store.transaction(async (tx) => {
    const rows = await tx.db
      .selectFrom('servers')
      .selectAll()
      .where('id', 'in', ids)
      .where('vm_state', '=', 'soft-delete')
      .where('task_state', 'is', null)
      .execute();
    for (const row of rows) {
      const context = { ...systemContext(now, `reclaim-${now}`), projectId: row.project_id };
      await beginDeletion(tx, context, row);
    }
  });
}
