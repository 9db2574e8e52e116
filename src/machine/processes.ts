import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The words a process was started with; empty when it is gone (or a zombie). */
export async function commandLine(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.split('\0').filter((word) => word !== '');
}

/**
 * Whether the process runs and has `word` in its command line: a number from a pid file may belong to anybody after a
 * reboot.
 */
export async function isRunning(pid: number, word: string): Promise<boolean> {
  return (await commandLine(pid)).some((part) => part.includes(word));
}

/** Processes whose command line satisfies the test. */
export async function findProcesses(test: (words: string[]) => boolean): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) if (pid !== process.pid && test(await commandLine(pid))) found.push(pid);
  return found;
}

/** Sends a signal, waits, and sends SIGKILL when the time (milliseconds) is up. */
export async function killAndWait(pid: number, signal: NodeJS.Signals, patience: number): Promise<void> {
  const send = (what: NodeJS.Signals) => {
    try {
      process.kill(pid, what);
    } catch {
      // Gone already, which is what we want.
    }
  };
  send(signal);
  const end = performance.now() + patience;
  while ((await commandLine(pid)).length > 0) {
    if (performance.now() > end) return send('SIGKILL');
    await sleep(50);
  }
}
