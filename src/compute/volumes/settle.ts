import type { ServerId, VolumeId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import { systemContext, type Context } from '../../http/context.ts';
import { serverVolumes, takeExtensions, type ServerAttachment } from '../../volume/index.ts';
import type { Tx } from '../../store/store.ts';
import type { ServerRow } from '../model.ts';
import { beginAction, finishAction, noteAction } from '../server-actions.ts';
import type { ServerVolumeActionTable } from '../tables.ts';

/** Writes down that a volume is plugged in or out; the action ends when the host has done it. */
export async function beginVolumeAction(
  tx: Tx,
  context: Context,
  server: ServerRow,
  kind: 'attach' | 'detach',
  volumeId: VolumeId,
): Promise<void> {
  const action = await beginAction(tx, context, server, `${kind}_volume`, `compute_${kind}_volume`);
  const row: ServerVolumeActionTable = { action_id: action, server_id: server.id, volume_id: volumeId, kind };
  await tx.db.insertInto('server_volume_actions').values(row).execute();
}

/** How plugging a volume in or out ends, or null while it goes on. Pure. */
export function volumeActionEnding(
  kind: 'attach' | 'detach',
  attachment: ServerAttachment | undefined,
): { result: 'Success' | 'Error'; details: string | null } | null {
  if (kind === 'detach') return attachment === undefined ? { result: 'Success', details: null } : null;
  if (attachment === undefined)
    return { result: 'Error', details: 'The volume was detached again before it was plugged in.' };
  if (attachment.state === 'error' || attachment.reason !== null) {
    return { result: 'Error', details: attachment.reason ?? 'The host could not plug the volume in.' };
  }
  return attachment.state === 'attaching' ? null : { result: 'Success', details: null };
}

/** Ends the actions whose volumes have arrived, have gone, or never will. */
export async function settleVolumeActions(app: App, now: number): Promise<void> {
  const open = await app.store.read.selectFrom('server_volume_actions').selectAll().execute();
  if (open.length === 0) return;
  const servers = [...new Set(open.map((row) => row.server_id))];
  if (endings(open, await serverVolumes(app.store.read, servers)).length === 0) return;
  await app.store.transaction(async (tx) => {
    for (const { row, ending } of endings(open, await serverVolumes(tx.db, servers))) {
      await tx.db.deleteFrom('server_volume_actions').where('action_id', '=', row.action_id).execute();
      await finishAction(tx, row.action_id, now, ending.result, ending.details);
    }
  });
}

/** Writes volumes that have grown into the history of the servers that use them. */
export async function noteExtensions(app: App): Promise<void> {
  const waiting = await app.store.read.selectFrom('volume_extensions').select('request_id').limit(1).execute();
  if (waiting.length === 0) return;
  await app.store.transaction(async (tx) => {
    for (const { serverId, requestId, at } of await takeExtensions(tx)) {
      const server = await tx.db
        .selectFrom('servers')
        .select(['id', 'host_id', 'project_id', 'user_id'])
        .where('id', '=', serverId)
        .executeTakeFirst();
      if (!server) continue;
      const context = { ...systemContext(at, requestId), projectId: server.project_id, userId: server.user_id };
      await noteAction(tx, context, server, 'extend_volume', 'compute_extend_volume');
    }
  });
}

function endings(
  rows: readonly ServerVolumeActionTable[],
  volumes: ReadonlyMap<ServerId, readonly ServerAttachment[]>,
) {
  return rows.flatMap((row) => {
    const attachment = volumes.get(row.server_id)?.find((one) => one.volumeId === row.volume_id);
    const ending = volumeActionEnding(row.kind, attachment);
    return ending === null ? [] : [{ row, ending }];
  });
}
