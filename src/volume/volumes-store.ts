import { notFound } from '../core/errors.ts';
import type { HostId, SnapshotId, VolumeId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { AttachmentRow, FullSnapshot, FullVolume, SnapshotRow, VolumePatch, VolumeRow } from './model.ts';
import { releaseRoom, touchHost } from './pools.ts';
import { readProperties, removeProperties } from './properties.ts';

const CHUNK = 1000;

export const noVolume = (id: string) => notFound(`Volume ${id} could not be found.`, 'VolumeNotFound');
export const noSnapshot = (id: string) => notFound(`Snapshot ${id} could not be found.`, 'SnapshotNotFound');

/** The volume, if the caller may see it. Throws ApiError 404 otherwise. */
export async function volumeById(db: Reader, context: Context, id: string): Promise<VolumeRow> {
  const row = await db
    .selectFrom('volumes')
    .selectAll()
    .where('id', '=', id as VolumeId)
    .where('managed', '=', 1)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw noVolume(id);
  return row;
}

/** The snapshot, if the caller may see it. Throws ApiError 404 otherwise. */
export async function snapshotById(db: Reader, context: Context, id: string): Promise<SnapshotRow> {
  const row = await db
    .selectFrom('volume_snapshots')
    .selectAll()
    .where('id', '=', id as SnapshotId)
    .where('managed', '=', 1)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw noSnapshot(id);
  return row;
}

/** Adds to volumes what is shown with them, in as many queries as there are thousands of them. */
export async function withDetails(db: Reader, rows: readonly VolumeRow[]): Promise<FullVolume[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const metadata = await readProperties(db, 'volume', ids);
  const imageMetadata = await readProperties(db, 'image', ids);
  const attachments = await attachmentsOf(db, ids);
  const types = new Map(
    (await db.selectFrom('volume_types').select(['id', 'name']).execute()).map((type) => [type.id, type.name]),
  );
  const names = await hostNames(db, [...new Set(rows.flatMap((row) => (row.host_id === null ? [] : [row.host_id])))]);
  return rows.map((row) => ({
    ...row,
    metadata: metadata.get(row.id) ?? {},
    imageMetadata: imageMetadata.get(row.id) ?? {},
    attachments: attachments.get(row.id) ?? [],
    typeName: row.volume_type_id === null ? null : (types.get(row.volume_type_id) ?? null),
    hostName: row.host_id === null ? null : (names.get(row.host_id) ?? null),
  }));
}

async function hostNames(db: Reader, ids: readonly HostId[]): Promise<Map<HostId, string>> {
  const found = new Map<HostId, string>();
  for (let start = 0; start < ids.length; start += CHUNK) {
    const some = ids.slice(start, start + CHUNK);
    const rows = await db.selectFrom('hosts').select(['id', 'name']).where('id', 'in', some).execute();
    for (const row of rows) found.set(row.id, row.name);
  }
  return found;
}

/** One volume with what is shown with it. Throws ApiError 404. */
export async function fullVolume(db: Reader, context: Context, id: string): Promise<FullVolume> {
  const [volume] = await withDetails(db, [await volumeById(db, context, id)]);
  if (!volume) throw noVolume(id);
  return volume;
}

export async function withSnapshotDetails(db: Reader, rows: readonly SnapshotRow[]): Promise<FullSnapshot[]> {
  const metadata = await readProperties(
    db,
    'snapshot',
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, metadata: metadata.get(row.id) ?? {} }));
}

/** One snapshot with what is shown with it. Throws ApiError 404. */
export async function fullSnapshot(db: Reader, context: Context, id: string): Promise<FullSnapshot> {
  const [snapshot] = await withSnapshotDetails(db, [await snapshotById(db, context, id)]);
  if (!snapshot) throw noSnapshot(id);
  return snapshot;
}

/** The attachments of several volumes, oldest first. */
export async function attachmentsOf(
  db: Reader,
  volumeIds: readonly VolumeId[],
): Promise<Map<VolumeId, AttachmentRow[]>> {
  const found = new Map<VolumeId, AttachmentRow[]>();
  for (let start = 0; start < volumeIds.length; start += CHUNK) {
    const rows = await db
      .selectFrom('volume_attachments')
      .selectAll()
      .where('volume_id', 'in', volumeIds.slice(start, start + CHUNK))
      .orderBy('number')
      .execute();
    for (const row of rows) found.set(row.volume_id, [...(found.get(row.volume_id) ?? []), row]);
  }
  return found;
}

/**
 * Changes a volume. With `host` the change concerns its host: the document's generation grows in this transaction,
 * and what the host reports of older ones no longer counts for this volume.
 */
export async function changeVolume(
  tx: Tx,
  volume: { id: VolumeId; host_id: HostId | null },
  now: number,
  patch: VolumePatch,
  options: { host?: boolean } = {},
): Promise<void> {
  const touched = options.host === true ? { changed_generation: await touchHost(tx, volume.host_id) } : {};
  await tx.db
    .updateTable('volumes')
    .set({ updated_at: now, ...patch, ...touched })
    .where('id', '=', volume.id)
    .execute();
  tx.raise('volumes');
}

/** Ends a volume for good: its host no longer has it, so its room is free again. */
export async function removeVolume(
  tx: Tx,
  volume: { id: VolumeId; host_id: HostId | null; target_gib: number },
): Promise<void> {
  await removeProperties(tx, 'volume', volume.id);
  await removeProperties(tx, 'image', volume.id);
  const snapshots = await tx.db
    .selectFrom('volume_snapshots')
    .select('id')
    .where('volume_id', '=', volume.id)
    .execute();
  for (const { id } of snapshots) await removeProperties(tx, 'snapshot', id);
  await tx.db.deleteFrom('volumes').where('id', '=', volume.id).execute();
  await releaseRoom(tx, volume.host_id, volume.target_gib);
  tx.raise('volumes');
}

/** Ends a snapshot for good. */
export async function removeSnapshot(tx: Tx, id: SnapshotId): Promise<void> {
  await removeProperties(tx, 'snapshot', id);
  await tx.db.deleteFrom('volume_snapshots').where('id', '=', id).execute();
}
