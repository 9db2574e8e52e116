import { writeFileSync } from 'node:fs';
import type { HostPort, HostServer } from '../document.ts';
import type { PortDriver } from '../drivers.ts';
import { tapName } from '../qemu/hardware.ts';
import { createBatch, runIp } from './batch.ts';
import { aliasOf, hasDevice, markedDevices } from './devices.ts';
import type { Switch, SwitchPort } from './switch.ts';

export interface PortOptions {
  ovs: Switch;
  /** Who may open the tap devices. */
  uid: number;
}

/**
 * Ports as tap devices on Open vSwitch. The device is made here and belongs to QEMU's user, so QEMU needs no rights;
 * the switch takes it as an ordinary device (with the userspace datapath through a packet socket).
 */
export function createPorts({ ovs, uid }: PortOptions): PortDriver {
  const ip = createBatch(runIp);
  /** Devices as they were made, so that a start right after a build does not do it again. */
  const made = new Map<string, string>();

  const makeTap = async (port: HostPort) => {
    const device = tapName(port.id);
    const add = ['tuntap', 'add', 'dev', device, 'mode', 'tap', 'user', String(uid)];
    const set = ['link', 'set', 'dev', device, 'mtu', String(port.mtu), 'alias', aliasOf('port'), 'up'];
    await ip(hasDevice(device) ? [set] : [add, set]);
    // Nothing can have come in yet: the device has no carrier until QEMU opens it.
    isolate(device);
  };

  return {
    async attach(server, ports) {
      const isMade = (port: HostPort) => made.get(port.id) === madeOf(port) && hasDevice(tapName(port.id));
      const unmade = ports.filter((port) => !isMade(port));
      // First the devices: the switch looks for them when it learns of the port.
      await Promise.all(unmade.map(makeTap));
      for (const port of unmade) made.set(port.id, madeOf(port));
      await ovs.plug(ports.map((port) => switchPort(server, port)));
    },
    async detach(ports) {
      for (const port of ports) made.delete(port);
      await removeAll(ports.map(tapName));
    },
    async collect(keep) {
      const [onSwitch, devices] = await Promise.all([ovs.plugged('port'), markedDevices('port')]);
      const names = new Set([...keep()].map(tapName));
      await removeAll([...new Set([...onSwitch, ...devices])].filter((device) => !names.has(device)));
    },
  };

  async function removeAll(devices: readonly string[]): Promise<void> {
    await ovs.unplug(devices);
    const there = devices.filter(hasDevice);
    await ip(there.map((device) => ['link', 'del', 'dev', device])).catch((error: unknown) => {
      // A collection at the same time may have been faster.
      if (there.some(hasDevice)) throw error;
    });
  }
}

/** What a device is made of, as a text to compare. */
const madeOf = (port: HostPort): string => JSON.stringify([port.mtu]);

function switchPort(server: HostServer, port: HostPort): SwitchPort {
  const ids = { 'iface-id': port.id, 'attached-mac': port.mac, 'vm-id': server.id };
  return { device: tapName(port.id), ids, mark: 'port', mtu: port.mtu };
}

/**
 * Keeps this machine's own network stack out of a guest's network: with the userspace datapath each packet of a guest
 * also reaches the kernel, which would answer ARP for the host's addresses and take what is sent to them. Without an
 * address of its own and with strict reverse path filtering a device accepts nothing.
 */
export function isolate(device: string): void {
  const settings: [path: string, value: string][] = [
    [`ipv6/conf/${device}/disable_ipv6`, '1'],
    [`ipv4/conf/${device}/rp_filter`, '1'],
    [`ipv4/conf/${device}/arp_ignore`, '8'],
  ];
  for (const [path, value] of settings) {
    try {
      writeFileSync(`/proc/sys/net/${path}`, value);
    } catch {
      // A kernel without IPv6 has no such file, and nothing to be kept out.
    }
  }
}
