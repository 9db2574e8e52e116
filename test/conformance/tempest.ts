import { join } from 'node:path';
import type { TempestPython } from './workers.ts';

/** The Tempest that this machine's Debian has. */
export function bookworm(directory: string): TempestPython {
  return {
    // Debian's own interpreter: another one does not have Debian's modules.
    command: ['/usr/bin/python3', join(import.meta.dirname, 'worker.py')],
    environment: { TEMPEST_CONFIG_DIR: directory, TEMPEST_CONFIG: 'tempest.conf', OS_TEST_TIMEOUT: '1200' },
    directory,
  };
}
