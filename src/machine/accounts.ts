import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText, writeWhole } from './files.ts';
import type { Paths } from './paths.ts';
import { run, succeeds, tryRun } from './run.ts';

/** The unprivileged user as whom QEMU runs: it owns nothing but the disks of servers. */
export const QEMU_USER = 'potluck-qemu';

/**
 * Makes the user and the directories, with the modes that keep secrets secret. Idempotent. The user's own group is
 * `kvm`: a process that gives up root keeps no further groups, and must still open /dev/kvm.
 */
export async function ensureAccounts(paths: Paths): Promise<void> {
  await run('groupadd', ['--system', '--force', 'kvm']);
  if (await succeeds('id', ['-u', QEMU_USER])) {
    await run('usermod', ['--gid', 'kvm', QEMU_USER]);
  } else {
    await run('useradd', [
      ...['--system', '--gid', 'kvm', '--no-create-home', '--home-dir', '/nonexistent'],
      ...['--shell', '/usr/sbin/nologin', '--comment', 'Potluck servers', QEMU_USER],
    ]);
  }
  // Others may pass through the state to the disks that QEMU may read, and see nothing.
  for (const [directory, mode] of [
    [paths.state, 0o711],
    [paths.controller, 0o700],
    [paths.host, 0o711],
    [paths.kvmTest, 0o755],
    [paths.images, 0o755],
    [paths.secrets, 0o700],
    [paths.sv, 0o700],
    [paths.bin, 0o755],
    [paths.log, 0o750],
    [paths.run, 0o755],
  ] as const) {
    await mkdir(directory, { recursive: true });
    await chmod(directory, mode);
  }
}

/** Removes the user; nothing if there is none. */
export async function removeAccounts(): Promise<void> {
  if (await succeeds('id', ['-u', QEMU_USER])) await tryRun('userdel', [QEMU_USER]);
}

/** The secret of this name, made at random when it is first asked for; readable by root alone. */
export async function secret(paths: Paths, name: string, make: () => string = randomPassword): Promise<string> {
  const path = join(paths.secrets, name);
  const kept = (await readText(path))?.trim();
  if (kept !== undefined && kept !== '') return kept;
  const made = make();
  await writeWhole(path, `${made}\n`, 0o600);
  return made;
}

/** The id under which this machine is a host of the cloud; kept, so that a second `up` is the same host. */
export const hostId = (paths: Paths): Promise<string> => secret(paths, 'host-id', randomUUID);

export const randomPassword = (): string => randomBytes(18).toString('base64url');
