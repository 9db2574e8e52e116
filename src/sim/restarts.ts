import { spawn, type ChildProcess } from 'node:child_process';
import { watchTree } from './watch-tree.ts';

export interface RestartOptions {
  /** Program and arguments; it has an IPC channel, and sends a message when it is ready. */
  command: readonly [string, ...string[]];
  /** Directory whose changes restart it. */
  directory: string;
  onReady: (message: unknown, milliseconds: number) => void;
  /** It ended by itself: whether to start it again with the next change. */
  onEnd: (code: number | null) => boolean;
}

const SOURCE = /\.(ts|js|json|html|css|sql)$/;
const TEST = /\.test\.ts$/;
/** An editor or a checkout changes several files at once. */
const TOGETHER = 150;
const PATIENCE = 15_000;

/**
 * Runs a program, again after each change of the sources, until aborted. Its end comes with ours, also when we are
 * killed: then its IPC channel closes.
 */
export async function runWithRestarts(options: RestartOptions, abort: AbortSignal): Promise<void> {
  let child: ChildProcess | null = null;
  let changed = false;
  let wake = () => {};
  const noteChange = () => {
    changed = true;
    if (child) end(child);
    wake();
  };
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchTree(options.directory, (file) => {
    if (!SOURCE.test(file) || TEST.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(noteChange, TOGETHER);
  });
  const stop = () => {
    if (child) end(child);
    wake();
  };
  abort.addEventListener('abort', stop);
  try {
    while (!abort.aborted) {
      changed = false;
      const begin = performance.now();
      const [program, ...args] = options.command;
      const running = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
      child = running;
      running.on('message', (message) => options.onReady(message, performance.now() - begin));
      const code = await ended(running);
      child = null;
      if (abort.aborted || changed) continue;
      if (!options.onEnd(code)) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    clearTimeout(timer);
    watcher.close();
    abort.removeEventListener('abort', stop);
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code));
  });
}

function end(child: ChildProcess): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  child.on('exit', () => clearTimeout(timer));
}
