import type { AttachmentId, HostId, ImageId, ServerId, VolumeId } from '../core/ids.ts';
import type { HostAttachment, HostVolume, ServerReport, VolumeReport } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { NewAttachment, NewServerVolume, ServerAttachment, ServerSnapshot, ServerVolume } from './contract.ts';

export type * from './contract.ts';
export { snapshotForServer, type SnapshotSource } from './snapshot-for-server.ts';

const building = (): never => {
  throw new Error('the volume service is being built');
};

/** The volumes whose bytes lie on a host, for its document. */
export async function hostVolumes(_db: Reader, _hostId: HostId): Promise<HostVolume[]> {
  return [];
}

/** What should be plugged into each server, for the document of its host; one without volumes is not in the map. */
export async function serverAttachments(
  _db: Reader,
  _serverIds: readonly ServerId[],
): Promise<Map<ServerId, HostAttachment[]>> {
  return new Map();
}

/** Whether a host needs an image for a volume that it is to make of it: it may then read its data. */
export async function hostNeedsImage(_db: Reader, _hostId: HostId, _imageId: string): Promise<boolean> {
  return false;
}

/**
 * Takes over what an agent says of its volumes and of what is plugged into its servers. `generation` is that of the
 * document it speaks of: reports from before a change say nothing about it. `attachments` has an entry for every
 * server of the report.
 */
export async function applyVolumeReports(
  _app: App,
  _tx: Tx,
  _hostId: HostId,
  _generation: number,
  _volumes: readonly VolumeReport[],
  _attachments: readonly { serverId: ServerId; attachments: ServerReport['attachments'] }[],
): Promise<void> {
  await Promise.resolve();
}

/** The volume as the caller sees it. Throws ApiError 404. */
export async function volumeForServer(_db: Reader, _context: Context, _volumeId: string): Promise<ServerVolume> {
  return building();
}

/**
 * Makes a volume for a server that boots from it, on the server's host: quota and room are claimed in this
 * transaction. Throws ApiError 400 (source or size), 403 (quota), 409 (no room on the host). The attachment is made
 * with `attachVolume`, which takes a volume that is still being created when it was made for that server.
 */
export async function createServerVolume(
  _app: App,
  _tx: Tx,
  _context: Context,
  _input: NewServerVolume,
): Promise<VolumeId> {
  return building();
}

/**
 * Reserves a volume for a server: `attaching` until the host reports it plugged in, then `in-use`.
 * Throws ApiError 404 for one that the caller does not see, 400 for one that cannot be attached (its status, another
 * server, another host).
 */
export async function attachVolume(
  _app: App,
  _tx: Tx,
  _context: Context,
  _input: NewAttachment,
): Promise<AttachmentId> {
  return building();
}

/** Wishes a volume out of a server: `detaching` until the host reports it gone. Throws ApiError 404 and 400. */
export async function detachVolume(
  _app: App,
  _tx: Tx,
  _context: Context,
  _input: { serverId: ServerId; volumeId: string },
): Promise<void> {
  await Promise.resolve(building());
}

/** Changes what is kept of an attachment. Throws ApiError 404. */
export async function updateServerAttachment(
  _tx: Tx,
  _input: { serverId: ServerId; volumeId: string; deleteOnTermination: boolean },
): Promise<void> {
  await Promise.resolve(building());
}

/**
 * Frees the volumes of a server that its host no longer has (or never had): they are available again, or deleted
 * where the attachment says so.
 */
export async function releaseServerVolumes(_app: App, _tx: Tx, _serverId: ServerId, _now: number): Promise<void> {
  await Promise.resolve();
}

/** The attachments of each server, boot index first; a server without any is not in the map. */
export async function serverVolumes(
  _db: Reader,
  _serverIds: readonly ServerId[],
): Promise<Map<ServerId, ServerAttachment[]>> {
  return new Map();
}

/** Snapshots of all volumes of a server, for an image of it. Throws ApiError 403 (quota). */
export async function snapshotServerVolumes(
  _app: App,
  _tx: Tx,
  _context: Context,
  _serverId: ServerId,
  _options: { name: string },
): Promise<ServerSnapshot[]> {
  return building();
}

/** The volumes of an upload to an image, for the host's document: the image and what it is made of. */
export async function hostVolumeUploads(
  _db: Reader,
  _hostId: HostId,
): Promise<{ id: ImageId; volumeId: VolumeId; format: 'raw' | 'qcow2' }[]> {
  return [];
}

/** An image upload from a volume has ended: the volume goes back to what it was. */
export async function endVolumeUpload(_app: App, _tx: Tx, _imageId: ImageId, _reason: string | null): Promise<void> {
  await Promise.resolve();
}
