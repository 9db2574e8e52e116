import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../support/postgres.ts';

/** The contract of the store, upgrades, races of two controllers, and the whole unit suite on a real PostgreSQL, which lives as long as this. */
const ROOT = join(import.meta.dirname, '../..');
const cluster = await startCluster();
try {
  const patterns = process.argv.slice(2);
  const wanted =
    patterns.length > 0 ? patterns : ['test/contract/*.test.ts', 'test/controllers/*.test.ts', 'src/**/*.test.ts'];
  const files = wanted.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).toSorted();
  // Each has databases of its own.
  const options = ['--disable-warning=ExperimentalWarning', '--test', `--test-concurrency=${availableParallelism()}`];
  const { status } = spawnSync(process.execPath, [...options, ...files], {
    cwd: ROOT,
    stdio: 'inherit',
    // Milliseconds; a test that hangs is named by the runner when it is told to end.
    timeout: 15 * 60_000,
    env: { ...process.env, POTLUCK_TEST_DATABASE: cluster.url },
  });
  process.exitCode = status ?? 1;
} finally {
  await cluster.stop();
}
