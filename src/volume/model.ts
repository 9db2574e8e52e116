import type { Insertable, Selectable, Updateable } from 'kysely';
import type { SnapshotId, VolumeId } from '../core/ids.ts';
import type { VolumeStatus } from './contract.ts';
import type { AttachmentState, SnapshotTable, VolumeAttachmentTable, VolumeTable } from './tables.ts';

export type VolumeRow = Selectable<VolumeTable>;
export type NewVolumeRow = Insertable<VolumeTable>;
export type VolumePatch = Updateable<VolumeTable>;
export type SnapshotRow = Selectable<SnapshotTable>;
export type AttachmentRow = Selectable<VolumeAttachmentTable>;

/** Statuses in which the host is still making a volume (again). */
export const BUILDING: readonly VolumeStatus[] = ['creating', 'downloading', 'restoring-backup', 'reverting'];

/**
 * The `changed_generation` of what an administrator gave a status by hand: no report speaks of it, and a `deleting`
 * of this kind is a word and no wish.
 */
export const BY_HAND = Number.MAX_SAFE_INTEGER;

/** Whether the host is to remove it. */
export const isLeaving = (row: { status: string; changed_generation: number }): boolean =>
  row.status === 'deleting' && row.changed_generation !== BY_HAND;

/** Statuses from which an attachment brings a volume to another; all others stay as they are. */
const FOLLOWS_ATTACHMENTS: readonly VolumeStatus[] = ['available', 'reserved', 'attaching', 'detaching', 'in-use'];

/** What a volume's attachments make of its status; its own when it is in another part of its life. */
export function statusWith(own: VolumeStatus, attachments: readonly { state: AttachmentState }[]): VolumeStatus {
  if (!FOLLOWS_ATTACHMENTS.includes(own)) return own;
  return statusOfAttachments(attachments);
}

/** The status of a volume that is whole, from who uses it. */
export function statusOfAttachments(attachments: readonly { state: AttachmentState }[]): VolumeStatus {
  const has = (state: AttachmentState) => attachments.some((one) => one.state === state);
  // What is on its way shows also where other servers have the volume: clients wait for its end.
  if (has('detaching')) return 'detaching';
  if (has('attaching')) return 'attaching';
  if (has('attached')) return 'in-use';
  if (has('error')) return 'attaching';
  return has('reserved') ? 'reserved' : 'available';
}

/** Names are what clients send; a name of spaces alone is none. */
export function cleanName(text: string | null | undefined): string | null {
  return text === undefined || text === null ? null : text.trim();
}

/** A volume or snapshot with what hangs on it, as it is shown. */
export interface FullVolume extends VolumeRow {
  metadata: Record<string, string>;
  imageMetadata: Record<string, string>;
  attachments: AttachmentRow[];
  typeName: string | null;
  hostName: string | null;
}

export interface FullSnapshot extends SnapshotRow {
  metadata: Record<string, string>;
}

export type OwnerId = VolumeId | SnapshotId;
