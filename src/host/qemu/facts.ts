import type { HostServer } from '../document.ts';
import type { Machine } from '../drivers.ts';
import type { Hardware } from './hardware.ts';
import { lastWords, type Exit } from './process.ts';

/** Whether the guest is told of devices by names of the user. */
export function isTagged({ ports, attachments }: HostServer): boolean {
  return [...ports, ...attachments].some(({ tag }) => tag !== null && tag !== undefined);
}

/** What a machine reports of its hardware. */
export function pluggedInto({ nics, volumes }: Hardware): Pick<Machine, 'ports' | 'disks'> {
  return {
    ports: nics.map((nic) => nic.port),
    disks: volumes.map(({ attachment, volumeId, sizeGib }) => ({ id: attachment, volumeId, sizeGib })),
  };
}

/** Why a QEMU is gone, for a person. */
export async function reasonOf(exit: Exit, log: string): Promise<string> {
  const words = await lastWords(log);
  const said = words ? ` Its last words: ${words}` : '';
  if (!exit.seen) return `QEMU was found ended.${said}`;
  if (exit.signal) return `QEMU was ended by signal ${exit.signal}.${said}`;
  return `QEMU ended with exit code ${exit.code}.${said}`;
}
