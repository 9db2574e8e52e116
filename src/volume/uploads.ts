import type { HostId, ImageId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { systemContext } from '../http/context.ts';
import { discardImage } from '../image/index.ts';
import type { Tx } from '../store/store.ts';
import { failBackupOf } from './backups-settle.ts';
import { leaveMessage } from './messages.ts';
import { attachmentsOf, changeVolume } from './volumes-store.ts';
import { statusOfAttachments, type VolumeRow } from './model.ts';

/** Volumes whose upload has ended, well or not, go back to what they were; of one host, or of all. */
export async function settleUploads(app: App, tx: Tx, hostId?: HostId): Promise<void> {
  const rows = await tx.db
    .selectFrom('volumes')
    .leftJoin('images', 'images.id', 'volumes.image_id')
    .selectAll('volumes')
    .select('images.status as image_status')
    .where('volumes.image_id', 'is not', null)
    .where((where) =>
      where.or([where('images.status', 'is', null), where('images.status', 'not in', ['queued', 'saving'])]),
    )
    .$if(hostId !== undefined, (query) => query.where('volumes.host_id', '=', hostId ?? null))
    .execute();
  for (const row of rows) {
    const why = row.image_status === 'active' ? null : 'The image was deleted before the upload had ended.';
    await endUpload(app, tx, row, why);
  }
}

/** An image upload from a volume has failed on its host: the volume goes back to what it was. */
export async function endVolumeUpload(app: App, tx: Tx, imageId: ImageId, reason: string | null): Promise<void> {
  const row = await tx.db.selectFrom('volumes').selectAll().where('image_id', '=', imageId).executeTakeFirst();
  if (!row) return;
  await endUpload(app, tx, row, reason);
  if (reason !== null) await discardImage(tx, imageId, app.clock.now());
}

async function endUpload(app: App, tx: Tx, volume: VolumeRow, reason: string | null): Promise<void> {
  const now = app.clock.now();
  const users = (await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? [];
  const busy = volume.status === 'uploading' || volume.status === 'backing-up';
  const status = busy ? statusOfAttachments(users) : volume.status;
  const patch = { image_id: null, image_format: null, status, status_before: null };
  await changeVolume(tx, volume, now, patch, { host: true });
  if (reason !== null && volume.image_id !== null) await failBackupOf(app, tx, volume.image_id, reason);
  if (reason !== null) await leaveMessage(tx, systemContext(now), volume, 'upload', reason);
}
