import type { SnapshotId, VolumeId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Tx } from '../store/store.ts';
import type { SnapshotRow, VolumeRow } from './model.ts';
import { propertiesOf, removeProperties, writeProperties, type Properties } from './properties.ts';

/** Puts a row with a new id in the place of an unmanaged volume's; snapshots that stayed with it go along. */
export async function insertManaged(
  tx: Tx,
  context: Context,
  old: VolumeRow,
  change: Pick<VolumeRow, 'id' | 'name' | 'description' | 'volume_type_id' | 'bootable'>,
  metadata: Properties,
): Promise<void> {
  const { number: _number, ...rest } = old;
  const imageMetadata = await propertiesOf(tx.db, 'image', old.id);
  await tx.db
    .insertInto('volumes')
    .values({
      ...rest,
      ...change,
      managed: 1,
      status: 'available',
      project_id: context.projectId ?? old.project_id,
      user_id: context.userId,
      created_at: context.now,
      updated_at: null,
      group_id: null,
      reason: null,
    })
    .execute();
  await writeProperties(tx, 'volume', change.id, metadata, { keep: true });
  await writeProperties(tx, 'image', change.id, imageMetadata, { keep: true });
  await tx.db.updateTable('volume_snapshots').set({ volume_id: change.id }).where('volume_id', '=', old.id).execute();
  await forget(tx, old.id, 'volumes');
}

/** The same for a snapshot. */
export async function insertManagedSnapshot(
  tx: Tx,
  context: Context,
  old: SnapshotRow,
  change: Pick<SnapshotRow, 'id' | 'name' | 'description'>,
  metadata: Properties,
): Promise<void> {
  const { number: _number, ...rest } = old;
  await tx.db
    .insertInto('volume_snapshots')
    .values({
      ...rest,
      ...change,
      managed: 1,
      status: 'available',
      project_id: context.projectId ?? old.project_id,
      user_id: context.userId,
      created_at: context.now,
      updated_at: null,
      group_snapshot_id: null,
    })
    .execute();
  await writeProperties(tx, 'snapshot', change.id, metadata, { keep: true });
  await forget(tx, old.id, 'volume_snapshots');
}

/** Removes the row alone: what it stood for is still there. */
async function forget(tx: Tx, id: VolumeId | SnapshotId, table: 'volumes' | 'volume_snapshots'): Promise<void> {
  for (const kind of ['volume', 'image', 'snapshot'] as const) await removeProperties(tx, kind, id);
  if (table === 'volumes')
    await tx.db
      .deleteFrom('volumes')
      .where('id', '=', id as VolumeId)
      .execute();
  else
    await tx.db
      .deleteFrom('volume_snapshots')
      .where('id', '=', id as SnapshotId)
      .execute();
}
