import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process of ours that answers a message with a message. */
export interface Part {
  pid: number;
  /** What it said of itself when it was ready. */
  ready: Record<string, number>;
  ask<T>(): Promise<T>;
  /** Lets it end by itself. */
  end(): Promise<void>;
}

/** The settings under which `potluck up` runs the daemons: src/machine/daemons.ts. */
const ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' };

export async function start(file: string, args: readonly string[], flags: readonly string[] = []): Promise<Part> {
  const all = ['--disable-warning=ExperimentalWarning', ...flags, join(import.meta.dirname, file), ...args];
  const cache = process.env.NODE_COMPILE_CACHE;
  const env = { ...process.env, ...ENVIRONMENT, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) };
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env });
  const ready = await said<Record<string, number>>(child);
  return {
    pid: child.pid ?? 0,
    ready,
    ask<T>() {
      child.send('look');
      return said<T>(child);
    },
    end: () =>
      new Promise((resolve) => {
        child.on('exit', () => resolve());
        child.disconnect();
      }),
  };
}

function said<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}

/** Memory in MB (10^6 bytes) that would be free without the process: its own, and its share of what several have. */
export function pss(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN) * 1024) / 1e6;
}

const TICKS_PER_SECOND = 100;

/** Seconds of processor that the process has used, with all its threads. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** MB that the process has sent to the disk. */
export function written(pid: number): number {
  const text = readFileSync(`/proc/${pid}/io`, 'utf8');
  return Number(/^write_bytes: (\d+)/m.exec(text)?.[1] ?? Number.NaN) / 1e6;
}
