import type { Selectable } from 'kysely';
import { badRequest, notFound } from '../core/errors.ts';
import { newUuid, type BackupId, type ImageId, type ProjectId, type SnapshotId, type VolumeId } from '../core/ids.ts';
import type { HostImage } from '../host/document.ts';
import type { App } from '../http/app.ts';
import { systemContext, type Context } from '../http/context.ts';
import { createMadeImage, discardImage, seeImage } from '../image/index.ts';
import { writeAudit } from '../store/audit.ts';
import { fromJson, toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { createVolume, PLAIN } from './create.ts';
import { BUILDING, type VolumeRow } from './model.ts';
import { propertiesOf, writeProperties, type Properties } from './properties.ts';
import { claimQuota } from './quotas.ts';
import { fromSnapshot } from './sources.ts';
import type { VolumeBackupTable } from './tables.ts';
import { defaultType } from './types-store.ts';
import { changeVolume, snapshotById, volumeById } from './volumes-store.ts';

export type BackupRow = Selectable<VolumeBackupTable>;

/** What a restored volume gets back besides its bytes. */
interface VolumeRecord {
  name: string | null;
  description: string | null;
  bootable: boolean;
  metadata: Properties;
  imageMetadata: Properties;
  typeId: string | null;
}

/**
 * Who owns the images that hold the bytes of a project's backups: nobody who could log in, so that no user of the
 * image service sees, changes or deletes them. What they take counts against a quota of its own per project.
 */
const OWNER = 'volume-backups:';
export const backupOwner = (projectId: string) => `${OWNER}${projectId}` as ProjectId;
/** Whether a volume is such a passing copy. */
export const isPassing = (volume: Pick<VolumeRow, 'project_id'>) => volume.project_id.startsWith(OWNER);

/** A backup that the caller sees. Throws ApiError 404. */
export async function backupById(db: Reader, context: Context, id: string): Promise<BackupRow> {
  const row = await db
    .selectFrom('volume_backups')
    .selectAll()
    .where('id', '=', id as BackupId)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Backup ${id} could not be found.`, 'BackupNotFound');
  return row;
}

export interface NewBackup {
  volumeId: string;
  snapshotId: string | null;
  name: string | null;
  description: string | null;
  container: string | null;
  force: boolean;
  metadata: Properties;
}

/**
 * Begins a backup: the host sends a copy of the volume (or of a passing copy of the snapshot) to the controller, which
 * keeps it. Throws ApiError 404, 400 for a volume that is busy, 413 for the quota.
 */
export async function createBackup(app: App, context: Context, input: NewBackup): Promise<BackupRow> {
  return app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, input.volumeId);
    const snapshot = input.snapshotId === null ? null : await snapshotById(tx.db, context, input.snapshotId);
    if (snapshot && snapshot.volume_id !== volume.id) {
      throw badRequest(`Snapshot ${snapshot.id} is not one of volume ${volume.id}.`);
    }
    if (!snapshot) assertIdle(volume, input.force);
    await claimQuota(tx, volume.project_id, { backups: 1, backup_gigabytes: volume.size_gib });
    const id = newUuid<'backup'>();
    const record: VolumeRecord = {
      name: volume.name,
      description: volume.description,
      bootable: volume.bootable === 1,
      metadata: await propertiesOf(tx.db, 'volume', volume.id),
      imageMetadata: await propertiesOf(tx.db, 'image', volume.id),
      typeId: volume.volume_type_id,
    };
    const copy = snapshot ? await copySnapshot(tx, context, snapshot.id) : null;
    const imageId = copy ? null : await beginUpload(app, tx, context, volume, { id, project_id: volume.project_id });
    await writeAudit(tx, context, 'volume:backups:create', id, { volume: volume.id });
    return tx.db
      .insertInto('volume_backups')
      .values({
        id,
        project_id: volume.project_id,
        user_id: context.userId,
        name: input.name,
        description: input.description,
        status: 'creating',
        volume_id: volume.id,
        snapshot_id: snapshot?.id ?? null,
        container: input.container,
        availability_zone: volume.availability_zone,
        size_gib: snapshot?.size_gib ?? volume.size_gib,
        image_id: imageId,
        copy_volume_id: copy?.id ?? null,
        restore_volume_id: null,
        volume_record: toJson(record),
        metadata: toJson(input.metadata),
        fail_reason: null,
        created_at: context.now,
        updated_at: null,
        data_timestamp: snapshot?.created_at ?? context.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

function assertIdle(volume: VolumeRow, force: boolean): void {
  const allowed = force ? ['available', 'in-use'] : ['available'];
  if (!allowed.includes(volume.status)) {
    throw badRequest(
      `Invalid volume: Volume ${volume.id} status must be ${allowed.join(' or ')} for a backup, but it is ${volume.status}: detach it, or use force.`,
    );
  }
}

/** A passing volume made of a snapshot; nobody sees it, and it counts against no quota: it has the owner of backups. */
async function copySnapshot(tx: Tx, context: Context, snapshotId: SnapshotId): Promise<VolumeRow> {
  const from = await fromSnapshot(tx.db, context, snapshotId, { sizeGib: null, zone: null, type: null });
  const plan = { ...PLAIN, ...from, name: 'copy for a backup' };
  const owner = { ...context, projectId: backupOwner(context.projectId ?? '') };
  return createVolume(tx, owner, plan, { strict: true, hidden: true });
}

/** Has the host send a volume's bytes to an image that only backups know. */
export async function beginUpload(
  app: App,
  tx: Tx,
  context: Pick<Context, 'now'>,
  volume: VolumeRow,
  backup: Pick<BackupRow, 'id' | 'project_id'>,
): Promise<ImageId> {
  const id = newUuid<'image'>();
  await createMadeImage(app, tx, systemContext(context.now), {
    id,
    name: `backup ${backup.id}`,
    owner: backupOwner(backup.project_id),
    diskFormat: 'qcow2',
    minDiskGib: volume.size_gib,
    minRamMib: 0,
    properties: { volume_backup_id: backup.id },
  });
  const patch = { status: 'backing-up', status_before: volume.status, image_id: id, image_format: 'qcow2' } as const;
  await changeVolume(tx, volume, context.now, patch, { host: true });
  return id;
}

/** Deletes a backup; its bytes go when no other one is of them. Throws ApiError 404, and 400 while it is busy. */
export async function deleteBackup(app: App, context: Context, id: string, force: boolean): Promise<void> {
  await app.store.transaction(async (tx) => {
    const row = await backupById(tx.db, context, id);
    if (!force && row.status !== 'available' && row.status !== 'error') {
      throw badRequest(`Invalid backup: Backup ${id} status must be available or error, but it is ${row.status}.`);
    }
    await tx.db.deleteFrom('volume_backups').where('id', '=', row.id).execute();
    if (row.image_id !== null) {
      const other = await tx.db
        .selectFrom('volume_backups')
        .select('id')
        .where('image_id', '=', row.image_id)
        .executeTakeFirst();
      if (!other) await discardImage(tx, row.image_id, context.now);
    }
    await writeAudit(tx, context, 'volume:backups:delete', row.id);
    tx.raise('volumes');
  });
}

/** The bytes of a backup, as a host fetches them. Throws ApiError 400 when they are not there. */
export async function backupImage(db: Reader, context: Context, row: BackupRow): Promise<HostImage> {
  const image = row.image_id === null ? undefined : await seeImage(db, systemContext(context.now), row.image_id);
  if (image?.status !== 'active' || image.sha256 === null || !image.size) {
    throw badRequest(`Invalid backup: Backup ${row.id} has no data.`);
  }
  return { id: image.id, sha256: image.sha256, sizeBytes: image.size, format: 'qcow2' };
}

/** Writes a backup over a volume, or into a new one. Throws ApiError 404, 400 for what is busy or too small, 413. */
export async function restoreBackup(
  app: App,
  context: Context,
  id: string,
  into: { volumeId: string | null; name: string | null },
): Promise<{ volumeId: VolumeId; name: string }> {
  return app.store.transaction(async (tx) => {
    const row = await backupById(tx.db, context, id);
    if (row.status !== 'available')
      throw badRequest(`Invalid backup: Backup ${id} is ${row.status}; it must be available.`);
    const image = await backupImage(tx.db, context, row);
    const volume =
      into.volumeId === null
        ? await newVolume(tx, context, row, image, into.name)
        : await oldVolume(tx, context, row, image, into.volumeId);
    await tx.db
      .updateTable('volume_backups')
      .set({ status: 'restoring', restore_volume_id: volume.id, updated_at: context.now })
      .where('id', '=', row.id)
      .execute();
    await writeAudit(tx, context, 'volume:backups:restore', row.id, { volume: volume.id });
    return { volumeId: volume.id, name: volume.name ?? '' };
  });
}

async function newVolume(tx: Tx, context: Context, row: BackupRow, image: HostImage, name: string | null) {
  const record = fromJson<VolumeRecord>(row.volume_record);
  return createVolume(tx, context, {
    ...PLAIN,
    name: name ?? `restore_backup_${row.id}`,
    description: record.description ?? null,
    sizeGib: row.size_gib,
    type: await defaultType(tx.db, context.projectId),
    metadata: record.metadata,
    imageMetadata: record.imageMetadata,
    bootable: record.bootable,
    source: { kind: 'empty', id: null, backend: null, build: { kind: 'image', image } },
    status: 'restoring-backup',
  });
}

async function oldVolume(tx: Tx, context: Context, row: BackupRow, image: HostImage, volumeId: string) {
  const volume = await volumeById(tx.db, context, volumeId);
  if (volume.status !== 'available') {
    throw badRequest(
      `Invalid volume: Volume ${volumeId} status must be available to be restored to, but it is ${volume.status}.`,
    );
  }
  if (volume.target_gib < row.size_gib) {
    throw badRequest(`Volume ${volumeId} has ${volume.target_gib} GiB, the backup needs ${row.size_gib}.`);
  }
  const record = fromJson<VolumeRecord>(row.volume_record);
  const source = toJson({ kind: 'image', image });
  const patch = { status: 'restoring-backup', build: volume.build + 1, build_source: source } as const;
  await changeVolume(tx, volume, context.now, { ...patch, bootable: record.bootable ? 1 : 0 }, { host: true });
  await writeProperties(tx, 'image', volume.id, record.imageMetadata, { keep: false });
  return volume;
}

/** The volume of a restore, when it is still being written. */
export const stillRestoring = (status: VolumeRow['status'] | null): boolean =>
  status !== null && BUILDING.includes(status);
