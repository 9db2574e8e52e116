import { ApiError, badRequest, conflict, forbidden, notFound } from '../../core/errors.ts';
import type { HostId, VolumeId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { HostLocalDisk } from '../../host/document.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import {
  attachVolume,
  detachVolume,
  serverVolumes,
  updateServerAttachment,
  volumeForServer,
  type ServerAttachment,
} from '../../volume/index.ts';
import { assertUnlocked } from '../delete.ts';
import { usualBus } from '../local-disks.ts';
import { isVolumeBacked, metadataOfServer, type ServerRow } from '../model.ts';
import { changeServer, serverById } from '../servers-store.ts';
import { assertPermitted } from '../states.ts';
import { nextName } from './devices.ts';
import { beginVolumeAction } from './settle.ts';

export interface AttachRequest {
  volumeId: string;
  tag: string | null;
  deleteOnTermination: boolean;
  version: Version;
}

/** Throws ApiError 409 for a shelved server until 2.20. */
function assertVersion(version: Version, operation: 'attach_volume' | 'detach_volume', server: ServerRow): void {
  if (atLeast(version, '2.20') || !server.vm_state.startsWith('shelved')) return;
  throw conflict(`Cannot '${operation}' instance ${server.id} while it is in vm_state ${server.vm_state}`);
}

/** The volumes of one server. */
export async function volumesOf(db: Reader, server: Pick<ServerRow, 'id'>): Promise<ServerAttachment[]> {
  return (await serverVolumes(db, [server.id])).get(server.id) ?? [];
}

/** One of them. Throws ApiError 404. */
export async function volumeOfServer(
  db: Reader,
  server: Pick<ServerRow, 'id'>,
  volumeId: string,
): Promise<ServerAttachment> {
  const found = (await volumesOf(db, server)).find((one) => one.volumeId === volumeId);
  if (!found) throw notFound(`Instance ${server.id} is not attached to volume ${volumeId}`);
  return found;
}

/** Plugs a volume into a server, or has it plugged in with the next start. Throws ApiError 400, 404 and 409. */
export async function attachToServer(
  app: App,
  context: Context,
  id: string,
  request: AttachRequest,
): Promise<ServerAttachment> {
  return app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted('attach_volume', server);
    assertVersion(request.version, 'attach_volume', server);
    const volume = await volumeForServer(tx.db, context, request.volumeId);
    const shelved = server.host_id === null;
    if (shelved && request.tag !== null) {
      throw badRequest('Tagged volume attachment is not supported for shelved-offloaded instances.');
    }
    if (volume.multiattach) assertMultiattach(request.version, shelved);
    // A shelved server comes back where its volumes are.
    const hostId = server.host_id ?? (await placeOfShelved(tx.db, context, server)) ?? volume.hostId;
    if (hostId === null) throw badRequest(`Invalid volume: volume ${volume.id} is ${volume.status}.`);
    const before = await volumesOf(tx.db, server);
    if (before.some((one) => one.volumeId === volume.id)) {
      throw badRequest(`Invalid volume: volume ${volume.id} is already attached to instance ${server.id}.`);
    }
    if (volume.hostId !== null && volume.hostId !== hostId) {
      throw badRequest(
        `Invalid volume: volume ${volume.id} lies on another host than instance ${server.id}, and cannot be reached from there yet. Make the server where the volume is, or copy the volume through an image.`,
      );
    }
    const bus = usualBus(metadataOfServer(server)?.properties);
    const own = fromJson<HostLocalDisk[]>(server.local_disks);
    const taken = new Set([...before, ...own].map((one) => one.device));
    // The server's own root disk is not among the attachments.
    if (!isVolumeBacked(server)) taken.add(nextName(bus, new Set()));
    await attachVolume(tx, context, {
      serverId: server.id,
      hostId,
      volumeId: volume.id,
      device: nextName(bus, taken),
      bus,
      bootIndex: null,
      readOnly: volume.readOnly,
      tag: request.tag,
      deleteOnTermination: request.deleteOnTermination,
      shelved,
    });
    await begin(tx, context, server, 'attach', volume.id);
    return volumeOfServer(tx.db, server, volume.id);
  });
}

function assertMultiattach(version: Version, shelved: boolean): void {
  if (!atLeast(version, '2.60')) {
    throw badRequest('Multiattach volumes are only supported starting with compute API version 2.60.');
  }
  if (shelved) throw badRequest('Attaching multiattach volumes is not supported for shelved-offloaded instances.');
}

async function placeOfShelved(db: Reader, context: Context, server: ServerRow): Promise<HostId | null> {
  const [first] = await volumesOf(db, server);
  return first === undefined ? null : (await volumeForServer(db, context, first.volumeId)).hostId;
}

/** Pulls a volume out of a server. Throws ApiError 400, 403 for the root disk, 404 and 409. */
export async function detachFromServer(
  app: App,
  context: Context,
  version: Version,
  id: string,
  volumeId: string,
): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    const attachment = await volumeOfServer(tx.db, server, volumeId);
    if (attachment.bootIndex === 0) throw forbidden('Cannot detach a root device volume');
    assertUnlocked(context, server);
    assertPermitted('detach_volume', server);
    assertVersion(version, 'detach_volume', server);
    if (attachment.state === 'detaching') {
      throw badRequest(`Invalid volume: volume ${volumeId} is on its way out of instance ${server.id} already.`);
    }
    await detachVolume(tx, context, { serverId: server.id, volumeId });
    await begin(tx, context, server, 'detach', attachment.volumeId);
  });
}

async function begin(
  tx: Tx,
  context: Context,
  server: ServerRow,
  kind: 'attach' | 'detach',
  volumeId: VolumeId,
): Promise<void> {
  await beginVolumeAction(tx, context, server, kind, volumeId);
  await changeServer(tx, server, context.now, {}, { document: true });
  await writeAudit(tx, context, `compute:servers:${kind}-volume`, server.id, { volume: volumeId });
}

export interface UpdateRequest {
  volumeId: string;
  id?: string;
  serverId?: string;
  device?: string | null;
  tag?: string;
  deleteOnTermination?: boolean;
}

/** Changes what is kept of an attachment, which is whether the volume goes with the server. */
export async function updateAttachment(
  app: App,
  context: Context,
  id: string,
  volumeId: string,
  request: UpdateRequest,
): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    const attachment = await volumeOfServer(tx.db, server, volumeId);
    const fixed = (name: string, given: unknown, is: unknown) => {
      if (given !== undefined && given !== is) throw badRequest(`The ${name} property is not mutable`);
    };
    fixed('id', request.id, volumeId);
    fixed('serverId', request.serverId, server.id);
    fixed('device', request.device, `/dev/${attachment.device}`);
    fixed('tag', request.tag, attachment.tag);
    const { deleteOnTermination } = request;
    if (deleteOnTermination === undefined) return;
    await updateServerAttachment(tx, { serverId: server.id, volumeId, deleteOnTermination });
    await writeAudit(tx, context, 'compute:servers:update-volume', server.id, { volume: volumeId });
  });
}

/**
 * Nova lets only Cinder swap the volume under a server, while Cinder migrates it from one backend to another
 * (`_update_volume_swap` in nova/api/openstack/compute/volume_attachments.py). Ours migrates none, so every request
 * to swap is refused as Nova refuses it.
 */
export async function refuseSwap(
  app: App,
  context: Context,
  id: string,
  volumeId: string,
  other: string,
): Promise<never> {
  const db = app.store.read;
  const server = await serverById(db, context, id);
  await volumeOfServer(db, server, volumeId);
  const volume = await volumeForServer(db, context, volumeId);
  try {
    await volumeForServer(db, context, other);
  } catch (error) {
    // The volume is named in the body, not in the path.
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw badRequest(error.publicMessage);
  }
  if (volume.serverIds.length > 1 && !volume.readOnly) {
    throw badRequest(
      'Swapping multi-attach volumes with more than one read/write attachment is not supported: detach it elsewhere first.',
    );
  }
  throw conflict(
    `volume ${volumeId} is not migrating; this API should only be called by Cinder. Detach the volume and attach the other one instead.`,
  );
}
