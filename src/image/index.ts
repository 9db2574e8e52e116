import type { Readable } from 'node:stream';
import { badRequest } from '../core/errors.ts';
import type { ImageId, ProjectId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { glanceFault } from '../http/faults.ts';
import type { Service } from '../http/service.ts';
import type { Reader } from '../store/store.ts';
import { imagePolicy } from '../policy/image.ts';
import { readImageFile } from './data.ts';
import { PATCH_NEW, PATCH_OLD } from './patch.ts';
import { actionRoutes } from './routes/actions.ts';
import { dataRoutes } from './routes/data.ts';
import { imageRoutes } from './routes/images.ts';
import { infoRoutes } from './routes/info.ts';
import { metadefItemRoutes } from './routes/metadef-items.ts';
import { metadefNamespaceRoutes } from './routes/metadef-namespaces.ts';
import { metadefTypeRoutes } from './routes/metadef-types.ts';
import { sharingRoutes } from './routes/sharing.ts';
import { taskRoutes } from './routes/tasks.ts';
import { versionRoutes } from './routes/versions.ts';
import { findImage } from './store/images.ts';
import { RESERVED_PREFIX } from './wire.ts';

export { backupsOf, createMadeImage, discardImage, imageStatuses, seeImage, type MadeImage } from './made.ts';
export { imagesDir, parseFileName } from './files.ts';
export { createImageReconciler } from './reconcile.ts';
export { imagesUnderWay } from './under-way.ts';
export { storeImageData } from './upload.ts';

/** Glance's API: https://docs.openstack.org/api-ref/image/v2/ */
export const imageService: Service = {
  name: 'image',
  prefix: '/image/v2',
  routes: [
    ...imageRoutes,
    ...dataRoutes,
    ...sharingRoutes,
    ...actionRoutes,
    ...infoRoutes,
    ...taskRoutes,
    ...metadefNamespaceRoutes,
    ...metadefItemRoutes,
    ...metadefTypeRoutes,
  ],
  rootRoutes: versionRoutes,
  policy: imagePolicy,
  fault: glanceFault,
  versions: null,
  jsonTypes: [PATCH_NEW, PATCH_OLD],
};

/** An image as a server boots it. */
export interface BootImage {
  id: ImageId;
  name: string;
  status: 'active';
  sizeBytes: number;
  /** Size of the disk inside; a server's disk is at least as large. */
  virtualSizeBytes: number;
  diskFormat: 'raw' | 'qcow2';
  sha256: string;
  minDiskGib: number;
  minRamMib: number;
  properties: Record<string, string>;
  ownerId: ProjectId | null;
}

/**
 * The image for a new server. Throws ApiError 400, as Nova, when the context does not see it, and when it is not one
 * that servers boot.
 */
export async function imageForServer(db: Reader, context: Context, id: string): Promise<BootImage> {
  const image = await findImage(db, context, id);
  if (!image) throw badRequest(`Can not find requested image ${id}`);
  const { disk_format, container_format, size, virtual_size, sha256 } = image;
  if (image.status !== 'active') throw badRequest(`Image ${id} is not active.`);
  if ((disk_format !== 'raw' && disk_format !== 'qcow2') || container_format !== 'bare') {
    throw badRequest(
      `Image ${id} is unacceptable: servers boot raw and qcow2 disks in a bare container, it is ${disk_format} in ${container_format}. Convert it with qemu-img convert.`,
    );
  }
  if (!size || sha256 === null) throw badRequest(`Image ${id} is unacceptable: it is empty.`);
  if (virtual_size === null) throw badRequest(`Image ${id} is unacceptable: its data is not ${disk_format}.`);
  return {
    id: image.id,
    name: image.name ?? '',
    status: 'active',
    sizeBytes: size,
    virtualSizeBytes: virtual_size,
    diskFormat: disk_format,
    sha256,
    minDiskGib: image.min_disk,
    minRamMib: image.min_ram,
    properties: Object.fromEntries(
      Object.entries(image.properties).filter(([name]) => !name.startsWith(RESERVED_PREFIX)),
    ),
    ownerId: image.owner,
  };
}

/** Whether there is such an image, whoever may see it. */
export async function imageExists(db: Reader, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('images')
    .select('id')
    .where('id', '=', id)
    .where('status', '!=', 'pending_delete')
    .executeTakeFirst();
  return row !== undefined;
}

/** An image's data, for the hosts that boot from it. Throws ApiError 404. */
export function openImageFile(app: App, id: ImageId): Promise<{ stream: Readable; sizeBytes: number }> {
  return readImageFile(app, id);
}
