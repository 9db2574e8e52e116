import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What qemu-img read from an image's header. */
export interface QemuImgInfo {
  format: string;
  virtualSizeBytes: number;
  backingFile: string | null;
  encrypted: boolean;
}

/** qemu-img ran and did not accept the file; `message` is its own first line. */
export class QemuImgRefusal extends Error {
  override name = 'QemuImgRefusal';
}

const DEADLINE = 15_000;
const CPU_SECONDS = 10;
const MEMORY_BYTES = 1024 ** 3;
const MOST_OUTPUT = 1024 * 1024;
/** Where the child finds the file: it gets an open descriptor, and no path of ours. */
const CHILD_FD = 3;

/**
 * `qemu-img info` of an open file as the given format, which is never guessed. The parser runs on hostile bytes, so it
 * gets little time and memory, no privileges, and as root another user: the file must be readable by anybody who is
 * handed its descriptor (mode 0644 in a directory that others may not enter).
 *
 * Null when this machine has no qemu-img. Throws QemuImgRefusal for a file that it does not accept.
 */
export async function qemuImgInfo(fd: number, format: string): Promise<QemuImgInfo | null> {
  const info = ['qemu-img', 'info', '--output=json', '--force-share', '-f', format, `/dev/fd/${CHILD_FD}`];
  const [command = '', ...args] = confined(info);
  const { code, stdout, stderr, timedOut } = await run(command, args, fd);
  if (timedOut) throw new QemuImgRefusal(`reading its header took longer than ${DEADLINE / 1000} seconds`);
  if (code === 127 || code === 'ENOENT') return null;
  if (code !== 0 && /^(setpriv|prlimit):/m.test(stderr)) {
    throw new Error(`qemu-img could not be confined, so it was not run: ${stderr.trim()}`);
  }
  if (code !== 0) throw new QemuImgRefusal(refusal(stderr, code));
  const answer = JSON.parse(stdout) as Record<string, unknown>;
  const { format: found, 'virtual-size': size, 'backing-filename': backing, encrypted } = answer;
  if (typeof found !== 'string' || typeof size !== 'number') throw new QemuImgRefusal('qemu-img told no size');
  return {
    format: found,
    virtualSizeBytes: size,
    backingFile: typeof backing === 'string' ? backing : null,
    encrypted: encrypted === true,
  };
}

/** The command with its limits around it. */
function confined(command: readonly string[]): string[] {
  const user = process.getuid?.() === 0 ? unprivilegedUser() : null;
  const identity = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--bounding-set=-all'] : [];
  const limits = [`--as=${MEMORY_BYTES}`, `--cpu=${CPU_SECONDS}`, '--core=0', '--fsize=0', '--nofile=64'];
  return ['setpriv', '--no-new-privs', ...identity, '--', 'prlimit', ...limits, '--', ...command];
}

/** The user that QEMU runs as on this machine, else `nobody`. */
function unprivilegedUser(): { uid: string; gid: string } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'potluck-qemu') ?? users.find(([name]) => name === 'nobody');
  return { uid: found?.[2] ?? '65534', gid: found?.[3] ?? '65534' };
}

interface Outcome {
  code: number | string | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

function run(command: string, args: readonly string[], fd: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const outcome: Outcome = { code: null, stdout: '', stderr: '', timedOut: false };
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', fd],
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    });
    const timer = setTimeout(() => {
      outcome.timedOut = true;
      child.kill('SIGKILL');
    }, DEADLINE);
    const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      outcome[name] += chunk.toString();
      if (outcome[name].length > MOST_OUTPUT) child.kill('SIGKILL');
    };
    child.stdout?.on('data', collect('stdout'));
    child.stderr?.on('data', collect('stderr'));
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ ...outcome, code: error.code ?? 'failed', stderr: error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...outcome, code: code ?? signal });
    });
  });
}

/** qemu-img's words without our descriptor's name. */
function refusal(stderr: string, code: number | string | null): string {
  const line = stderr.split('\n').find((one) => one.trim() !== '') ?? '';
  return (
    line.replace(/^qemu-img: /, '').replaceAll(`'/dev/fd/${CHILD_FD}'`, 'the file') || `qemu-img ended with ${code}`
  );
}
