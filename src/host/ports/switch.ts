import { readFileSync } from 'node:fs';
import { exec } from '../exec.ts';

/** The integration bridge, which OVN's controller fills with flows. */
export const BRIDGE = 'br-int';

/** What our things are marked with, on switch ports (external_ids:potluck) and on devices (alias). */
export type Mark = 'port' | 'metadata';

/**
 * The commands that plug a device into the switch. OVN binds the logical port whose name is `iface-id`; the words are
 * those of Nova, so that tools that look for them find them.
 */
export function plugCommands(device: string, ids: Record<string, string>, mark: Mark, mtu: number): string[][] {
  const all = Object.entries({ ...ids, 'iface-status': 'active', potluck: mark });
  return [
    ['--may-exist', 'add-port', BRIDGE, device],
    [
      ...['set', 'Interface', device, `mtu_request=${mtu}`],
      ...all.map(([key, value]) => `external_ids:${key}=${quote(value)}`),
    ],
  ];
}

export function unplugCommand(device: string): string[] {
  return ['--if-exists', 'del-port', BRIDGE, device];
}

/** A value as ovs-vsctl takes it: addresses contain colons. */
function quote(value: string): string {
  return JSON.stringify(value);
}

/** Devices on the switch with the mark. */
export async function pluggedDevices(database: string, mark: Mark): Promise<string[]> {
  const query = ['--bare', '--columns=name', 'find', 'Interface', `external_ids:potluck=${mark}`];
  const text = await exec('ovs-vsctl', ['--timeout=10', `--db=${database}`, ...query]);
  return text.split('\n').filter((line) => line !== '');
}

interface Link {
  ifname: string;
  ifalias?: string;
}

/** Network devices of this machine with the mark in their alias. */
export async function markedDevices(mark: Mark): Promise<string[]> {
  const links = JSON.parse((await exec('ip', ['-json', 'link', 'show'])) || '[]') as Link[];
  return links.filter((link) => link.ifalias === aliasOf(mark)).map((link) => link.ifname);
}

export const aliasOf = (mark: Mark) => `potluck-${mark}`;

/** Whether this network namespace has the device; /sys would speak of the namespace it was mounted in. */
export function hasDevice(device: string): boolean {
  return readFileSync('/proc/self/net/dev', 'utf8').includes(`${device}:`);
}
