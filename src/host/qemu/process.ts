import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readArgs } from './command.ts';

/** A QEMU process of ours, whether we started it or found it. */
export interface QemuProcess {
  pid: number;
  /** Resolves when the process is gone, with its signal or code if we are its parent. */
  readonly ended: Promise<Exit>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export interface Exit {
  signal: string | null;
  code: number | null;
  /** Whether `signal` and `code` are known: only a parent learns them. */
  seen: boolean;
}

const POLL = 500;

/**
 * Starts QEMU in a session of its own, so that whatever ends the agent does not end it. Its words go to `log`.
 * `incoming` is a file it may read as descriptor 3.
 */
export function spawnQemu(
  binary: string,
  args: readonly string[],
  user: { uid: number; gid: number },
  log: string,
  incoming: string | null,
): Promise<QemuProcess> {
  const words = openSync(log, 'w', 0o644);
  const state = incoming === null ? null : openSync(incoming, 'r');
  let child: ChildProcess;
  try {
    child = spawn(binary, args, {
      ...user,
      detached: true,
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
      stdio: ['ignore', words, words, ...(state === null ? [] : [state])],
    });
  } finally {
    closeSync(words);
    if (state !== null) closeSync(state);
  }
  const { pid } = child;
  const ended = new Promise<Exit>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal, seen: true }));
    child.on('error', () => resolve({ code: null, signal: null, seen: false }));
  });
  child.unref();
  if (pid === undefined) {
    return new Promise((_, reject) => child.on('error', reject));
  }
  return Promise.resolve({ pid, ended, kill: (signal) => void child.kill(signal) });
}

export interface FoundProcess {
  process: QemuProcess;
  server: string;
  boot: number;
  startedAt: number;
}

/** All QEMUs whose monitor is at a place that `isOurs` accepts, from /proc; `abort` ends watching them. */
export async function findQemus(isOurs: (qmp: string) => boolean, abort: AbortSignal): Promise<FoundProcess[]> {
  const found = await findProcesses((args) => {
    const about = readArgs(args);
    return about !== null && isOurs(about.qmp) ? about : null;
  }, abort);
  return found.map(({ about, process }) => ({ ...about, process }));
}

/** All programs of QEMU of whose arguments `read` makes something. */
export async function findProcesses<About>(
  read: (args: readonly string[]) => About | null,
  abort: AbortSignal,
): Promise<{ about: About; process: QemuProcess }[]> {
  const found: { about: About; process: QemuProcess }[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const args = await readCommand(pid);
    if (!basename(args[0] ?? '').startsWith('qemu')) continue;
    const about = read(args);
    if (about !== null) found.push({ about, process: await watch(pid, abort) });
  }
  return found;
}

async function watch(pid: number, abort: AbortSignal): Promise<QemuProcess> {
  const birth = await birthOf(pid);
  const ended = Promise.withResolvers<Exit>();
  const timer = setInterval(() => {
    void birthOf(pid).then((now) => {
      // A number that another process has by now is as gone as one that nobody has.
      if (now === null || now !== birth) {
        clearInterval(timer);
        ended.resolve({ code: null, signal: null, seen: false });
      }
    });
  }, POLL);
  abort.addEventListener('abort', () => clearInterval(timer));
  return {
    pid,
    ended: ended.promise,
    kill(signal) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended in the meantime.
      }
    },
  };
}

async function readCommand(pid: number): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  } catch {
    return [];
  }
}

/** When the process began, in clock ticks since boot; null when it is gone or only its exit status is left. */
async function birthOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** The last line that a program wrote to its log; that it waits for its monitor, as each QEMU does, is no news. */
export async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.includes('waiting for connection on'));
  return lines.at(-1)?.slice(0, 300) ?? '';
}
