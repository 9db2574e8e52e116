import { chmod, readFile, stat } from 'node:fs/promises';
import { OperatorError } from '../core/errors.ts';
import { exec } from './exec.ts';
import { isMissing } from './files.ts';

/** The user that QEMU runs as. */
export interface QemuUser {
  name: string;
  uid: number;
  gid: number;
}

/** Looks the user up in /etc/passwd. */
export async function findUser(name: string): Promise<QemuUser> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  const [, , uid, gid] = lines.map((line) => line.split(':')).find(([user]) => user === name) ?? [];
  if (uid === undefined || gid === undefined) {
    throw new OperatorError(
      `There is no user ${name} to run QEMU as.`,
      `Make it: useradd --system --gid kvm --no-create-home --shell /usr/sbin/nologin ${name}`,
    );
  }
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * Makes a device usable for QEMU's user. With udev they have a mode that lets them in (`/dev/net/tun` 0666,
 * `/dev/kvm` 0660 for a group); without it they are root's alone. Answers the group to run with, if one is needed.
 * A missing device is none of our business here.
 */
export async function openDevice(path: string, user: QemuUser): Promise<{ present: boolean; group: number | null }> {
  try {
    const { mode, gid, uid } = await stat(path);
    if ((mode & 0o006) === 0o006 || (uid === user.uid && uid !== 0)) return { present: true, group: null };
    if ((mode & 0o060) === 0o060 && gid !== 0) return { present: true, group: gid === user.gid ? null : gid };
    await chmod(path, 0o666);
    return { present: true, group: null };
  } catch (error) {
    if (isMissing(error)) return { present: false, group: null };
    throw error;
  }
}

export interface QemuProbe {
  /** `7.2.22`. */
  version: string;
  /** 7002022. */
  versionNumber: number;
  /** What `pc` stands for in this version. */
  machine: string;
}

/** Asks QEMU for its version and machine types. */
export async function probeQemu(binary: string): Promise<QemuProbe> {
  const [versionText, machines] = await Promise.all([exec(binary, ['--version']), exec(binary, ['-machine', 'help'])]);
  const [, version, major, minor, micro] = /version ((\d+)\.(\d+)\.(\d+))/.exec(versionText) ?? [];
  const machine = /\(alias of (pc-i440fx-[\d.]+)\)/.exec(machines)?.[1];
  if (version === undefined || machine === undefined) {
    throw new OperatorError(`${binary} is not a QEMU we know.`, 'Install the package qemu-system-x86.');
  }
  return {
    version,
    versionNumber: Number(major) * 1_000_000 + Number(minor) * 1000 + Number(micro),
    machine,
  };
}
