import { spawn } from 'node:child_process';
import { OperatorError } from '../core/errors.ts';

export interface ExecOptions {
  /** Text for its standard input. */
  input?: string;
  /** Milliseconds until it is killed. */
  timeout?: number;
  /** Kills it. */
  abort?: AbortSignal;
  uid?: number;
  gid?: number;
}

/**
 * Runs a program to its end and answers its standard output. A failure carries the last lines it wrote to standard
 * error, because those are what an operator needs. It is an OperatorError, which is not tried again, only when it is
 * known that somebody has to mend something first: a program that was killed says nothing about the next time.
 */
export function exec(program: string, args: readonly string[], options: ExecOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const { input, timeout = 30_000, abort, ...user } = options;
    const child = spawn(program, args, { ...user, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    const kill = () => child.kill('SIGKILL');
    abort?.addEventListener('abort', kill);
    let out = '';
    let errors = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4000)));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(
        new OperatorError(`${program} cannot be run: ${cause.message}`, 'Install it, or mend the PATH.', { cause }),
      );
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      abort?.removeEventListener('abort', kill);
      if (code === 0) return resolve(out);
      const how = signal ? `was ended by ${signal}` : `failed with ${code}`;
      const words = errors.trim().split('\n').slice(-3).join(' ') || 'it said nothing';
      const message = `${program} ${args[0] ?? ''} ${how}: ${words}`;
      const hint = hintFor(words);
      reject(hint === null ? new Error(message) : new OperatorError(message, hint));
    });
  });
}

/** What an operator must do before another attempt can succeed; null when another attempt may just do. */
function hintFor(words: string): string | null {
  if (/no space left/i.test(words)) return "Free space on the disk of this host's state directory.";
  if (/permission denied/i.test(words))
    return 'The agent runs as root, QEMU as its own user: check the owners of the paths.';
  return null;
}

/** Runs at most `limit` of the given functions at a time. */
export function createLimit(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
