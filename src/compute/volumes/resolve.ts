import { ApiError, badRequest } from '../../core/errors.ts';
import { isUuid, type HostId } from '../../core/ids.ts';
import type { HostLocalDisk } from '../../host/document.ts';
import type { Context } from '../../http/context.ts';
import { imageForServer, seeImage, type BootImage } from '../../image/index.ts';
import type { Reader } from '../../store/store.ts';
import { snapshotForServer, volumeForServer, type ServerVolume } from '../../volume/index.ts';
import type { Flavor } from '../catalogue/flavors-store.ts';
import { planLocalDisks } from '../local-disks.ts';
import { metadataOf, type ServerImageMetadata } from '../model.ts';
import {
  assertBootOrder,
  invalid,
  readDevices,
  rootOf,
  withImageDevices,
  type Device,
  type DevicesInput,
} from './devices.ts';

/** The disks of a server to be: what was found of what the request names. */
export interface DevicePlan {
  devices: Device[];
  root: Device;
  /** The host's own further disks. */
  localDisks: HostLocalDisk[];
  /** Whose data the root disk is made of, on the host's own disks or as a volume; null for a volume that is there. */
  image: BootImage | null;
  /** What the image says of itself, or what the volume knows of the image it was made of. */
  metadata: ServerImageMetadata | null;
  /** The host on which the volumes lie; null when any host would do. */
  hostId: HostId | null;
  /** What the volumes that are made anew take. */
  newGib: number;
}

type FlavorSize = Pick<Flavor, 'memoryMib' | 'ephemeralGib' | 'swapMib'>;

/** Reads and looks up the block devices of a create request. Throws ApiError 400 as Nova does. */
export async function planDevices(
  db: Reader,
  context: Context,
  input: DevicesInput,
  flavor: FlavorSize,
  count: number,
): Promise<DevicePlan> {
  const devices = await spelledOut(db, context, input);
  assertBootOrder(devices);
  if (count > 1 && devices.some((one) => one.source === 'volume')) {
    throw badRequest('Cannot attach one or more volumes to multiple instances');
  }
  const root = rootOf(devices);
  if (root.source === 'blank' && root.destination === 'local') {
    throw invalid('the root disk is blank and local: nothing could be booted from it.');
  }
  const hosts = new Set<HostId>();
  let found: Pick<DevicePlan, 'image' | 'metadata'> = { image: null, metadata: null };
  for (const device of devices) {
    const looked = await lookUp(db, context, device, flavor);
    for (const host of looked.hosts) hosts.add(host);
    if (device === root) found = { image: looked.image, metadata: looked.metadata };
  }
  if (hosts.size > 1) {
    throw badRequest(
      'The volumes of this request lie on different hosts, and a server can use only those of its own: copy one of them to where the others are (create a volume of a snapshot or an image).',
    );
  }
  const made = devices.filter((one) => one.destination === 'volume' && one.source !== 'volume');
  const newGib = made.reduce((sum, one) => sum + (one.sizeGib ?? 0), 0);
  const localDisks = planLocalDisks(devices, flavor, found.metadata?.properties);
  return { devices, root, localDisks, ...found, hostId: [...hosts][0] ?? null, newGib };
}

async function spelledOut(db: Reader, context: Context, input: DevicesInput): Promise<Device[]> {
  const devices = readDevices(input);
  const named = input.imageRef || devices.find((one) => one.source === 'image' && one.bootIndex === 0)?.id;
  if (!named || !isUuid(named)) return devices;
  const image = await seeImage(db, context, named);
  return image ? withImageDevices(devices, image.properties) : devices;
}

interface Looked {
  image: BootImage | null;
  metadata: ServerImageMetadata | null;
  hosts: HostId[];
}

const NOTHING: Looked = { image: null, metadata: null, hosts: [] };

async function lookUp(db: Reader, context: Context, device: Device, flavor: FlavorSize): Promise<Looked> {
  switch (device.source) {
    case 'blank':
      if (device.destination === 'volume' && device.sizeGib === null) {
        throw badRequest("Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size");
      }
      return NOTHING;
    case 'image':
      return lookUpImage(db, context, device, flavor);
    case 'volume': {
      const volume = await seen('volume', device.id, () => volumeForServer(db, context, device.id ?? ''));
      assertFree(volume, device);
      return { ...NOTHING, hosts: hostsOf(volume), metadata: ofVolume(volume, device, flavor) };
    }
    case 'snapshot': {
      const snapshot = await seen('snapshot', device.id, () => snapshotForServer(db, context, device.id ?? ''));
      if (snapshot.status !== 'available') {
        throw badRequest(`Invalid snapshot: snapshot ${snapshot.id} is ${snapshot.status}; it has to be available.`);
      }
      if (device.sizeGib !== null && device.sizeGib < snapshot.sizeGib) {
        throw badRequest(`Invalid volume: ${device.sizeGib} GiB are less than the snapshot's ${snapshot.sizeGib} GiB.`);
      }
      return { ...NOTHING, hosts: hostsOf(snapshot), metadata: ofVolume(snapshot, device, flavor) };
    }
  }
}

const hostsOf = ({ hostId }: { hostId: HostId | null }) => (hostId === null ? [] : [hostId]);

/** What is not seen is a bad request here: the path names no such thing, the body does. */
async function seen<T>(what: string, id: string | null, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw invalid(`failed to get ${what} ${id ?? ''}.`);
  }
}

async function lookUpImage(db: Reader, context: Context, device: Device, flavor: FlavorSize): Promise<Looked> {
  const id = device.id ?? '';
  if (device.destination === 'volume' && (await seeImage(db, context, id)) === undefined) {
    throw invalid(`failed to get image ${id}.`);
  }
  const image = await imageForServer(db, context, id);
  if (device.destination === 'local') return { ...NOTHING, image, metadata: metadataOf(image) };
  if (device.sizeGib === null) {
    throw badRequest("Images with destination_type 'volume' need to have a non-zero size specified");
  }
  const needed = Math.max(image.minDiskGib, Math.ceil(image.virtualSizeBytes / 2 ** 30));
  if (device.sizeGib < needed) {
    throw badRequest(
      `Volume is smaller than the minimum size specified in image metadata. Volume size is ${device.sizeGib} GiB, minimum size is ${needed} GiB.`,
    );
  }
  assertMemory(flavor, image.minRamMib);
  return { ...NOTHING, image: device.bootIndex === 0 ? image : null, metadata: metadataOf(image) };
}

function assertFree(volume: ServerVolume, device: Device): void {
  if (volume.status !== 'available') {
    throw badRequest(
      `Invalid volume: volume ${volume.id} is ${volume.status}; it has to be available, that is: attached to no other server.`,
    );
  }
  if (device.bootIndex === 0 && !volume.bootable) throw badRequest(`Block Device ${volume.id} is not bootable.`);
}

function assertMemory(flavor: FlavorSize, minRamMib: number): void {
  if (minRamMib <= flavor.memoryMib) return;
  throw badRequest(
    `Flavor's memory is too small for requested image: it has ${flavor.memoryMib} MiB, the image needs ${minRamMib} MiB.`,
  );
}

/** What a volume keeps of the image it was made of; names of Cinder's `volume_image_metadata`. */
function ofVolume(
  volume: Pick<ServerVolume, 'imageMetadata'>,
  device: Device,
  flavor: FlavorSize,
): ServerImageMetadata | null {
  if (device.bootIndex !== 0) return null;
  const { min_disk: disk, min_ram: ram, ...properties } = volume.imageMetadata;
  const metadata = { minDiskGib: Number(disk ?? 0), minRamMib: Number(ram ?? 0), properties };
  assertMemory(flavor, metadata.minRamMib);
  return metadata;
}
