import type { MachineDisks } from '../drivers.ts';
import { diskDevice, SCSI_BUS, scsiController, volumeDevice, volumeNodes, volumeObjects } from './disk-devices.ts';
import { blockNodes, hex, netdevOf, nicDevice, SLOT, topNode, type Hardware, type QemuHost } from './hardware.ts';

/** Where things of one server are. The sockets' directory belongs to QEMU's user, the rest to root. */
export interface MachinePaths {
  qmp: string;
  vnc: string;
  serial: string;
  consoleLog: string;
  configDrive: string;
  guestAgent: string;
}

export interface MachineCommand {
  server: string;
  boot: number;
  startedAt: number;
  hardware: Hardware;
  disks: Omit<MachineDisks, 'volumes'>;
  /** The socket of a volume's storage daemon. */
  nbdSocket: (volumeId: string) => string;
  paths: MachinePaths;
  /** File descriptor to read a saved state from. */
  incomingFd: number | null;
}

/**
 * The arguments of QEMU for one server. Pure. Nothing is left to a default or a guess; source of the options:
 * https://www.qemu.org/docs/master/system/invocation.html
 */
export function qemuArgs(command: MachineCommand, host: QemuHost): string[] {
  const { hardware, paths } = command;
  const isKvm = hardware.accel === 'kvm';
  const json = (value: unknown) => JSON.stringify(value);
  return [
    ...['-name', `guest=${nameOf(command)},debug-threads=on`],
    ...['-uuid', command.server],
    ...['-machine', `${hardware.machine},dump-guest-core=off,vmport=off${isKvm ? ',hpet=off' : ''}`],
    // TCG keeps translated code per QEMU; its default of 1 GiB would be the memory of another server.
    ...['-accel', isKvm ? 'kvm' : 'tcg,thread=multi,tb-size=128'],
    ...['-cpu', hardware.cpu],
    ...['-smp', `${hardware.vcpus},sockets=1,cores=${hardware.vcpus},threads=1`],
    ...['-m', `size=${hardware.memoryMib}M`],
    ...['-nodefaults', '-no-user-config'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-smbios', `type=1,manufacturer=Potluck,product=OpenStack Compute,uuid=${command.server}`],
    ...['-rtc', `base=utc${isKvm ? ',driftfix=slew' : ''}`],
    ...['-boot', 'menu=off,strict=on'],
    // A guest that powers off leaves QEMU waiting, so that an agent that was away learns who did it.
    ...['-action', 'shutdown=pause,reboot=reset'],
    // QEMU waits for its monitor to be dialled before it looks at disks and devices: see launch.ts.
    ...['-chardev', `socket,id=qmp,path=${paths.qmp},server=on,wait=on`, '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', serial(paths), '-device', json({ driver: 'isa-serial', chardev: 'serial' })],
    ...['-display', 'none', '-vnc', `unix:${paths.vnc},share=force-shared`],
    ...['-device', json({ driver: 'VGA', id: 'vga', addr: `0x${SLOT.vga}` })],
    ...['-device', json({ driver: 'qemu-xhci', id: 'usb', addr: `0x${SLOT.usb}` })],
    ...['-device', json({ driver: 'usb-tablet', bus: 'usb.0' })],
    ...['-object', json({ 'qom-type': 'rng-random', id: 'rng', filename: '/dev/urandom' })],
    ...['-device', json({ driver: 'virtio-rng-pci', rng: 'rng', addr: `0x${SLOT.rng}` })],
    // Pages the guest has freed go back to the host: most donated servers have more vCPUs than memory.
    ...['-device', json(balloon())],
    ...diskArgs(command),
    ...(hardware.configDrive ? configDrive(paths.configDrive, hardware) : []),
    ...(hardware.agentSlot === null ? [] : guestAgent(paths.guestAgent, hardware.agentSlot)),
    ...hardware.nics.flatMap((nic) => [
      ...['-netdev', json({ ...netdevOf(nic.port), ...(host.vhost && { vhost: true }) })],
      ...['-device', json(nicDevice(nic, host, hardware.vifModel))],
    ]),
    ...(command.incomingFd === null ? [] : ['-incoming', `fd:${command.incomingFd}`]),
  ];
}

/** What the process is called: enough to know it again from `/proc/PID/cmdline` alone. */
export function nameOf({ server, boot, startedAt }: { server: string; boot: number; startedAt: number }): string {
  return `potluck-${server}-${boot}-${startedAt}`;
}

/** Server, boot and start of a QEMU of ours, from its arguments; null for every other process. */
export function readArgs(
  args: readonly string[],
): { server: string; boot: number; startedAt: number; qmp: string } | null {
  const name = args[args.indexOf('-name') + 1] ?? '';
  const match = /^guest=potluck-([0-9a-f-]{36})-(\d+)-(\d+),/.exec(name);
  const qmp = /^socket,id=qmp,path=([^,]+),/.exec(args.find((arg) => arg.startsWith('socket,id=qmp,')) ?? '');
  if (!match?.[1] || !match[2] || !match[3] || !qmp?.[1]) return null;
  return { server: match[1], boot: Number(match[2]), startedAt: Number(match[3]), qmp: qmp[1] };
}

function serial(paths: MachinePaths): string {
  return `socket,id=serial,path=${paths.serial},server=on,wait=off,logfile=${paths.consoleLog},logappend=on`;
}

function balloon(): Record<string, unknown> {
  return {
    driver: 'virtio-balloon-pci',
    id: 'balloon',
    addr: `0x${SLOT.balloon}`,
    'free-page-reporting': true,
    'deflate-on-oom': true,
  };
}

/** A CD-ROM, as in every OpenStack: kernels for clouds know those behind virtio, though none on IDE. */
function configDrive(path: string, { configSlot }: Hardware): string[] {
  const file = { driver: 'file', 'node-name': 'config-file', filename: path, 'read-only': true };
  const node = { driver: 'raw', 'node-name': 'config', file: 'config-file', 'read-only': true };
  const common = { id: 'config-drive', drive: 'config', serial: 'config-2' };
  const device =
    configSlot === null
      ? { driver: 'scsi-cd', ...common, bus: SCSI_BUS }
      : { driver: 'virtio-blk-pci', ...common, addr: hex(configSlot) };
  return ['-blockdev', JSON.stringify(file), '-blockdev', JSON.stringify(node), '-device', JSON.stringify(device)];
}

/** The channel by which a guest's own agent is talked to, https://wiki.qemu.org/Features/GuestAgent. */
function guestAgent(socket: string, slot: number): string[] {
  const port = { driver: 'virtserialport', bus: 'agents.0', chardev: 'agent', name: 'org.qemu.guest_agent.0' };
  return [
    ...['-device', JSON.stringify({ driver: 'virtio-serial-pci', id: 'agents', addr: hex(slot) })],
    ...['-chardev', `socket,id=agent,path=${socket},server=on,wait=off`, '-device', JSON.stringify(port)],
  ];
}

/** All disks but the config drive. A rescue boots from its own disk and from no other. */
function diskArgs({ hardware, disks, nbdSocket }: MachineCommand): string[] {
  const { root, rescue, locals, volumes, scsiSlot } = hardware;
  const own = locals.flatMap((local) => {
    const found = disks.locals.find(({ name }) => name === local.name);
    return found ? [{ ...local, chain: found.chain, prefix: `${local.name}-` }] : [];
  });
  const controllers = scsiSlot === null ? [] : [scsiController(scsiSlot)];
  const nodes = [
    ...(rescue && disks.rescue ? blockNodes(disks.rescue, RESCUE) : []),
    ...(root && disks.root ? blockNodes(disks.root) : []),
    ...own.flatMap(({ chain, prefix }) => blockNodes(chain, prefix)),
    ...volumes.flatMap((volume) => volumeNodes(volume, nbdSocket(volume.volumeId))),
  ];
  const bootIndex = (index: number | null) => (rescue || index === null ? null : index + 1);
  const devices = [
    ...(rescue && disks.rescue
      ? [diskDevice({ ...rescue, id: 'rescue', node: topNode(disks.rescue, RESCUE), serial: null, bootIndex: 1 })]
      : []),
    ...(root && disks.root
      ? [diskDevice({ ...root, id: 'root', node: topNode(disks.root), serial: null, bootIndex: bootIndex(0) })]
      : []),
    ...own.map(({ name, bus, slot, chain, prefix }) =>
      diskDevice({ bus, slot, id: name, node: topNode(chain, prefix), serial: null, bootIndex: null }),
    ),
    ...volumes.map((volume) => volumeDevice(volume, root ? null : bootIndex(volume.bootIndex))),
  ];
  const json = (value: unknown) => JSON.stringify(value);
  return [
    ...controllers.flatMap((controller) => ['-device', json(controller)]),
    ...volumes.flatMap(volumeObjects).flatMap((object) => ['-object', json(object)]),
    ...nodes.flatMap((node) => ['-blockdev', json(node)]),
    ...devices.flatMap((device) => ['-device', json(device)]),
  ];
}

const RESCUE = 'rescue-';
