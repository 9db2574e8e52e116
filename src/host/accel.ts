import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { isMissing, readIfExists, writeAtomic } from './files.ts';

export interface Verdict {
  accel: 'kvm' | 'tcg';
  /** For an operator. */
  reason: string;
}

export interface AccelOptions {
  wanted: 'auto' | 'kvm' | 'tcg';
  binary: string;
  qemuVersion: string;
  /** Directory with `vmlinuz`, put there by the set-up. */
  kernelDirectory: string;
  /** Where the verdict is remembered. */
  cache: string;
  /** User that QEMU runs as. */
  uid: number;
  gid: number;
  /** Milliseconds the kernel has to boot to its end. */
  limit?: number;
}

/**
 * Whether servers run under KVM. `/dev/kvm` proves nothing: nested virtualisation may offer it and then hang every
 * stock kernel, so a real Linux kernel is booted under it to the point where it misses its root file system. The
 * verdict holds until the host's kernel, its CPU, QEMU or the test's kernel changes.
 */
export async function chooseAccel(options: AccelOptions): Promise<Verdict> {
  if (options.wanted === 'kvm')
    return { accel: 'kvm', reason: 'KVM was asked for with --accel kvm; it was not tested.' };
  if (options.wanted === 'tcg') return { accel: 'tcg', reason: 'TCG was asked for with --accel tcg.' };
  const barred = await whyNoKvm();
  if (barred) return { accel: 'tcg', reason: barred };
  const kernel = await findKernel(options.kernelDirectory);
  if (kernel === null) {
    const where = join(options.kernelDirectory, 'vmlinuz');
    return {
      accel: 'tcg',
      reason: `KVM could not be tested without a kernel: put one at ${where}, or use --accel kvm.`,
    };
  }
  const key = [release(), cpus()[0]?.model ?? 'unknown', options.qemuVersion, kernel].join(' | ');
  const remembered = recall(await readIfExists(options.cache), key);
  if (remembered) return remembered;
  const outcome = await bootTest(options, kernel);
  const verdict: Verdict =
    outcome === null
      ? { accel: 'kvm', reason: 'A Linux kernel booted under KVM.' }
      : {
          accel: 'tcg',
          reason: `KVM does not work here: ${outcome}. Servers run emulated, which is slower. To test again, remove ${options.cache} and restart the agent.`,
        };
  await writeAtomic(options.cache, JSON.stringify({ key, verdict }));
  return verdict;
}

function recall(text: string | null, key: string): Verdict | null {
  if (text === null) return null;
  try {
    const cached = JSON.parse(text) as { key: string; verdict: Verdict };
    return cached.key === key ? cached.verdict : null;
  } catch {
    return null;
  }
}

async function whyNoKvm(): Promise<string | null> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    if (isMissing(error)) return 'There is no /dev/kvm: enable virtualisation in the firmware, or load the kvm module.';
    return `/dev/kvm cannot be opened: ${messageOf(error)}.`;
  }
}

/** The kernel the set-up put there, else the newest of the host's own. */
async function findKernel(directory: string): Promise<string | null> {
  for (const [folder, pattern] of [
    [directory, /^vmlinuz/],
    ['/boot', /^vmlinuz-/],
  ] as const) {
    const names = await readdir(folder).catch(() => []);
    const name = names
      .filter((file) => pattern.test(file))
      .sort()
      .at(-1);
    if (name) return join(folder, name);
  }
  return null;
}

/** Boots the kernel without a root file system. Answers null when it got that far, else what happened instead. */
function bootTest(options: AccelOptions, kernel: string): Promise<string | null> {
  const limit = options.limit ?? 10_000;
  const args = [
    ...['-machine', 'pc', '-accel', 'kvm', '-cpu', 'host', '-m', '256', '-nodefaults', '-no-user-config', '-no-reboot'],
    ...['-display', 'none', '-serial', 'stdio', '-kernel', kernel, '-append', 'console=ttyS0 panic=-1'],
  ];
  return new Promise((resolve) => {
    const child = spawn(options.binary, args, {
      uid: options.uid,
      gid: options.gid,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let serial = '';
    let errors = '';
    const settle = (outcome: string | null) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(outcome);
    };
    const timer = setTimeout(() => settle(`a Linux kernel hung for ${limit / 1000} s ${lastWords(serial)}`), limit);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      serial += text;
      if (/Kernel panic|Unable to mount root fs/.test(serial)) settle(null);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(0, 1000)));
    child.on('error', (error) => settle(`QEMU cannot be run (${error.message})`));
    child.on('close', (code, signal) => {
      const words = errors.trim().split('\n')[0] ?? '';
      settle(`QEMU ended with ${signal ?? code}${words ? ` and said '${words}'` : ''}`);
    });
  });
}

function lastWords(serial: string): string {
  const line = serial.trim().split('\n').at(-1)?.trim();
  return line ? `after '${line.slice(0, 120)}'` : 'without a word';
}
