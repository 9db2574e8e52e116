import { OperatorError } from '../../core/errors.ts';
import type { AttachmentId, VolumeId } from '../../core/ids.ts';
import type { DiskBus, DiskLimits, HostServer, VifModel } from '../document.ts';
import type { DiskChain, VolumeDisk } from '../drivers.ts';

/**
 * The virtual machine as QEMU was told it, kept beside the disk while it lives. A saved state fits only the hardware
 * it was saved from, so resuming uses this and not what the document says by then.
 */
export interface Hardware {
  /** Versioned machine type, `pc-i440fx-7.2`. */
  machine: string;
  accel: 'kvm' | 'tcg';
  cpu: string;
  vcpus: number;
  memoryMib: number;
  nics: Nic[];
  configDrive: boolean;
  /** Slot of a config drive that is a disk; null where it is a CD-ROM, which moves no volume's name in the guest. */
  configSlot: number | null;
  /** The server's own disk, if it has one. */
  root: { bus: DiskBus; slot: number } | null;
  /** A disk to boot from in place of the usual one. */
  rescue: { bus: DiskBus; slot: number } | null;
  /** Further disks of its own, by their names. */
  locals: { name: string; bus: DiskBus; slot: number | null }[];
  volumes: VolumeDevice[];
  vifModel: VifModel;
  /** Slot of the controller for SCSI disks, if there is one. */
  scsiSlot: number | null;
  /** Slot of the channel to the guest agent, if the image wants one. */
  agentSlot: number | null;
}

/** A volume as a device of the machine. */
export interface VolumeDevice {
  attachment: AttachmentId;
  volumeId: VolumeId;
  bus: DiskBus;
  /** On the PCI bus; null on every other one. */
  slot: number | null;
  readOnly: boolean;
  bootIndex: number | null;
  /** As large as the guest was told. */
  sizeGib: number;
  device: string;
  tag: string | null;
  limits?: DiskLimits;
}

export interface Nic {
  port: string;
  mac: string;
  mtu: number;
  /** Slot on the PCI bus: explicit, because it must stay when others come and go. */
  slot: number;
}

/** Slots of i440fx: 0 bridge, 1 ISA/IDE, 2 VGA, then ours; network cards follow, as many as the bus has room for. */
export const SLOT = {
  vga: 2,
  usb: 3,
  rng: 4,
  balloon: 5,
  disk: 6,
  scsi: 7,
  first: 8,
  last: 31,
} as const;

/** How this host runs QEMU, the same for all servers. */
export interface QemuHost {
  binary: string;
  machine: string;
  accel: 'kvm' | 'tcg';
  /** Switch off everything a userspace switch cannot do for the guest: checksums and large segments. */
  offload: boolean;
  vhost: boolean;
}

export function hardwareOf(server: HostServer, host: QemuHost, disks: readonly VolumeDisk[]): Hardware {
  const bus = server.hardware.diskBus ?? 'virtio';
  const { rescue, disk } = server;
  const machine: Hardware = {
    machine: host.machine,
    accel: host.accel,
    // la57 costs TCG a fifth level of page tables on each walk and no guest of ours needs it.
    cpu: host.accel === 'kvm' ? 'host' : 'max,la57=off',
    vcpus: server.vcpus,
    memoryMib: server.memoryMib,
    nics: server.ports.map((port, i) => ({ port: port.id, mac: port.mac, mtu: port.mtu, slot: SLOT.first + i })),
    configDrive: server.configDrive,
    configSlot: null,
    root: disk && !rescue ? { bus, slot: SLOT.disk } : null,
    rescue: rescue && { bus, slot: SLOT.disk },
    locals: [],
    volumes: [],
    vifModel: server.hardware.vifModel ?? 'virtio',
    scsiSlot: null,
    agentSlot: null,
  };
  const room = () => need(freeSlot(machine));
  // While it is rescued, the root disk is the second one.
  if (disk && rescue) machine.root = { bus, slot: room() };
  for (const { name, bus: own } of server.localDisks) {
    machine.locals.push({ name, bus: own, slot: own === 'virtio' ? room() : null });
  }
  for (const volume of [...disks].sort(byName)) {
    machine.volumes.push(deviceOf(volume, volume.attachment.bus === 'virtio' ? room() : null));
  }
  const buses = [
    machine.root?.bus,
    machine.rescue?.bus,
    ...[...machine.locals, ...machine.volumes].map((one) => one.bus),
  ];
  if (buses.includes('scsi') || server.configDrive) machine.scsiSlot = SLOT.scsi;
  if (server.hardware.guestAgent) machine.agentSlot = room();
  return machine;
}

/** Hardware as a release before this one wrote it down, with what it left out. */
export function completeHardware(old: Hardware): Hardware {
  const defaults: Partial<Hardware> = {
    ...{ configSlot: SLOT.scsi, root: { bus: 'virtio', slot: SLOT.disk }, rescue: null, locals: [], volumes: [] },
    ...{ vifModel: 'virtio', scsiSlot: null, agentSlot: null },
  };
  return { ...defaults, ...old };
}

export function deviceOf({ attachment, sizeGib }: VolumeDisk, slot: number | null): VolumeDevice {
  const { id, volumeId, bus, readOnly, bootIndex, device, tag, limits } = attachment;
  const about = { attachment: id, volumeId, bus, slot, readOnly, bootIndex, sizeGib, device, tag };
  return limits === undefined ? about : { ...about, limits };
}

/** `vdb` before `vdaa`. */
function byName({ attachment: { device: a } }: VolumeDisk, { attachment: { device: b } }: VolumeDisk): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** The lowest slot of the PCI bus that nothing is in, or null when the bus is full. */
export function freeSlot({ nics, locals, volumes, root, scsiSlot, agentSlot }: Hardware): number | null {
  const slots = [...nics, ...locals, ...volumes].map((device) => device.slot);
  const taken = new Set([...slots, root?.slot, scsiSlot, agentSlot]);
  for (let slot: number = SLOT.first; slot <= SLOT.last; slot++) {
    if (!taken.has(slot)) return slot;
  }
  return null;
}

function need(slot: number | null): number {
  if (slot !== null) return slot;
  throw new OperatorError('The server has more ports and volumes than its bus has room for.', 'Detach some of them.');
}

/** `tap` and the first 11 characters of the port's id, as Neutron names them: 14 of the 15 that Linux allows. */
export function tapName(port: string): string {
  return `tap${port.slice(0, 11)}`;
}

export function netdevOf(port: string): Record<string, unknown> {
  return { type: 'tap', id: `net-${port}`, ifname: tapName(port), script: 'no', downscript: 'no' };
}

const OFFLOADS = [
  ...['csum', 'gso', 'guest_csum', 'guest_tso4', 'guest_tso6', 'guest_ecn', 'guest_ufo'],
  ...['host_tso4', 'host_tso6', 'host_ecn', 'host_ufo', 'mrg_rxbuf'],
];

/**
 * QEMU 8.1 added segments of UDP, on by default. Left on without mrg_rxbuf, a guest keeps 64 KiB for each of its 256
 * receive buffers: 17 MiB that a guest of 128 MiB does not have.
 */
const UDP_SEGMENTS = ['guest_uso4', 'guest_uso6', 'host_uso'];

/** What the cards of this host's guests must not promise. */
function switchedOff({ offload, machine }: QemuHost): string[] {
  if (offload) return [];
  const [, major, minor] = /-(\d+)\.(\d+)$/.exec(machine) ?? [];
  return Number(major) * 100 + Number(minor) >= 801 ? [...OFFLOADS, ...UDP_SEGMENTS] : OFFLOADS;
}

/** What QEMU calls the models of Nova where it is another name. */
const MODELS: Partial<Record<VifModel, string>> = { virtio: 'virtio-net-pci' };

/** The network card as `device_add` takes it; no boot ROM, because nothing here boots from the network. */
export function nicDevice(nic: Nic, host: QemuHost, model: VifModel = 'virtio'): Record<string, unknown> {
  return {
    driver: MODELS[model] ?? model,
    id: `nic-${nic.port}`,
    netdev: `net-${nic.port}`,
    mac: nic.mac,
    addr: hex(nic.slot),
    romfile: '',
    ...(model === 'virtio' && {
      host_mtu: nic.mtu,
      ...Object.fromEntries(switchedOff(host).map((name) => [name, false])),
    }),
  };
}

export const hex = (slot: number): string => `0x${slot.toString(16)}`;

/**
 * Block nodes of a disk, lowest first, each with its format and its backing node named: QEMU neither guesses a format
 * nor follows a file name that stands in an image. The top node's name is `topNode`'s.
 */
export function blockNodes(chain: DiskChain, prefix = ''): Record<string, unknown>[] {
  return chain.files.flatMap(({ path, format }, i) => {
    const isTop = i === chain.files.length - 1;
    const file = {
      driver: 'file',
      'node-name': `${prefix}file${i}`,
      filename: path,
      'read-only': !isTop,
      ...(isTop && { discard: 'unmap' }),
    };
    const node = {
      driver: format,
      'node-name': `${prefix}disk${i}`,
      file: `${prefix}file${i}`,
      'read-only': !isTop,
      ...(isTop && { discard: 'unmap', 'detect-zeroes': 'unmap' }),
      ...(format === 'qcow2' && { backing: i === 0 ? null : `${prefix}disk${i - 1}` }),
    };
    return [file, node];
  });
}

export const topNode = (chain: DiskChain, prefix = ''): string => `${prefix}disk${chain.files.length - 1}`;
