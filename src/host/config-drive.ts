import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostServer } from './document.ts';
import { exec } from './exec.ts';
import { makeDirectory, remove } from './files.ts';
import { taggedDevices } from './metadata/devices.ts';
import { configDriveFiles } from './metadata/render.ts';
import type { Hardware } from './qemu/hardware.ts';

/**
 * Writes the config drive: an ISO 9660 file system with the label `config-2`, by which guests find it. Format:
 * https://docs.openstack.org/nova/latest/user/metadata.html#config-drives
 */
export async function writeConfigDrive(server: HostServer, hardware: Hardware | null, path: string): Promise<void> {
  const devices = hardware === null ? [] : taggedDevices(server, hardware);
  const scratch = `${path}.d`;
  await remove(scratch);
  await makeDirectory(scratch, 0o700);
  try {
    const grafts = await stage(scratch, configDriveFiles(server, devices));
    const format = ['-quiet', '-J', '-r', '-l', '-ldots', '-allow-lowercase', '-allow-multidot', '-V', 'config-2'];
    const temporary = `${path}.tmp`;
    await exec('genisoimage', [...format, '-publisher', 'Potluck', '-graft-points', '-o', temporary, ...grafts]);
    await rename(temporary, path);
  } finally {
    await remove(scratch);
  }
}

/** Puts each distinct content into one file, and answers the `path=file` words that place it. */
async function stage(scratch: string, files: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const contents = new Map([...files.values()].map((body) => [digest(body), body]));
  await Promise.all([...contents].map(([name, body]) => writeFile(join(scratch, name), body, { mode: 0o644 })));
  return [...files].map(([path, body]) => `${path}=${join(scratch, digest(body))}`);
}

function digest(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
