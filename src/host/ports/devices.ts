import { readFileSync } from 'node:fs';
import { exec } from '../exec.ts';
import type { Mark } from './switch.ts';

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
