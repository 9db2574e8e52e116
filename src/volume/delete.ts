import { badRequest } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import { isLeaving, type SnapshotRow, type VolumeRow } from './model.ts';
import { touchHost } from './pools.ts';
import {
  attachmentsOf,
  changeVolume,
  removeSnapshot,
  removeVolume,
  snapshotById,
  volumeById,
} from './volumes-store.ts';

const DELETABLE = ['available', 'error', 'error_restoring', 'error_extending', 'error_managing', 'error_deleting'];
const SNAPSHOT_DELETABLE = ['available', 'error', 'error_deleting'];

/**
 * Deletes a volume: it stays, as `deleting`, until its host says that it is gone. `force` takes any status that nobody
 * uses, `cascade` takes its snapshots along. Throws ApiError 404, and 400 for one in use, with snapshots or in a group.
 */
export async function deleteVolume(
  app: App,
  context: Context,
  id: string,
  { cascade = false, force = false }: { cascade?: boolean; force?: boolean },
): Promise<void> {
  await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, id);
    if (isLeaving(volume)) return;
    const users = (await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? [];
    const refuse = (why: string) => badRequest(`Invalid volume: Volume ${id} cannot be deleted: ${why}`);
    if (users.length > 0) throw refuse('it is attached; detach it first.');
    if (!force && !DELETABLE.includes(volume.status)) {
      throw refuse(`its status must be ${DELETABLE.join(' or ')}, but it is ${volume.status}.`);
    }
    if (volume.group_id !== null && !force)
      throw refuse(`it belongs to group ${volume.group_id}; remove it from the group.`);
    const snapshots = await tx.db
      .selectFrom('volume_snapshots')
      .selectAll()
      .where('volume_id', '=', volume.id)
      .where('managed', '=', 1)
      .execute();
    if (snapshots.length > 0 && !cascade) throw refuse('it has snapshots; delete them first, or ask for cascade.');
    const busy = snapshots.find(
      (one) => !force && one.status !== 'deleting' && !SNAPSHOT_DELETABLE.includes(one.status),
    );
    if (busy) throw refuse(`its snapshot ${busy.id} is ${busy.status}.`);
    await writeAudit(tx, context, 'volume:volumes:delete', volume.id, { name: volume.name });
    await deleteVolumeRow(tx, volume, context.now);
  });
}

/** Wishes a volume and all its snapshots away; one that never found a host is gone at once. */
export async function deleteVolumeRow(tx: Tx, volume: VolumeRow, now: number): Promise<void> {
  if (volume.host_id === null) {
    await removeVolume(tx, volume);
    return;
  }
  const changed_generation = await touchHost(tx, volume.host_id);
  await tx.db
    .updateTable('volume_snapshots')
    .set({ status: 'deleting', updated_at: now, changed_generation })
    .where('volume_id', '=', volume.id)
    .execute();
  await tx.db.deleteFrom('volume_transfers').where('volume_id', '=', volume.id).execute();
  const patch = { status: 'deleting', image_id: null } as const;
  await changeVolume(tx, volume, now, patch, { host: true });
}

/** Deletes a snapshot: it stays, as `deleting`, until the host says that it is gone. Throws ApiError 404 and 400. */
export async function deleteSnapshot(app: App, context: Context, id: string, force: boolean): Promise<void> {
  await app.store.transaction(async (tx) => {
    const snapshot = await snapshotById(tx.db, context, id);
    if (isLeaving(snapshot)) return;
    if (!force && !SNAPSHOT_DELETABLE.includes(snapshot.status)) {
      throw badRequest(
        `Invalid snapshot: Snapshot ${id} status must be ${SNAPSHOT_DELETABLE.join(' or ')}, but it is ${snapshot.status}.`,
      );
    }
    if (snapshot.group_snapshot_id !== null && !force) {
      throw badRequest(
        `Invalid snapshot: Snapshot ${id} belongs to group snapshot ${snapshot.group_snapshot_id}: delete that one.`,
      );
    }
    await writeAudit(tx, context, 'volume:snapshots:delete', snapshot.id, { volume: snapshot.volume_id });
    await deleteSnapshotRow(tx, snapshot, context.now);
  });
}

/** Wishes a snapshot away; of a volume that never found a host it is gone at once. */
export async function deleteSnapshotRow(tx: Tx, snapshot: SnapshotRow, now: number): Promise<void> {
  const volume = await tx.db
    .selectFrom('volumes')
    .select('host_id')
    .where('id', '=', snapshot.volume_id)
    .executeTakeFirst();
  if (!volume || volume.host_id === null) {
    await removeSnapshot(tx, snapshot.id);
    return;
  }
  const changed_generation = await touchHost(tx, volume.host_id);
  await tx.db
    .updateTable('volume_snapshots')
    .set({ status: 'deleting', updated_at: now, changed_generation })
    .where('id', '=', snapshot.id)
    .execute();
}
