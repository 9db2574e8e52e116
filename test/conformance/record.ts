import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import type { Facts } from './discover.ts';
import type { Leak } from './leaks.ts';
import type { Result } from './results.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A run, as it is written into a file and read again for the report. */
export interface RunRecord {
  title: string;
  /** What a reader must know of the run besides its figures. */
  note?: string;
  /** When it began, ISO 8601. */
  date: string;
  tempest: string;
  potluck: string;
  system: string;
  concurrency: number;
  validation: boolean;
  seconds: number;
  facts: Facts;
  results: Result[];
  leaks: Leak[];
}

/** What was tested and on what. */
export function versions(): { potluck: string; system: string } {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const os = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  return { potluck: `${version}${commit()}`, system: `${os}, Linux ${release()}, Node ${process.version}` };
}

function commit(): string {
  try {
    const words = ['rev-parse', '--short', 'HEAD'];
    return ` (${execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()})`;
  } catch {
    return '';
  }
}
