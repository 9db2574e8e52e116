import { badRequest } from '../core/errors.ts';
import type { DiskBus, HostLocalDisk, LocalFormat } from '../host/document.ts';
import type { ServerFlavor } from './model.ts';
import { BUSES, invalid, nextName, type Device } from './volumes/devices.ts';

type FlavorSize = Pick<ServerFlavor, 'ephemeralGib' | 'swapMib'>;

/** How a disk is plugged in when neither the request nor the image says so. */
const DEFAULT_BUS = 'virtio';
const FORMATS: readonly string[] = ['ext2', 'ext3', 'ext4'];

/** The bus of the disks of a server whose request says nothing of it: its image's `hw_disk_bus`. */
export function usualBus(properties: Record<string, string> = {}): DiskBus {
  const wished = properties.hw_disk_bus;
  return BUSES.find((bus) => bus === wished) ?? DEFAULT_BUS;
}

const busOf = (asked: string | null, usual: DiskBus): DiskBus => BUSES.find((bus) => bus === asked) ?? usual;

/**
 * The disks that a flavor gives a new server beside its root disk: those that the request describes, or one of all of
 * the flavor's ephemeral room; and one for swapping. The order is that of Nova, which is that of their names. Pure.
 * Throws ApiError 400 for more than the flavor has. https://docs.openstack.org/nova/latest/user/block-device-mapping.html
 */
export function planLocalDisks(
  devices: readonly Device[],
  flavor: FlavorSize,
  properties: Record<string, string> = {},
): HostLocalDisk[] {
  const blank = devices.filter((one) => one.source === 'blank' && one.destination === 'local');
  const [swap, ...more] = blank.filter(({ format }) => format === 'swap');
  if (more.length > 0) throw invalid('More than one swap drive requested.');
  // Of a swap disk the request gives the size in MiB.
  const swapMib = swap?.sizeGib ?? flavor.swapMib;
  if (swapMib > flavor.swapMib) throw badRequest('Swap drive requested is larger than instance type allows.');
  const asked = blank.filter(({ format }) => format !== 'swap');
  const sizes = asked.map(({ sizeGib }) => sizeGib ?? flavor.ephemeralGib);
  if (sizes.reduce((sum, gib) => sum + gib, 0) > flavor.ephemeralGib) {
    throw badRequest(
      'Ephemeral disks requested are larger than the instance type allows. If no size is given in one block device mapping, flavor ephemeral size will be used.',
    );
  }
  const usual = usualBus(properties);
  const root = devices.find(({ bootIndex }) => bootIndex === 0);
  const taken = new Set([nextName(busOf(root?.bus ?? null, usual), new Set())]);
  const make = (name: string, mib: number, format: LocalFormat | null, device?: Device): HostLocalDisk => {
    const bus = busOf(device?.bus ?? null, usual);
    const disk = { name, layersMib: [mib], format, device: nextName(bus, taken), bus };
    taken.add(disk.device);
    return disk;
  };
  const wished: (Device | undefined)[] = asked.length > 0 ? asked : [undefined];
  const ephemeral = wished
    .map((device, i) => ({ device, gib: asked.length > 0 ? (sizes[i] ?? 0) : flavor.ephemeralGib }))
    .filter(({ gib }) => gib > 0)
    .map(({ device, gib }, i) =>
      make(`ephemeral${i}`, gib * 1024, formatOf(device?.format ?? null, properties), device),
    );
  return [...ephemeral, ...(swapMib > 0 ? [make('swap', swapMib, 'swap', swap)] : [])];
}

/** ext4 unless told otherwise; a guest that does not know it formats its disk itself. */
function formatOf(asked: string | null, properties: Record<string, string>): LocalFormat | null {
  if (asked === null) return properties.os_type === 'windows' ? null : 'ext4';
  if (FORMATS.includes(asked)) return asked as LocalFormat;
  throw invalid(`a disk of guest_format ${asked} is not made here: take one of ${FORMATS.join(', ')}, or swap.`);
}

/**
 * The disks after a resize. What is on ephemeral disks stays: a further layer takes what is written from now on, so
 * that going back is leaving it out, and the only one grows with its flavor. A swap disk is made anew. Pure. Throws
 * ApiError 400 when the new flavor has less room than there is.
 */
export function resizeLocalDisks(
  disks: readonly HostLocalDisk[],
  flavors: { old: FlavorSize; new: FlavorSize },
  server: { properties?: Record<string, string>; devices: readonly string[] },
): HostLocalDisk[] {
  const usual = usualBus(server.properties);
  const kept = disks.filter(({ format }) => format !== 'swap');
  const mibOf = ({ layersMib }: HostLocalDisk) => layersMib.at(-1) ?? 0;
  const room = flavors.new.ephemeralGib * 1024;
  if (kept.reduce((sum, disk) => sum + mibOf(disk), 0) > room) {
    throw badRequest(
      "Flavor's ephemeral disk is too small: the server has ephemeral disks of more room, and a disk cannot be made smaller.",
    );
  }
  const [only] = kept;
  const grows = kept.length === 1 && only !== undefined && mibOf(only) === flavors.old.ephemeralGib * 1024;
  const grown = kept.map((disk) => ({ ...disk, layersMib: [...disk.layersMib, grows ? room : mibOf(disk)] }));
  const taken = new Set([nextName(usual, new Set()), ...server.devices, ...kept.map(({ device }) => device)]);
  const make = (name: string, mib: number, format: LocalFormat | null, before?: HostLocalDisk): HostLocalDisk => {
    const disk = {
      name,
      layersMib: [mib],
      format,
      device: before?.device ?? nextName(usual, taken),
      bus: before?.bus ?? usual,
    };
    taken.add(disk.device);
    return disk;
  };
  const first =
    kept.length === 0 && room > 0 ? [make('ephemeral0', room, formatOf(null, server.properties ?? {}))] : [];
  const swap = disks.find(({ format }) => format === 'swap');
  const { swapMib } = flavors.new;
  return [...grown, ...first, ...(swapMib > 0 ? [make('swap', swapMib, 'swap', swap)] : [])];
}
