import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TempestPython } from './workers.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Tempest as a Debian release has it: this machine's, or another one's in a root of its own (test/clients/run). */
export async function tempestOf(release: string | undefined, directory: string): Promise<TempestPython> {
  const prefix = release === undefined ? [] : [join(ROOT, 'test/clients/run'), release];
  const [program, ...args] = [...prefix, '/usr/bin/python3', '-c', VERSION];
  const { stdout } = await promisify(execFile)(program, args, { cwd: directory });
  return {
    // Debian's own interpreter: another one does not have Debian's modules.
    command: [...prefix, '/usr/bin/python3', join(import.meta.dirname, 'worker.py')],
    environment: { TEMPEST_CONFIG_DIR: directory, TEMPEST_CONFIG: 'tempest.conf', OS_TEST_TIMEOUT: '1200' },
    directory,
    version: stdout.trim(),
  };
}

const VERSION = "from importlib.metadata import version; print(version('tempest'))";
