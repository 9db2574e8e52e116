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

  const makeTap = async (port: HostPort) => {
    const device = tapName(port.id);
    if (!hasDevice(device)) await ip([['tuntap', 'add', 'dev', device, 'mode', 'tap', 'user', String(options.uid)]]);
    await isolate(device);
    await ip([['link', 'set', 'dev', device, 'mtu', String(port.mtu), 'alias', aliasOf('port'), 'up']]);
  };

  return {
    async attach(server: HostServer, ports) {
      // First the devices: the switch looks for them when it learns of the port.
      await Promise.all(ports.map(makeTap));
      await ovs(
        ports.flatMap((port) => {
          const ids = { 'iface-id': port.id, 'attached-mac': port.mac, 'vm-id': server.id };
          return plugCommands(tapName(port.id), ids, 'port', port.mtu);
        }),
      );
    },
    async detach(ports) {
      await removeAll(ports.map(tapName));
    },
    async collect(keep) {
      const [plugged, devices] = await Promise.all([
        pluggedDevices(options.ovsDatabase, 'port'),
        markedDevices('port'),
      ]);
      const names = new Set([...keep()].map(tapName));
      await removeAll([...new Set([...plugged, ...devices])].filter((device) => !names.has(device)));
    },
  };

  async function removeAll(devices: readonly string[]): Promise<void> {
    await ovs(devices.map(unplugCommand));
    await ip(devices.filter(hasDevice).map((device) => ['link', 'del', 'dev', device]));
  }
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
