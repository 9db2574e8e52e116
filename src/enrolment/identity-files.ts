import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerIdentity } from './endpoint.ts';

/** Files in the controller's state with its certificate: OVN's databases on its machine show it to hosts. */
export const IDENTITY_FILES = { key: 'key.pem', certificate: 'certificate.pem', authority: 'authority.pem' } as const;

/** Writes them, each as a whole; who uses them reads them again when they change. */
export async function writeIdentityFiles(directory: string, identity: ServerIdentity): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const part of ['authority', 'key', 'certificate'] as const) {
    const path = join(directory, IDENTITY_FILES[part]);
    await writeFile(`${path}.new`, identity[part], { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
