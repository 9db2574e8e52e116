import { ApiError, badRequest, forbidden, notFound } from '../core/errors.ts';
import type { AttachmentId, ServerId, VolumeId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { bit } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { assertAttachable, freeFromServer, insertAttachment, settleVolume } from './attachments.ts';
import type { NewAttachment, NewServerVolume, ServerAttachment, ServerSnapshot, ServerVolume } from './contract.ts';
import { createVolume, PLAIN } from './create.ts';
import { limitsOfVolume } from './limits.ts';
import { BUILDING, type AttachmentRow } from './model.ts';
import { touchHost } from './pools.ts';
import { propertiesOf } from './properties.ts';
import { createSnapshot } from './snapshots.ts';
import { fromImage, fromNothing, fromSnapshot, fromVolume, type FromSource, type Wish } from './sources.ts';
import { attachmentsOf, volumeById } from './volumes-store.ts';

/** The volume as the caller sees it. Throws ApiError 404. */
export async function volumeForServer(db: Reader, context: Context, volumeId: string): Promise<ServerVolume> {
  const row = await volumeById(db, context, volumeId);
  const users = (await attachmentsOf(db, [row.id])).get(row.id) ?? [];
  return {
    id: row.id,
    name: row.name ?? '',
    status: row.status,
    sizeGib: row.target_gib,
    hostId: row.host_id,
    availabilityZone: row.availability_zone,
    bootable: row.bootable === 1,
    multiattach: row.multiattach === 1,
    readOnly: row.read_only === 1,
    imageMetadata: await propertiesOf(db, 'image', row.id),
    serverIds: users.flatMap((one) => (one.server_id === null ? [] : [one.server_id])),
  };
}

/**
 * Makes a volume for a server that boots from it, on the server's host: quota and room are claimed in this
 * transaction. Throws ApiError 400 (source or size), 403 (quota), 409 (no room on the host). The attachment is made
 * with `attachVolume`, which takes a volume that is still being created when it was made for that server.
 */
export async function createServerVolume(tx: Tx, context: Context, input: NewServerVolume): Promise<VolumeId> {
  const from = await sourceOf(tx.db, context, input);
  if (from.hostId !== null && from.hostId !== input.hostId) {
    throw badRequest(`What the volume is made of lies on another host than the server: it cannot be copied there yet.`);
  }
  const plan = {
    ...PLAIN,
    ...from,
    ...(input.id !== undefined && { id: input.id }),
    name: input.name ?? '',
    description: '',
    zone: null,
    hostId: input.hostId,
    serverId: input.serverId,
  };
  try {
    return (await createVolume(tx, context, plan, { strict: true })).id;
  } catch (error) {
    // Nova's word for any quota is 403.
    if (error instanceof ApiError && error.status === 413) throw forbidden(error.publicMessage, 'QuotaError');
    throw error;
  }
}

function sourceOf(db: Reader, context: Context, input: NewServerVolume): Promise<FromSource> {
  const wish: Wish = { sizeGib: input.sizeGib, zone: null, type: input.volumeType };
  switch (input.source.kind) {
    case 'image':
      return fromImage(db, context, input.source.imageId, wish);
    case 'volume':
      return fromVolume(db, context, input.source.volumeId, wish);
    case 'snapshot':
      return fromSnapshot(db, context, input.source.snapshotId, wish);
    case 'blank':
      return fromNothing(db, context, wish);
  }
}

/**
 * Reserves a volume for a server: `attaching` until the host reports it plugged in, then `in-use`.
 * Throws ApiError 404 for one that the caller does not see, 400 for one that cannot be attached (its status, another
 * server, another host).
 */
export async function attachVolume(tx: Tx, context: Context, input: NewAttachment): Promise<AttachmentId> {
  const volume = await volumeById(tx.db, context, input.volumeId);
  const ownMaking = BUILDING.includes(volume.status) && volume.server_id === input.serverId;
  if (!ownMaking) await assertAttachable(tx.db, volume, input.serverId);
  if (volume.host_id !== input.hostId) {
    throw badRequest(
      `Volume ${volume.id} lies on another host than the server. Volumes cannot be attached over the network yet: make the server on its host, or copy the volume.`,
    );
  }
  const row = await insertAttachment(tx, context, {
    volume,
    serverId: input.serverId,
    hostId: input.hostId,
    plugged: true,
    state: input.shelved === true ? 'attached' : 'attaching',
    readOnly: input.readOnly,
    device: input.device.replace(/^\/dev\//, ''),
    bus: input.bus ?? 'virtio',
    bootIndex: input.bootIndex,
    tag: input.tag,
    deleteOnTermination: input.deleteOnTermination,
    limits: await limitsOfVolume(tx.db, volume),
  });
  return row.id;
}

async function attachmentTo(db: Reader, serverId: ServerId, volumeId: string) {
  const row = await db
    .selectFrom('volume_attachments')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('volume_id', '=', volumeId as VolumeId)
    .where('plugged', '=', 1)
    .executeTakeFirst();
  if (!row) throw notFound(`Instance ${serverId} is not attached to volume ${volumeId}.`, 'VolumeUnattached');
  return row;
}

/** Wishes a volume out of a server: `detaching` until the host reports it gone. Throws ApiError 404 and 400. */
export async function detachVolume(
  tx: Tx,
  context: Context,
  input: { serverId: ServerId; volumeId: string },
): Promise<void> {
  const row = await attachmentTo(tx.db, input.serverId, input.volumeId);
  if (row.state === 'detaching' || row.state === 'attaching') {
    throw badRequest(
      `Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach; it is ${row.state}.`,
    );
  }
  await detachFromServer(tx, row, context.now);
}

/** Wishes a disk out of the server that uses it, whatever state the attachment is in. */
export async function detachFromServer(
  tx: Tx,
  attachment: Pick<AttachmentRow, 'id' | 'host_id' | 'volume_id'>,
  now: number,
): Promise<void> {
  const changed_generation = await touchHost(tx, attachment.host_id);
  await tx.db
    .updateTable('volume_attachments')
    .set({ state: 'detaching', changed_generation })
    .where('id', '=', attachment.id)
    .execute();
  await settleVolume(tx, attachment.volume_id, now);
}

/** Changes what is kept of an attachment. Throws ApiError 404. */
export async function updateServerAttachment(
  tx: Tx,
  input: { serverId: ServerId; volumeId: string; deleteOnTermination: boolean },
): Promise<void> {
  const row = await attachmentTo(tx.db, input.serverId, input.volumeId);
  await tx.db
    .updateTable('volume_attachments')
    .set({ delete_on_termination: bit(input.deleteOnTermination) })
    .where('id', '=', row.id)
    .execute();
}

/**
 * Frees the volumes of a server that its host no longer has (or never had): they are available again, or deleted
 * where the attachment says so.
 */
export async function releaseServerVolumes(tx: Tx, serverId: ServerId, now: number): Promise<void> {
  await freeFromServer(tx, serverId, now);
}

/** The attachments of each server, boot index first; a server without any is not in the map. */
export async function serverVolumes(
  db: Reader,
  serverIds: readonly ServerId[],
): Promise<Map<ServerId, ServerAttachment[]>> {
  const found = new Map<ServerId, ServerAttachment[]>();
  if (serverIds.length === 0) return found;
  const rows = await db
    .selectFrom('volume_attachments')
    .innerJoin('volumes', 'volumes.id', 'volume_attachments.volume_id')
    .selectAll('volume_attachments')
    .select(['volumes.status as volume_status', 'volumes.target_gib'])
    .where('volume_attachments.server_id', 'in', serverIds)
    .where('plugged', '=', 1)
    .orderBy((order) => order.fn.coalesce('boot_index', order.val(1_000_000)))
    .orderBy('volume_attachments.number')
    .execute();
  for (const row of rows) {
    if (row.server_id === null) continue;
    const one: ServerAttachment = {
      id: row.id,
      bdmUuid: row.bdm_uuid,
      serverId: row.server_id,
      volumeId: row.volume_id,
      device: row.device ?? 'vdb',
      bus: row.bus,
      bootIndex: row.boot_index,
      readOnly: row.mode === 'ro',
      tag: row.tag,
      deleteOnTermination: row.delete_on_termination === 1,
      state: row.state === 'reserved' ? 'attaching' : row.state,
      reason: row.reason,
      volumeStatus: row.volume_status,
      sizeGib: row.target_gib,
    };
    found.set(row.server_id, [...(found.get(row.server_id) ?? []), one]);
  }
  return found;
}

/** Snapshots of all volumes of a server, for an image of it. Throws ApiError 403 (quota). */
export async function snapshotServerVolumes(
  tx: Tx,
  context: Context,
  serverId: ServerId,
  options: { name: string },
): Promise<ServerSnapshot[]> {
  const attachments = (await serverVolumes(tx.db, [serverId])).get(serverId) ?? [];
  const made: ServerSnapshot[] = [];
  for (const attachment of attachments) {
    const volume = await volumeById(tx.db, { ...context, isAdmin: true }, attachment.volumeId);
    const name = `snapshot for ${options.name}`;
    try {
      const row = await createSnapshot(tx, context, { volume, name, description: '', metadata: {} });
      made.push({ snapshotId: row.id, volumeId: volume.id, sizeGib: row.size_gib, attachment });
    } catch (error) {
      if (error instanceof ApiError && error.status === 413) throw forbidden(error.publicMessage, 'QuotaError');
      throw error;
    }
  }
  return made;
}
