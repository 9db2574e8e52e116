import { spawn } from 'node:child_process';
import { OperatorError } from '../core/errors.ts';

export interface RunOptions {
  /** Milliseconds until it is killed; 60,000 if not given. */
  timeout?: number;
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Receives each line of standard output and standard error as it comes. */
  onLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit code; 127 when the program is not there, 124 when it took too long. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end and answers however it ended. Never throws. */
export function tryRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? '/',
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, options.timeout ?? 60_000);
    const lines = lineSplitter(options.onLine);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      lines(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      lines(text);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, stdout, stderr: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : (code ?? 1), stdout, stderr });
    });
    // A program that ends without reading its input is not an error of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a program and answers its standard output; throws an OperatorError with its last words when it fails. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await tryRun(program, args, options);
  if (result.code === 0) return result.stdout;
  const command = [program, ...args].join(' ');
  const short = command.length > 160 ? `${command.slice(0, 157)}...` : command;
  throw new OperatorError(
    `\`${short}\` ${failure(result.code, options.timeout)}`,
    lastWords(result) || 'It said nothing. Run it by hand to see why.',
  );
}

/** Whether the program ends with 0. */
export async function succeeds(program: string, args: readonly string[], options: RunOptions = {}): Promise<boolean> {
  return (await tryRun(program, args, options)).code === 0;
}

/** The last three non-empty lines that a program wrote. */
export function lastWords(result: RunResult): string {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr;
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-3)
    .join('\n');
}

function failure(code: number, timeout = 60_000): string {
  if (code === 127) return 'could not be started: the program is missing.';
  if (code === 124) return `did not end within ${Math.round(timeout / 1000)} s.`;
  return `failed with exit code ${code}.`;
}

function lineSplitter(onLine?: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    if (!onLine) return;
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  };
}
