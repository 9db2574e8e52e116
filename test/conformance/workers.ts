import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createSubunitReader, type Packet } from './subunit.ts';

/** How Tempest's Python is started. */
export interface TempestPython {
  command: readonly string[];
  environment: Record<string, string>;
  /** Of Tempest. */
  version: string;
  /** Where the workers run and what they say on standard error is written. */
  directory: string;
}

interface Worker {
  /** Gives it a line of work; resolves when that is done, rejects if the worker ended instead. */
  work(line: string, onPacket: (packet: Packet) => void): Promise<void>;
  end(): void;
  kill(): void;
}

/** Starts one process of worker.py. */
export function startWorker(python: TempestPython, name: string): Worker {
  const [program = '', ...args] = python.command;
  const child = spawn(program, args, {
    cwd: python.directory,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: process.env['HOME'] ?? '/root', ...python.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log = createWriteStream(`${python.directory}/${name}.log`);
  child.stderr.pipe(log);
  let current: { onPacket: (packet: Packet) => void; done: () => void; failed: (error: Error) => void } | null = null;
  let ended: Error | null = null;
  const reader = createSubunitReader((packet) => {
    if (packet.testId !== 'done') return current?.onPacket(packet);
    current?.done();
  });
  child.stdout.on('data', (chunk: Buffer) => reader.write(chunk));
  child.stdin.on('error', () => undefined);
  const end = (error: Error) => {
    ended ??= error;
    current?.failed(ended);
  };
  child.on('error', end);
  child.on('close', (code, signal) => {
    end(new Error(`Tempest's process ended with ${signal ?? code}; see ${python.directory}/${name}.log`));
  });
  return {
    async work(line, onPacket) {
      if (ended) throw ended;
      try {
        await new Promise<void>((done, failed) => {
          current = { onPacket, done, failed };
          child.stdin.write(`${line}\n`);
        });
      } finally {
        current = null;
      }
    },
    end: () => void child.stdin.end(),
    kill: () => void child.kill('SIGTERM'),
  };
}

/** Ids of all tests that this Tempest has. */
export async function listTests(python: TempestPython): Promise<string[]> {
  const worker = startWorker(python, 'list');
  const ids: string[] = [];
  await worker.work('list', (packet) => {
    if (packet.testId !== null) ids.push(packet.testId);
  });
  worker.end();
  return ids;
}
