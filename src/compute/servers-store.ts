import { notFound } from '../core/errors.ts';
import type { ServerId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { deleteServerPorts } from '../network/index.ts';
import { releaseServerVolumes } from '../volume/index.ts';
import { fromJson, toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { removeServerGroupMember } from './catalogue/server-groups.ts';
import { releaseAll } from '../placement/index.ts';
import { touchHost } from './hosts.ts';
import type { ServerFault, ServerFlavor, ServerPatch, ServerRow } from './model.ts';
import { finishAction } from './server-actions.ts';
import { dropServerImages } from './drop-images.ts';
import { POWER } from './states.ts';

/** The server, if the caller may see it. Throws ApiError 404 otherwise. */
export async function serverById(db: Reader, context: Context, id: string): Promise<ServerRow> {
  const row = await db
    .selectFrom('servers')
    .selectAll()
    .where('id', '=', id)
    .where('deleted', '=', 0)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Instance ${id} could not be found.`, 'InstanceNotFound');
  return row;
}

/**
 * Changes a server. With `document` the change concerns its host: the document's generation grows in this
 * transaction, and what the host reports of older ones no longer counts for this server.
 */
export async function changeServer(
  tx: Tx,
  server: Pick<ServerRow, 'id' | 'host_id'>,
  now: number,
  patch: ServerPatch,
  options: { document: boolean },
): Promise<void> {
  const touched =
    options.document && server.host_id !== null ? { changed_generation: await touchHost(tx, server.host_id) } : {};
  await tx.db
    .updateTable('servers')
    .set({ updated_at: now, ...patch, ...touched })
    .where('id', '=', server.id)
    .execute();
  tx.raise('servers');
}

export const amountOf = (row: Pick<ServerRow, 'vcpus' | 'memory_mib' | 'disk_gib'>) => ({
  vcpus: row.vcpus,
  memoryMib: row.memory_mib,
  diskGib: row.disk_gib,
});

/**
 * What a flavor takes of a host's disk: the root disk, and what else the guest is promised. `rootGib` is null for a
 * server that boots from a volume, which takes its own room.
 */
export function diskOf(
  flavor: Pick<ServerFlavor, 'diskGib' | 'ephemeralGib' | 'swapMib'>,
  rootGib: number | null,
): number {
  const root = rootGib === null ? 0 : Math.max(flavor.diskGib, rootGib);
  return root + flavor.ephemeralGib + Math.ceil(flavor.swapMib / 1024);
}

/** Ends a server for good: its host no longer has it, so ports, addresses and capacity are free again. */
export async function removeServer(tx: Tx, server: Pick<ServerRow, 'id' | 'action_id'>, now: number): Promise<void> {
  await deleteServerPorts(tx, server.id);
  await releaseServerVolumes(tx, server.id, now);
  await dropServerImages(tx, server.id, now);
  const open = await tx.db
    .deleteFrom('server_volume_actions')
    .where('server_id', '=', server.id)
    .returning('action_id')
    .execute();
  for (const one of open) await finishAction(tx, one.action_id, now, 'Error', 'The server was deleted meanwhile.');
  await removeServerGroupMember(tx, server.id);
  await releaseAll(tx, server.id, now);
  await finishAction(tx, server.action_id, now, 'Success', null);
  await tx.db
    .updateTable('servers')
    .set({
      deleted: 1,
      vm_state: 'deleted',
      task_state: null,
      power_state: POWER.none,
      terminated_at: now,
      updated_at: now,
      deadline: null,
      action_id: null,
      admin_password: null,
      user_data: null,
    })
    .where('id', '=', server.id)
    .execute();
}

/** The tags of several servers, in order. */
export async function tagsOf(db: Reader, ids: readonly ServerId[]): Promise<Map<ServerId, string[]>> {
  const tags = new Map<ServerId, string[]>();
  if (ids.length === 0) return tags;
  const rows = await db.selectFrom('server_tags').selectAll().where('server_id', 'in', ids).orderBy('tag').execute();
  for (const row of rows) tags.set(row.server_id, [...(tags.get(row.server_id) ?? []), row.tag]);
  return tags;
}

export function faultOf(server: Pick<ServerRow, 'fault'>): ServerFault | null {
  return server.fault === null ? null : fromJson<ServerFault>(server.fault);
}

/** `details` are for administrators only. */
export function faultJson(
  message: string,
  source: ServerFault['source'],
  now: number,
  details: string | null = null,
): string {
  const fault: ServerFault = { code: 500, message, details, created: now, source };
  return toJson(fault);
}
