import { writeFile } from 'node:fs/promises';
import type { HostPort, HostServer } from '../document.ts';
import type { PortDriver } from '../drivers.ts';
import { tapName } from '../qemu/hardware.ts';
import { createBatch, runIp, runOvs } from './batch.ts';
import { aliasOf, hasDevice, markedDevices, pluggedDevices, plugCommands, unplugCommand } from './switch.ts';

export interface PortOptions {
  /** `unix:/run/openvswitch/db.sock`. */
  ovsDatabase: string;
  /** Who may open the tap devices. */
  uid: number;
}

/**
 * Ports as tap devices on Open vSwitch. The device is made here and belongs to QEMU's user, so QEMU needs no rights;
 * the switch takes it as an ordinary device (with the userspace datapath through a packet socket).
 */
export function createPorts(options: PortOptions): PortDriver {
  const ip = createBatch(runIp);
  const ovs = createBatch(runOvs(options.ovsDatabase));

  /** Ports that are plugged as wished, so that a start right after a build does not do it again. */
  const plugged = new Map<string, string>();

  const makeTap = async (port: HostPort) => {
    const device = tapName(port.id);
    const add = ['tuntap', 'add', 'dev', device, 'mode', 'tap', 'user', String(options.uid)];
    const set = ['link', 'set', 'dev', device, 'mtu', String(port.mtu), 'alias', aliasOf('port'), 'up'];
    await ip(hasDevice(device) ? [set] : [add, set]);
    // Nothing can have come in yet: the device has no carrier until QEMU opens it.
    await isolate(device);
  };

  return {
    async attach(server: HostServer, all) {
      const isPlugged = (port: HostPort) =>
        plugged.get(port.id) === wishOf(server, port) && hasDevice(tapName(port.id));
      const ports = all.filter((port) => !isPlugged(port));
      // First the devices: the switch looks for them when it learns of the port.
      await Promise.all(ports.map(makeTap));
      await ovs(
        ports.flatMap((port) => {
          const ids = { 'iface-id': port.id, 'attached-mac': port.mac, 'vm-id': server.id };
          return plugCommands(tapName(port.id), ids, 'port', port.mtu);
        }),
      );
      for (const port of ports) plugged.set(port.id, wishOf(server, port));
    },
    async detach(ports) {
      for (const port of ports) plugged.delete(port);
      await removeAll(ports.map(tapName));
    },
    async collect(keep) {
      const [onSwitch, devices] = await Promise.all([
        pluggedDevices(options.ovsDatabase, 'port'),
        markedDevices('port'),
      ]);
      const names = new Set([...keep()].map(tapName));
      // What someone else unplugged is plugged again with the next start.
      for (const port of plugged.keys()) if (!onSwitch.includes(tapName(port))) plugged.delete(port);
      await removeAll([...new Set([...onSwitch, ...devices])].filter((device) => !names.has(device)));
    },
  };

  async function removeAll(devices: readonly string[]): Promise<void> {
    await ovs(devices.map(unplugCommand));
    const there = devices.filter(hasDevice);
    await ip(there.map((device) => ['link', 'del', 'dev', device])).catch((error: unknown) => {
      // A collection at the same time may have been faster.
      if (there.some(hasDevice)) throw error;
    });
  }
}

/** What is made of a port, as a text to compare. */
function wishOf(server: HostServer, port: HostPort): string {
  return JSON.stringify([server.id, port.mac, port.mtu]);
}

/**
 * Keeps this machine's own network stack out of a guest's network: with the userspace datapath each packet of a guest
 * also reaches the kernel, which would answer ARP for the host's addresses and take what is sent to them. Without an
 * address of its own and with strict reverse path filtering a device accepts nothing.
 */
export async function isolate(device: string): Promise<void> {
  const settings: [path: string, value: string][] = [
    [`ipv6/conf/${device}/disable_ipv6`, '1'],
    [`ipv4/conf/${device}/rp_filter`, '1'],
    [`ipv4/conf/${device}/arp_ignore`, '8'],
  ];
  // A kernel without IPv6 has no such file, and nothing to be kept out.
  await Promise.all(settings.map(([path, value]) => writeFile(`/proc/sys/net/${path}`, value).catch(() => undefined)));
}
