import { setTimeout as sleep } from 'node:timers/promises';
import type { Qmp } from '../../engines/qmp/client.ts';
import { OperatorError } from '../../core/errors.ts';
import type { AttachmentId } from '../../core/ids.ts';
import type { HostPort } from '../document.ts';
import type { VolumeDisk } from '../drivers.ts';
import { TryLater } from '../workers.ts';
import { blockNodesOf, repeated } from './jobs.ts';
import {
  scsiController,
  volumeDevice,
  volumeDeviceId,
  volumeNode,
  volumeNodes,
  volumeObjects,
} from './disk-devices.ts';
import {
  deviceOf,
  freeSlot,
  netdevOf,
  nicDevice,
  type Hardware,
  type QemuHost,
  type VolumeDevice,
} from './hardware.ts';

/** A machine that runs, as far as plugging needs it. */
export interface Plugging {
  qmp: Qmp;
  host: QemuHost;
  hardware: Hardware;
  /** Devices that QEMU said are gone. */
  deleted: Set<string>;
  /** Writes down what is about to be plugged in, so that whoever finds the machine looks for it. */
  intend(hardware: Hardware): Promise<void>;
  /** Writes down what is plugged in. */
  keep(hardware: Hardware): Promise<void>;
}

const UNPLUG_PATIENCE = 5_000;
const GIB = 1024 ** 3;

export async function plugPort(machine: Plugging, port: HostPort): Promise<void> {
  const { qmp, host, hardware } = machine;
  const slot = freeSlot(hardware);
  if (slot === null) throw new OperatorError('The server has no room for another port.', 'Detach one first.');
  const nic = { port: port.id, mac: port.mac, mtu: port.mtu, slot };
  // Left over from an attempt that was cut off.
  await qmp.execute('netdev_del', { id: `net-${port.id}` }).catch(() => undefined);
  await qmp.execute('netdev_add', netdevOf(port.id));
  await qmp.execute('device_add', nicDevice(nic, host, hardware.vifModel));
  await machine.keep({ ...hardware, nics: [...hardware.nics, nic] });
}

export async function unplugPort(machine: Plugging, port: string): Promise<void> {
  const { qmp, hardware } = machine;
  await release(machine, `nic-${port}`);
  // A guest that does not let go keeps a card without a cable until its next boot.
  await qmp.execute('netdev_del', { id: `net-${port}` }).catch(() => undefined);
  await machine.keep({ ...hardware, nics: hardware.nics.filter((nic) => nic.port !== port) });
}

export async function plugDisk(machine: Plugging, disk: VolumeDisk, socket: string): Promise<void> {
  const { qmp } = machine;
  const { bus, id } = disk.attachment;
  if (bus === 'ide') {
    throw new OperatorError('A disk on the IDE bus cannot be plugged in while the server runs.', 'Stop it first.');
  }
  const before = await withController(machine, bus === 'scsi');
  const slot = bus === 'virtio' ? freeSlot(before) : null;
  if (bus === 'virtio' && slot === null) {
    throw new OperatorError('The server has no room for another volume.', 'Detach one first.');
  }
  const volume = deviceOf(disk, slot);
  const hardware = { ...before, volumes: [...before.volumes, volume] };
  await machine.intend(hardware);
  const [nodes, objects] = [volumeNodes(volume, socket), volumeObjects(volume)];
  const letGo = async () => {
    for (const node of nodes.toReversed()) {
      await qmp.execute('blockdev-del', { 'node-name': node['node-name'] }).catch(() => undefined);
    }
    for (const object of objects) await qmp.execute('object-del', { id: object.id }).catch(() => undefined);
  };
  await letGo();
  try {
    for (const object of objects) await qmp.execute('object-add', object);
    for (const node of nodes) await qmp.execute('blockdev-add', node);
    await qmp.execute('device_add', volumeDevice(volume, null));
  } catch (error) {
    await letGo();
    await machine.keep(before);
    throw error;
  }
  machine.deleted.delete(volumeDeviceId(id));
  await machine.keep(hardware);
}

/** Throws TryLater while the guest holds on to the disk. */
export async function unplugDisk(machine: Plugging, attachment: AttachmentId): Promise<void> {
  const { qmp, hardware } = machine;
  const gone = await release(machine, volumeDeviceId(attachment));
  if (!gone) throw new TryLater('The guest has not let go of the disk yet.');
  // The device lets go of it a moment after it is said to be gone.
  const volume = volumeOf(hardware, attachment);
  const there = await blockNodesOf(qmp);
  for (const { 'node-name': node } of volumeNodes(volume, '').toReversed()) {
    if (there.has(node)) await repeated(() => qmp.execute('blockdev-del', { 'node-name': node }));
  }
  for (const { id } of volumeObjects(volume)) {
    await qmp.execute('object-del', { id }).catch(() => undefined);
  }
  await machine.keep({ ...hardware, volumes: hardware.volumes.filter((one) => one.attachment !== attachment) });
}

/** Lets the guest see the size that the volume has by now. */
export async function growDisk(machine: Plugging, { attachment, sizeGib }: VolumeDisk): Promise<void> {
  const { qmp, hardware } = machine;
  const node = volumeNode(volumeOf(hardware, attachment.id));
  // The new size comes with a new connection, and that with the next request: this is one.
  const look = { 'command-line': `qemu-io ${node} "read 0 512"` };
  await qmp.execute('human-monitor-command', look, 30_000);
  await qmp.execute('block_resize', { 'node-name': node, size: sizeGib * GIB });
  const grown = (one: VolumeDevice) => (one.attachment === attachment.id ? { ...one, sizeGib } : one);
  await machine.keep({ ...hardware, volumes: hardware.volumes.map(grown) });
}

/** The volume as it was plugged in. */
function volumeOf(
  { volumes }: Hardware,
  attachment: AttachmentId,
): Pick<VolumeDevice, 'attachment' | 'readOnly' | 'limits'> {
  return volumes.find((one) => one.attachment === attachment) ?? { attachment, readOnly: false };
}

/** The devices that were given a name, as QEMU has them now. */
export async function devicesOf(qmp: Qmp): Promise<Set<string>> {
  const list = (await qmp.execute('qom-list', { path: '/machine/peripheral' })) as { name: string }[];
  return new Set(list.map(({ name }) => name));
}

async function withController(machine: Plugging, isNeeded: boolean): Promise<Hardware> {
  const { qmp, hardware } = machine;
  if (!isNeeded || hardware.scsiSlot !== null) return hardware;
  const slot = freeSlot(hardware);
  if (slot === null) throw new OperatorError('The server has no room for a SCSI controller.', 'Detach a port first.');
  if (!(await devicesOf(qmp)).has('scsi')) await qmp.execute('device_add', scsiController(slot));
  const next = { ...hardware, scsiSlot: slot };
  await machine.keep(next);
  machine.hardware = next;
  return next;
}

/** Asks the guest to let a device go; answers whether it did. */
async function release({ qmp, deleted }: Plugging, id: string): Promise<boolean> {
  await qmp.execute('device_del', { id }).catch(() => undefined);
  const until = Date.now() + UNPLUG_PATIENCE;
  while (!deleted.has(id) && Date.now() < until) {
    await sleep(50);
    // Said while nobody listened.
    if (!(await devicesOf(qmp)).has(id)) break;
  }
  return deleted.delete(id) || !(await devicesOf(qmp)).has(id);
}
