import { badRequest } from '../core/errors.ts';
import { newUuid, type HostId, type ImageId, type ServerId } from '../core/ids.ts';
import type { HostUpload } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { createMadeImage } from '../image/index.ts';
import { writeAudit } from '../store/audit.ts';
import { fromJson, toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { snapshotServerVolumes, type ServerSnapshot } from '../volume/index.ts';
import { flavorOfServer, isVolumeBacked, type ServerImageMetadata, type ServerRow } from './model.ts';
import { beginAction, noteAction } from './server-actions.ts';
import { changeServer, serverById } from './servers-store.ts';
import { assertPermitted, type TaskState } from './states.ts';
import type { ServerImageTable } from './tables.ts';

/** A disk of some hundred GiB may have to go over a slow line. */
const DONE_WITHIN = 6 * 3600_000;

export interface ImageRequest {
  name: string;
  /** Properties from the request, which come before those of the server's own image. */
  metadata: Record<string, string>;
}

/** What `createImage` makes of a server. Throws ApiError 404, 409, 403 and 413. */
export async function createServerImage(
  app: App,
  context: Context,
  id: string,
  request: ImageRequest,
): Promise<ImageId> {
  return app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertPermitted('createImage', server);
    if (isVolumeBacked(server)) return imageOfVolumes(app, tx, context, server, request);
    return beginServerImage(app, tx, context, server, {
      ...request,
      kind: 'snapshot',
      task: 'image_snapshot',
      action: 'createImage',
      event: 'compute_snapshot_instance',
    });
  });
}

/** What `createBackup` makes of a server: an image, and fewer of the older ones of its type. */
export async function createServerBackup(
  app: App,
  context: Context,
  id: string,
  request: ImageRequest & { backupType: string; rotation: number },
): Promise<ImageId> {
  return app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertPermitted('createBackup', server);
    if (isVolumeBacked(server)) {
      throw badRequest('Backup is not supported for volume-backed instances: make a snapshot of the volume.');
    }
    return beginServerImage(app, tx, context, server, {
      ...request,
      kind: 'backup',
      task: 'image_backup',
      action: 'createBackup',
      event: 'compute_backup_instance',
    });
  });
}

interface Beginning extends ImageRequest {
  kind: 'snapshot' | 'backup' | 'shelve';
  task: TaskState;
  action: string;
  event: string;
  backupType?: string;
  rotation?: number;
  /** The action that this is a step of; one of its own without. */
  actionId?: number | null;
}

/**
 * Asks a server's host for an image of its disk: the row of the image, which waits for its data, and the wish in the
 * host's document. The task lasts until `settleServerImages` finds the image active.
 */
export async function beginServerImage(
  app: App,
  tx: Tx,
  context: Context,
  server: ServerRow,
  input: Beginning,
): Promise<ImageId> {
  const imageId = newUuid<'image'>();
  const { backupType, rotation } = input;
  const backup: Record<string, string> = backupType === undefined ? {} : { backup_type: backupType };
  await insertImageOf(app, tx, context, server, {
    id: imageId,
    name: input.name,
    diskFormat: 'qcow2',
    properties: { image_type: input.kind === 'backup' ? 'backup' : 'snapshot', ...backup, ...input.metadata },
  });
  const action = input.actionId ?? (await beginAction(tx, context, server, input.action, input.event));
  await tx.db
    .insertInto('server_images')
    .values({
      image_id: imageId,
      server_id: server.id,
      kind: input.kind,
      action_id: action,
      backup_type: backupType ?? null,
      rotation: rotation ?? null,
      created_at: context.now,
      deadline: context.now + DONE_WITHIN,
    })
    .execute();
  await changeServer(tx, server, context.now, { task_state: input.task }, { document: true });
  await writeAudit(tx, context, `compute:servers:${input.action}`, server.id, { image: imageId });
  return imageId;
}

/** The image of a server that boots from a volume: no data, but the snapshots of its volumes. */
async function imageOfVolumes(
  app: App,
  tx: Tx,
  context: Context,
  server: ServerRow,
  request: ImageRequest,
): Promise<ImageId> {
  const imageId = newUuid<'image'>();
  const snapshots = await snapshotServerVolumes(tx, context, server.id, { name: request.name });
  const root = snapshots.find((one) => one.attachment.bootIndex === 0);
  await insertImageOf(app, tx, context, server, {
    id: imageId,
    name: request.name,
    diskFormat: 'raw',
    properties: {
      ...request.metadata,
      root_device_name: `/dev/${root?.attachment.device ?? 'vda'}`,
      block_device_mapping: toJson(snapshots.map(mappingOf)),
      bdm_v2: 'True',
    },
  });
  const values = { image_id: imageId, server_id: server.id, kind: 'volumes' as const };
  await tx.db
    .insertInto('server_images')
    .values({ ...values, action_id: null, created_at: context.now, deadline: context.now + DONE_WITHIN })
    .execute();
  await noteAction(tx, context, server, 'createImage', 'api_snapshot_instance');
  await writeAudit(tx, context, 'compute:servers:createImage', server.id, { image: imageId });
  tx.raise('servers');
  return imageId;
}

/** One snapshot as Nova writes it into `block_device_mapping` of an image. */
function mappingOf({ snapshotId, sizeGib, attachment }: ServerSnapshot): Record<string, unknown> {
  return {
    source_type: 'snapshot',
    destination_type: 'volume',
    snapshot_id: snapshotId,
    boot_index: attachment.bootIndex,
    device_name: `/dev/${attachment.device}`,
    disk_bus: attachment.bus,
    device_type: 'disk',
    delete_on_termination: attachment.deleteOnTermination,
    volume_size: sizeGib,
    volume_id: null,
    image_id: null,
    guest_format: null,
    no_device: null,
    volume_type: null,
    tag: attachment.tag,
  };
}

/** What an image says of its own data is not true of an image of a server made from it. */
const NOT_INHERITED =
  /^(cache_in_nova|bittorrent|img_signature.*|os_glance.*|image_type|backup_type|instance_uuid|owner_.*)$/;

async function insertImageOf(
  app: App,
  tx: Tx,
  context: Context,
  server: ServerRow,
  image: { id: ImageId; name: string; diskFormat: 'qcow2' | 'raw'; properties: Record<string, string> },
): Promise<void> {
  const base = server.image_metadata === null ? null : fromJson<ServerImageMetadata>(server.image_metadata);
  const inherited = Object.entries(base?.properties ?? {}).filter(([name]) => !NOT_INHERITED.test(name));
  const foreign = context.projectId !== null && context.projectId !== server.project_id;
  const rootGib = fromJson<number[]>(server.layers).at(-1) ?? 0;
  await createMadeImage(app, tx, context, {
    ...{ id: image.id, name: image.name, diskFormat: image.diskFormat },
    owner: foreign && context.projectId !== null ? context.projectId : server.project_id,
    sharedWith: foreign ? server.project_id : null,
    minDiskGib: Math.max(base?.minDiskGib ?? 0, isVolumeBacked(server) ? 0 : flavorOfServer(server).diskGib, rootGib),
    minRamMib: base?.minRamMib ?? 0,
    properties: {
      ...Object.fromEntries(inherited),
      instance_uuid: server.id,
      user_id: context.userId ?? server.user_id,
      ...(server.image_id !== null && { base_image_ref: server.image_id }),
      ...image.properties,
      ...(foreign && { instance_owner: server.project_id }),
    },
  });
}

/** The images that a host is to make of its servers, for its document. */
export async function hostServerImages(db: Reader, hostId: HostId): Promise<HostUpload[]> {
  const rows = await db
    .selectFrom('server_images')
    .innerJoin('servers', 'servers.id', 'server_images.server_id')
    .select(['server_images.image_id', 'server_images.server_id'])
    .where('servers.host_id', '=', hostId)
    .where('servers.deleted', '=', 0)
    .where('server_images.kind', '<>', 'volumes')
    .where('server_images.reason', 'is', null)
    .orderBy('server_images.created_at')
    .orderBy('server_images.image_id')
    .execute();
  return rows.map((row) => ({ id: row.image_id, from: { kind: 'server', id: row.server_id }, format: 'qcow2' }));
}

/** Whether a host is asked for this image of one of its servers: it may then send the image's data. */
export async function hostMakesServerImage(db: Reader, hostId: HostId, imageId: string): Promise<boolean> {
  return (await hostServerImages(db, hostId)).some((one) => one.id === imageId);
}

/** The host could not make an image. `settleServerImages` gives the image up. */
export async function failServerImage(tx: Tx, imageId: ImageId, reason: string): Promise<void> {
  await tx.db
    .updateTable('server_images')
    .set({ reason })
    .where('image_id', '=', imageId)
    .where('reason', 'is', null)
    .execute();
  tx.raise('servers');
}

/** The images being made of a server, for whoever asks what it waits for. */
export function imagesBeingMade(db: Reader, serverId: ServerId): Promise<ServerImageTable[]> {
  return db.selectFrom('server_images').selectAll().where('server_id', '=', serverId).execute();
}
