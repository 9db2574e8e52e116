import type { ImageId, ProjectId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import { emptyFields } from './fields.ts';
import { checkImages, limitsOf, usageOf } from './quota.ts';
import { findImage, insertImage } from './store/images.ts';
import type { ImageStatus } from './tables.ts';
import type { DISK_FORMATS, Image } from './wire.ts';

// Images that other services make: of servers and of volumes. Their data comes from a host, through storeImageData.

/** An image to be, queued until its data arrives. */
export interface MadeImage {
  id: ImageId;
  name: string;
  owner: ProjectId;
  /** Of another project's maker, who keeps access as a member. */
  sharedWith?: ProjectId | null;
  diskFormat: (typeof DISK_FORMATS)[number];
  containerFormat?: 'bare';
  minDiskGib: number;
  minRamMib: number;
  properties: Record<string, string>;
  visibility?: 'private' | 'shared' | 'public' | 'community';
  protected?: boolean;
}

/** Writes the row of an image that another service makes. Throws ApiError 413 when the project has too many. */
export async function createMadeImage(app: App, tx: Tx, context: Context, image: MadeImage): Promise<void> {
  checkImages(await usageOf(tx.db, image.owner), await limitsOf(tx.db, app.config, image.owner));
  const member = image.sharedWith ?? null;
  await insertImage(
    tx,
    image.id,
    {
      ...emptyFields(image.owner),
      name: image.name,
      visibility: member === null ? (image.visibility ?? 'private') : 'shared',
      protected: image.protected === true ? 1 : 0,
      disk_format: image.diskFormat,
      container_format: image.containerFormat ?? 'bare',
      min_disk: image.minDiskGib,
      min_ram: image.minRamMib,
      properties: image.properties,
    },
    context.now,
  );
  if (member === null) return;
  const at = { created_at: context.now, updated_at: context.now };
  const row = { image_id: image.id, member_id: member, status: 'accepted' as const, ...at };
  await tx.db.insertInto('image_members').values(row).execute();
}

/** Deletes an image that is not wanted any more; one that is gone already stays so. */
export async function discardImage(tx: Tx, id: ImageId, now: number): Promise<void> {
  await tx.db
    .updateTable('images')
    .set({ status: 'pending_delete', updated_at: now })
    .where('id', '=', id)
    .where('status', '!=', 'pending_delete')
    .execute();
  tx.raise('images');
}

/** What has become of images; one that is gone or going is not in the map. */
export async function imageStatuses(db: Reader, ids: readonly ImageId[]): Promise<Map<ImageId, ImageStatus>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('images')
    .select(['id', 'status'])
    .where('id', 'in', [...ids])
    .where('status', '!=', 'pending_delete')
    .execute();
  return new Map(rows.map((row) => [row.id, row.status]));
}

/** The backups of one type that a server has, newest first. */
export async function backupsOf(db: Reader, serverId: string, backupType: string): Promise<ImageId[]> {
  const having = (name: string, value: string) =>
    db.selectFrom('image_properties').select('image_id').where('name', '=', name).where('value', '=', value);
  const rows = await db
    .selectFrom('images')
    .select('id')
    .where('status', '!=', 'pending_delete')
    .where('id', 'in', having('instance_uuid', serverId))
    .where('id', 'in', having('image_type', 'backup'))
    .where('id', 'in', having('backup_type', backupType))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => row.id);
}

/** An image as the context sees it, whether or not servers can boot it; undefined when it does not. */
export function seeImage(db: Reader, context: Context, id: string): Promise<Image | undefined> {
  return findImage(db, context, id);
}
