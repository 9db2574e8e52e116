import type { HostServer } from '../document.ts';
import type { DiskChain } from '../drivers.ts';

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
}

export interface Nic {
  port: string;
  mac: string;
  mtu: number;
  /** Slot on the PCI bus: explicit, because it must stay when others come and go. */
  slot: number;
}

/** Slots of i440fx: 0 bridge, 1 ISA/IDE, 2 VGA, then ours; network cards follow, as many as the bus has room for. */
export const SLOT = { vga: 2, usb: 3, rng: 4, balloon: 5, disk: 6, configDrive: 7, firstNic: 8, last: 31 } as const;

/** How this host runs QEMU, the same for all servers. */
export interface QemuHost {
  binary: string;
  machine: string;
  accel: 'kvm' | 'tcg';
  /** Switch off everything a userspace switch cannot do for the guest: checksums and large segments. */
  offload: boolean;
  vhost: boolean;
}

export function hardwareOf(server: HostServer, host: QemuHost): Hardware {
  return {
    machine: host.machine,
    accel: host.accel,
    // la57 costs TCG a fifth level of page tables on each walk and no guest of ours needs it.
    cpu: host.accel === 'kvm' ? 'host' : 'max,la57=off',
    vcpus: server.vcpus,
    memoryMib: server.memoryMib,
    nics: server.ports.map((port, i) => ({ port: port.id, mac: port.mac, mtu: port.mtu, slot: SLOT.firstNic + i })),
    configDrive: server.configDrive,
  };
}

/** The lowest slot without a network card, or null when the bus is full. */
export function freeSlot(nics: readonly Nic[]): number | null {
  for (let slot: number = SLOT.firstNic; slot <= SLOT.last; slot++) {
    if (!nics.some((nic) => nic.slot === slot)) return slot;
  }
  return null;
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

/** The network card as `device_add` takes it; no boot ROM, because nothing here boots from the network. */
export function nicDevice(nic: Nic, host: QemuHost): Record<string, unknown> {
  return {
    driver: 'virtio-net-pci',
    id: `nic-${nic.port}`,
    netdev: `net-${nic.port}`,
    mac: nic.mac,
    addr: `0x${nic.slot.toString(16)}`,
    romfile: '',
    host_mtu: nic.mtu,
    ...Object.fromEntries(switchedOff(host).map((name) => [name, false])),
  };
}

/**
 * Block nodes of a disk, lowest first, each with its format and its backing node named: QEMU neither guesses a format
 * nor follows a file name that stands in an image. The top node's name is the last one's.
 */
export function blockNodes(chain: DiskChain): Record<string, unknown>[] {
  return chain.files.flatMap(({ path, format }, i) => {
    const isTop = i === chain.files.length - 1;
    const file = {
      driver: 'file',
      'node-name': `file${i}`,
      filename: path,
      'read-only': !isTop,
      ...(isTop && { discard: 'unmap' }),
    };
    const node = {
      driver: format,
      'node-name': `disk${i}`,
      file: `file${i}`,
      'read-only': !isTop,
      ...(isTop && { discard: 'unmap', 'detect-zeroes': 'unmap' }),
      ...(format === 'qcow2' && { backing: i === 0 ? null : `disk${i - 1}` }),
    };
    return [file, node];
  });
}
