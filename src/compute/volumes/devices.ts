import type { Static } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import { isTrue, type BlockDevice } from '../wire.ts';

export type BlockDeviceInput = Static<typeof BlockDevice>;

/** One block device of a request, in the words of `block_device_mapping_v2`. */
export interface Device {
  source: 'image' | 'volume' | 'snapshot' | 'blank';
  destination: 'local' | 'volume';
  /** Of the source; null for a blank one. */
  id: string | null;
  /** 0 is the root disk; null is never booted from. */
  bootIndex: number | null;
  /** null takes what the source needs. */
  sizeGib: number | null;
  volumeType: string | null;
  deleteOnTermination: boolean;
  /** Without `/dev/`; null lets us choose. */
  name: string | null;
  bus: string | null;
  tag: string | null;
  /** What a blank local disk is formatted as; null leaves it to us. */
  format: string | null;
}

/** Nova's `block_device.py` prints everything that is wrong with a device behind these words. */
export const invalid = (details: string) =>
  badRequest(`Block Device Mapping is Invalid: ${details}`, 'InvalidBDMFormat');

const noSequence = () =>
  invalid('Boot sequence for the instance and image/block device mapping combination is not valid.');

/** The buses that Nova knows; ours offers some of them. */
const KNOWN_BUSES = ['fdc', 'ide', 'sata', 'scsi', 'usb', 'virtio', 'xen', 'lxc', 'uml'];
export const BUSES = ['virtio', 'scsi', 'ide', 'usb'] as const;

/** What a request names beside its networks: the image of `imageRef`, and both kinds of mapping. */
export interface DevicesInput {
  imageRef?: string;
  block_device_mapping?: readonly BlockDeviceInput[];
  block_device_mapping_v2?: readonly BlockDeviceInput[];
}

/**
 * The devices that a request asks for, the image of `imageRef` among them when it is the root disk. Pure: what the
 * devices refer to is looked up later. Throws ApiError 400.
 */
export function readDevices(input: DevicesInput): Device[] {
  const { imageRef, block_device_mapping: old = [], block_device_mapping_v2: list = [] } = input;
  const image = imageRef === undefined || imageRef === '' ? null : imageRef;
  if (image !== null && !isUuid(image)) throw badRequest('Invalid imageRef provided.');
  if (old.length > 0 && list.length > 0) {
    throw badRequest('Using different block_device_mapping syntaxes is not allowed in the same request.');
  }
  if (old.length > 0) return readOld(old, image);
  if (list.length > 0) return list.filter((one) => !isNothing(one)).map((one) => readDevice(one, image));
  if (image === null) throw badRequest('Invalid imageRef provided.');
  return [imageDevice(image)];
}

/** The root disk made of an image on the host's own disks. */
export function imageDevice(id: string): Device {
  return { ...EMPTY, source: 'image', destination: 'local', id, bootIndex: 0, deleteOnTermination: true };
}

const EMPTY = {
  bootIndex: null,
  sizeGib: null,
  volumeType: null,
  deleteOnTermination: false,
  name: null,
  bus: null,
  tag: null,
  format: null,
};

const isNothing = (input: BlockDeviceInput) => Boolean(input.no_device) && input.no_device !== 'false';

function readDevice(input: BlockDeviceInput, image: string | null): Device {
  const source = input.source_type ?? impliedSource(input);
  const destination = input.destination_type ?? (source === 'image' || source === 'blank' ? 'local' : 'volume');
  const id = input.uuid ?? sourceId(input, source);
  if (source === 'blank' && input.uuid !== undefined) throw invalid('Invalid device UUID.');
  if (source !== 'blank' && id === undefined) throw invalid('Missing device UUID.');
  const bootIndex = bootIndexOf(input);
  if (source === 'image' && destination === 'local' && (image === null || bootIndex !== 0)) {
    throw invalid('Mapping image to local is not supported: give imageRef too, and boot_index 0.');
  }
  if ((source === 'volume' || source === 'snapshot') && destination === 'local') {
    throw invalid(`Mapping ${source} to local is not supported: its destination_type is volume.`);
  }
  const volumeType = input.volume_type ?? null;
  if (destination === 'local' && volumeType !== null) {
    throw invalid('Specifying a volume_type with destination_type=local is not supported.');
  }
  if (source === 'volume' && volumeType !== null) {
    throw invalid('Specifying volume type to existing volume is not supported.');
  }
  return {
    source,
    destination,
    id: id ?? null,
    bootIndex,
    sizeGib: sizeOf(input),
    volumeType,
    deleteOnTermination: isTrue(input.delete_on_termination),
    name: nameOf(input),
    bus: busOf(input),
    tag: input.tag ?? null,
    format: input.guest_format === undefined || input.guest_format === '' ? null : input.guest_format,
  };
}

function impliedSource(input: BlockDeviceInput): Device['source'] {
  if (input.volume_id !== undefined) return 'volume';
  if (input.snapshot_id !== undefined) return 'snapshot';
  if (input.image_id !== undefined) return 'image';
  throw invalid('Some required fields are missing: give source_type.');
}

function sourceId(input: BlockDeviceInput, source: Device['source']): string | undefined {
  if (source === 'volume') return input.volume_id ?? undefined;
  if (source === 'snapshot') return input.snapshot_id ?? undefined;
  return source === 'image' ? input.image_id : undefined;
}

function bootIndexOf({ boot_index: index }: BlockDeviceInput): number | null {
  if (index === undefined || index === null) return null;
  return Number(index) < 0 ? null : Number(index);
}

function sizeOf({ volume_size: size }: BlockDeviceInput): number | null {
  if (size === undefined || size === '' || size === null) return null;
  return Number(size) === 0 ? null : Number(size);
}

function nameOf({ device_name: name }: BlockDeviceInput): string | null {
  return name === undefined ? null : name.replace(/^\/dev\//, '');
}

function busOf({ disk_bus: bus }: BlockDeviceInput): string | null {
  if (bus === undefined || bus === null || bus === '') return null;
  if (!KNOWN_BUSES.includes(bus)) throw invalid(`The provided disk bus ${bus} is not valid.`);
  if (!BUSES.some((one) => one === bus)) {
    throw invalid(`The disk bus ${bus} is not offered here: take one of ${BUSES.join(', ')}.`);
  }
  return bus;
}

/** The older form, in which the device called vda is the root, or the first one when there is no image. */
function readOld(list: readonly BlockDeviceInput[], image: string | null): Device[] {
  const devices = list.filter((one) => !isNothing(one)).map(readOldDevice);
  const root = devices.find((one) => one.source !== 'blank' && one.name === 'vda');
  if (root !== undefined) {
    if (image !== null) {
      throw badRequest('The volume cannot be assigned the same device name as the root device vda');
    }
    root.bootIndex = 0;
    return devices;
  }
  if (image !== null) return [imageDevice(image), ...devices];
  throw noSequence();
}

function readOldDevice(input: BlockDeviceInput): Device {
  const common = {
    ...EMPTY,
    sizeGib: sizeOf(input),
    deleteOnTermination: isTrue(input.delete_on_termination),
    name: nameOf(input),
  };
  const { virtual_name: virtual, snapshot_id: snapshot, volume_id: volume } = input;
  if (virtual !== undefined && virtual !== null && /^(swap|ephemeral\d+)$/.test(virtual)) {
    const swap = virtual === 'swap';
    const format = swap ? 'swap' : null;
    return { ...common, source: 'blank', destination: 'local', id: null, format, deleteOnTermination: true };
  }
  if (snapshot) return { ...common, source: 'snapshot', destination: 'volume', id: snapshot };
  if (volume) return { ...common, source: 'volume', destination: 'volume', id: volume };
  throw invalid('Unrecognized legacy format.');
}

/**
 * What an image that was made of a volume-backed server says its devices are. Those of the request come on top: one
 * of the same name replaces the image's, and the image's own root replaces the request's image.
 */
export function withImageDevices(devices: readonly Device[], properties: Record<string, string>): Device[] {
  const mapping = properties.block_device_mapping;
  if (mapping === undefined) return [...devices];
  const own = readMapping(mapping);
  const hasRoot = own.some((one) => one.bootIndex === 0);
  const asked = hasRoot ? devices.filter((one) => !(one.bootIndex === 0 && one.source === 'image')) : devices;
  const replaced = new Set(asked.flatMap((one) => one.name ?? []));
  return [...own.filter((one) => one.name === null || !replaced.has(one.name)), ...asked];
}

function readMapping(text: string): Device[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = null;
  }
  if (!Array.isArray(list)) throw invalid("the image's block_device_mapping is not a list in JSON.");
  return list.map((one: unknown) => {
    const entries = Object.entries((one ?? {}) as Record<string, unknown>).filter(([, value]) => value !== null);
    return readDevice(Object.fromEntries(entries) as BlockDeviceInput, null);
  });
}

/** Throws ApiError 400 unless there is one root disk, and the others that may boot are numbered after it. */
export function assertBootOrder(devices: readonly Device[]): void {
  const indexes = devices.flatMap((one) => one.bootIndex ?? []).sort((a, b) => a - b);
  if (indexes.length === 0 || indexes.some((value, at) => value !== at)) throw noSequence();
}

/** The root disk. Throws ApiError 400 when there is none. */
export function rootOf(devices: readonly Device[]): Device {
  const root = devices.find((one) => one.bootIndex === 0);
  if (!root) throw noSequence();
  return root;
}

const PREFIX: Record<string, string> = { virtio: 'vd', scsi: 'sd', usb: 'sd', ide: 'hd' };
const MOST = 26;

/** The next free name on a bus. Throws ApiError 403 when a server has as many disks as it can have. */
export function nextName(bus: string, taken: ReadonlySet<string>): string {
  const prefix = PREFIX[bus] ?? 'vd';
  for (let index = 0; index < MOST; index++) {
    const name = `${prefix}${String.fromCharCode(97 + index)}`;
    if (!taken.has(name)) return name;
  }
  throw badRequest(
    `The maximum allowed number of disk devices (${MOST}) to attach to a single instance has been exceeded.`,
  );
}
