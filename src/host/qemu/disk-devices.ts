import type { DiskBus } from '../document.ts';
import { EXPORT } from '../volumes/nodes.ts';
import { throttleGroup, throttleNode } from './disk-limits.ts';
import { hex, SLOT, type VolumeDevice } from './hardware.ts';

/**
 * How long QEMU waits for a storage daemon that is gone, in seconds: the agent starts it again, and an agent that is
 * away may be a while. The guest's disk just stands still.
 */
const RECONNECT_FOR = 3600;

/** The names in QEMU of a volume that is plugged in. */
const short = (attachment: string) => attachment.replaceAll('-', '').slice(0, 22);
const nbdName = (attachment: string) => `nbd-${attachment.replaceAll('-', '').slice(0, 24)}`;
const limitsId = (attachment: string) => `limits-${short(attachment)}`;
export const volumeDeviceId = (attachment: string): string => `volume-${attachment}`;

type Limited = Pick<VolumeDevice, 'attachment' | 'limits'>;

/** The node that the guest's disk is. */
export const volumeNode = ({ attachment, limits }: Limited): string =>
  limits ? `limited-${short(attachment)}` : nbdName(attachment);

/** The objects that a volume's nodes need, by the name under which they are removed. */
export function volumeObjects({ attachment, limits }: Limited): (Record<string, unknown> & { id: string })[] {
  return limits ? [{ ...throttleGroup(limitsId(attachment), limits), id: limitsId(attachment) }] : [];
}

/** The volume as its storage daemon exports it, and above it what limits it; lowest first. */
export function volumeNodes(
  volume: Pick<VolumeDevice, 'attachment' | 'readOnly' | 'limits'>,
  socket: string,
): (Record<string, unknown> & { 'node-name': string })[] {
  const { attachment, limits } = volume;
  const name = nbdName(attachment);
  const nbd = { ...nbdNode(volume, socket), 'node-name': name };
  if (!limits) return [nbd];
  const top = volumeNode(volume);
  return [nbd, { ...throttleNode(top, limitsId(attachment), name), 'node-name': top }];
}

function nbdNode(volume: Pick<VolumeDevice, 'readOnly'>, socket: string): Record<string, unknown> {
  return {
    driver: 'nbd',
    server: { type: 'unix', path: socket },
    export: EXPORT,
    'reconnect-delay': RECONNECT_FOR,
    'read-only': volume.readOnly,
    discard: 'unmap',
    'detect-zeroes': volume.readOnly ? 'off' : 'unmap',
  };
}

export const SCSI_BUS = 'scsi.0';

export function scsiController(slot: number): Record<string, unknown> {
  return { driver: 'virtio-scsi-pci', id: 'scsi', addr: hex(slot) };
}

/** A disk as `-device` and `device_add` take it. */
export function diskDevice(disk: {
  id: string;
  node: string;
  bus: DiskBus;
  slot: number | null;
  serial: string | null;
  bootIndex: number | null;
}): Record<string, unknown> {
  const common = {
    id: disk.id,
    drive: disk.node,
    ...(disk.serial !== null && { serial: disk.serial }),
    ...(disk.bootIndex !== null && { bootindex: disk.bootIndex }),
  };
  switch (disk.bus) {
    case 'virtio':
      return { driver: 'virtio-blk-pci', ...common, addr: hex(disk.slot ?? SLOT.disk) };
    case 'scsi':
      return { driver: 'scsi-hd', ...common, bus: SCSI_BUS };
    case 'ide':
      return { driver: 'ide-hd', ...common };
    case 'usb':
      return { driver: 'usb-storage', ...common, bus: 'usb.0', removable: false };
  }
}

/** A volume as a device; guests find it by the first characters of its id, `/dev/disk/by-id/virtio-…`. */
export function volumeDevice(volume: VolumeDevice, bootIndex: number | null): Record<string, unknown> {
  const { attachment, bus, slot, volumeId } = volume;
  const serial = bus === 'virtio' || bus === 'ide' ? volumeId.slice(0, 20) : volumeId;
  return diskDevice({
    ...{ id: volumeDeviceId(attachment), node: volumeNode(volume), bus, slot, serial, bootIndex },
  });
}
