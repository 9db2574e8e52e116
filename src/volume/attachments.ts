import { badRequest, conflict, notFound } from '../core/errors.ts';
import { newUuid, type AttachmentId, type HostId, type ServerId, type VolumeId } from '../core/ids.ts';
import type { DiskLimits } from '../host/document.ts';
import type { Context } from '../http/context.ts';
import { bit, toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { deleteVolumeRow } from './delete.ts';
import { statusWith, type AttachmentRow, type VolumeRow } from './model.ts';
import { touchHost } from './pools.ts';
import type { AttachmentState } from './tables.ts';
import { attachmentsOf, changeVolume } from './volumes-store.ts';

/** Makes a volume's status what its attachments say, where it follows them. */
export async function settleVolume(tx: Tx, volumeId: VolumeId, now: number): Promise<void> {
  const row = await tx.db.selectFrom('volumes').selectAll().where('id', '=', volumeId).executeTakeFirst();
  if (!row) return;
  const users = (await attachmentsOf(tx.db, [volumeId])).get(volumeId) ?? [];
  const status = statusWith(row.status, users);
  if (status !== row.status) await changeVolume(tx, row, now, { status });
}

/** Removes an attachment that is no more; the volume is free again, or goes with it. */
export async function dropAttachment(
  tx: Tx,
  attachment: Pick<AttachmentRow, 'id' | 'volume_id'>,
  now: number,
): Promise<void> {
  await tx.db.deleteFrom('volume_attachments').where('id', '=', attachment.id).execute();
  await settleVolume(tx, attachment.volume_id, now);
  tx.raise('servers');
}

export interface NewAttachmentRow {
  volume: VolumeRow;
  serverId: ServerId | null;
  hostId: HostId | null;
  plugged: boolean;
  state: AttachmentState;
  readOnly: boolean;
  device: string | null;
  bus?: string;
  bootIndex?: number | null;
  tag?: string | null;
  deleteOnTermination?: boolean;
  hostName?: string | null;
  connector?: string | null;
  limits?: DiskLimits | null;
}

/** Writes an attachment, and what it makes of the volume's status. */
export async function insertAttachment(tx: Tx, context: Context, input: NewAttachmentRow): Promise<AttachmentRow> {
  const { volume } = input;
  const generation = input.plugged ? await touchHost(tx, input.hostId) : 0;
  const row = await tx.db
    .insertInto('volume_attachments')
    .values({
      id: newUuid<'attachment'>(),
      volume_id: volume.id,
      project_id: volume.project_id,
      server_id: input.serverId,
      host_id: input.hostId,
      host_name: input.hostName ?? null,
      plugged: bit(input.plugged),
      state: input.state,
      mode: input.readOnly ? 'ro' : 'rw',
      device: input.device,
      bus: input.bus ?? 'virtio',
      boot_index: input.bootIndex ?? null,
      tag: input.tag ?? null,
      delete_on_termination: bit(input.deleteOnTermination === true),
      bdm_uuid: newUuid(),
      connector: input.connector ?? null,
      reason: null,
      limits: input.limits ? toJson(input.limits) : null,
      changed_generation: generation,
      created_at: context.now,
      attached_at: input.state === 'attached' ? context.now : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await settleVolume(tx, volume.id, context.now);
  return row;
}

/** Throws ApiError 400 when a volume cannot get another user: its status, or somebody has it already. */
export async function assertAttachable(
  db: Reader,
  volume: VolumeRow,
  serverId: ServerId | null,
  { reserved = false }: { reserved?: boolean } = {},
): Promise<void> {
  const users = (await attachmentsOf(db, [volume.id])).get(volume.id) ?? [];
  if (serverId !== null && users.some((one) => one.server_id === serverId)) {
    throw badRequest(`Invalid volume: Volume ${volume.id} is already attached to instance ${serverId}.`);
  }
  const allowed = ['available', ...(reserved ? ['attaching', 'reserved'] : [])];
  if (volume.multiattach === 1) allowed.push('in-use', 'attaching', 'reserved', 'detaching');
  if (!allowed.includes(volume.status)) {
    throw badRequest(
      `Invalid volume: Volume ${volume.id} status must be ${allowed.join(' or ')}, but it is ${volume.status}.`,
    );
  }
}

/** The one attachment of a volume that is meant. Throws ApiError 404 and 400. */
export async function findAttachment(db: Reader, volume: VolumeRow, id: string | null): Promise<AttachmentRow | null> {
  const users = (await attachmentsOf(db, [volume.id])).get(volume.id) ?? [];
  if (id !== null) {
    const found = users.find((one) => one.id === (id as AttachmentId));
    if (!found) throw notFound(`Volume attachment ${id} of volume ${volume.id} could not be found.`);
    return found;
  }
  if (users.length > 1) {
    throw badRequest(`Volume ${volume.id} is attached to more than one server: name the attachment_id.`);
  }
  return users[0] ?? null;
}

/**
 * Throws ApiError 409 for an attachment that a server of this cloud uses: taking the record away would leave the disk
 * plugged in (https://bugs.launchpad.net/nova/+bug/2004555).
 */
export function assertNotPlugged(attachment: AttachmentRow): void {
  if (attachment.plugged === 0 || attachment.server_id === null) return;
  throw conflict(
    `Attachment ${attachment.id} is used by instance ${attachment.server_id}: detach the volume from the server instead.`,
  );
}

/** Whether a volume stays although its server would take it along: as when somebody deletes it, snapshots keep it. */
async function isKept(tx: Tx, volume: VolumeRow): Promise<boolean> {
  if (volume.group_id !== null) return true;
  if (((await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? []).length > 0) return true;
  const snapshot = await tx.db
    .selectFrom('volume_snapshots')
    .select('id')
    .where('volume_id', '=', volume.id)
    .where('status', '!=', 'deleting')
    .executeTakeFirst();
  return snapshot !== undefined;
}

/** Frees a volume of a server that is gone: attachments go, and volumes that were to go with it. */
export async function freeFromServer(tx: Tx, serverId: ServerId, now: number): Promise<void> {
  const rows = await tx.db.selectFrom('volume_attachments').selectAll().where('server_id', '=', serverId).execute();
  for (const row of rows) {
    await tx.db.deleteFrom('volume_attachments').where('id', '=', row.id).execute();
    await settleVolume(tx, row.volume_id, now);
    if (row.delete_on_termination === 0) continue;
    const volume = await tx.db.selectFrom('volumes').selectAll().where('id', '=', row.volume_id).executeTakeFirst();
    if (volume && !(await isKept(tx, volume))) await deleteVolumeRow(tx, volume, now);
  }
}
