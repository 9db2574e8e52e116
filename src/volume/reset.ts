import { badRequest } from '../core/errors.ts';
import type { VolumeId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { VolumeStatus } from './contract.ts';
import { BY_HAND, isLeaving } from './model.ts';
import { changeVolume, snapshotById, volumeById } from './volumes-store.ts';
import type { SnapshotStatus } from './tables.ts';
import type { Tx } from '../store/store.ts';

const STATUSES: readonly VolumeStatus[] = [
  'creating',
  'available',
  'deleting',
  'error',
  'error_deleting',
  'error_managing',
  'managing',
  'attaching',
  'detaching',
  'in-use',
  'maintenance',
  'error_extending',
  'error_restoring',
  'error_backing-up',
  'reserved',
  'awaiting-transfer',
];

interface Wanted {
  status?: string | null;
  attach_status?: string | null;
  migration_status?: string | null;
}

/**
 * Says what status a volume has, for an administrator who knows better: only what clients see changes.
 * Throws ApiError 400 for what is no status.
 */
export async function resetVolume(app: App, context: Context, id: string, wanted: Wanted): Promise<void> {
  const { status, attach_status, migration_status } = wanted;
  if (!status && !attach_status && !migration_status) {
    throw badRequest("Must specify 'status', 'attach_status' or 'migration_status' for update.");
  }
  const lower = status?.toLowerCase();
  const found = STATUSES.find((one) => one === lower);
  if (status && !found) throw badRequest(`Must specify a valid status: one of ${STATUSES.join(', ')}, not ${status}.`);
  if (attach_status && !['attached', 'detached'].includes(attach_status.toLowerCase())) {
    throw badRequest(`Must specify a valid attach status: attached or detached, not ${attach_status}.`);
  }
  if (migration_status && migration_status !== 'none') {
    throw badRequest('No volume migrates here: migration_status can only be none.');
  }
  await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, id);
    if (attach_status?.toLowerCase() === 'detached') await dropNotes(tx, volume.id);
    if (isLeaving(volume)) throw badRequest(`Volume ${id} is being deleted by its host.`);
    if (found) await changeVolume(tx, volume, context.now, { status: found, changed_generation: BY_HAND });
    await writeAudit(tx, context, 'volume:volumes:reset-status', volume.id, { status, attach_status });
  });
}

/** Notes of attachments go; those that a server really uses stay. */
async function dropNotes(tx: Tx, volumeId: VolumeId): Promise<void> {
  await tx.db.deleteFrom('volume_attachments').where('volume_id', '=', volumeId).where('plugged', '=', 0).execute();
}

const SNAPSHOT_STATUSES: readonly SnapshotStatus[] = ['available', 'creating', 'deleting', 'error', 'error_deleting'];

/** The same for a snapshot; `progress` comes with what its backend says (`os-update_snapshot_status`). */
export async function resetSnapshot(
  app: App,
  context: Context,
  id: string,
  status: string,
  progress?: string | null,
): Promise<void> {
  const found = SNAPSHOT_STATUSES.find((one) => one === status.toLowerCase());
  if (!found) throw badRequest(`Must specify a valid status: one of ${SNAPSHOT_STATUSES.join(', ')}, not ${status}.`);
  if (progress !== undefined && progress !== null && !/^(100|[1-9]?\d)%$/.test(progress)) {
    throw badRequest(`Invalid progress ${progress}: write 0% to 100%.`);
  }
  await app.store.transaction(async (tx) => {
    const snapshot = await snapshotById(tx.db, context, id);
    if (isLeaving(snapshot)) throw badRequest(`Snapshot ${id} is being deleted by its host.`);
    await tx.db
      .updateTable('volume_snapshots')
      .set({ status: found, changed_generation: BY_HAND, updated_at: context.now, ...(progress && { progress }) })
      .where('id', '=', snapshot.id)
      .execute();
    await writeAudit(tx, context, 'volume:snapshots:reset-status', snapshot.id, { status: found });
  });
}
