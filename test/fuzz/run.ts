import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog, silentLog } from '../../src/core/log.ts';
import { makeTemplate } from './controller.ts';
import { runSeed } from './seed.ts';

// Random operations and faults over controller, agents and database, in simulated time; what must hold at the end is
// in invariants.ts. Seeds that once failed are kept in kept-seeds.json and always run.

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    /** Only this one, with everything it does. */
    seed: { type: 'string' },
    first: { type: 'string', default: '1' },
    operations: { type: 'string', default: '40' },
    log: { type: 'boolean', default: false },
  },
});

const kept = JSON.parse(readFileSync(join(import.meta.dirname, 'kept-seeds.json'), 'utf8')) as number[];
const first = Number(values.first);
const numbered = Array.from({ length: Number(values.seeds) }, (_, n) => first + n);
const seeds =
  values.seed !== undefined ? [Number(values.seed)] : [...new Set([...kept, ...numbered, randomInt(2 ** 31)])];
const verbose = values.seed !== undefined;

/** In memory where there is such a place: a thousand databases are not for a disk. */
const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'potluck-fuzz-'));
const begun = process.hrtime.bigint();
const failed: number[] = [];
let simulated = 0;
try {
  const template = await makeTemplate(scratch);
  for (const seed of seeds) {
    const lines: string[] = [];
    const say = (line: string) => void (verbose ? process.stdout.write(`${line}\n`) : lines.push(line));
    const log = values.log ? createLog('debug', say) : silentLog;
    try {
      simulated += await runSeed({ seed, template, scratch, operations: Number(values.operations), log, say });
    } catch (error) {
      failed.push(seed);
      process.stdout.write(
        `seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.stdout.write(`  again, with all that it does: ./potluck test fuzz --seed ${seed}\n`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const hours = (simulated / 3600).toFixed(1);
process.stdout.write(
  `${seeds.length} seeds (the random one was ${seeds.at(-1)}), ${hours} simulated hours in ${seconds.toFixed(0)} s: ` +
    `${failed.length === 0 ? 'all hold' : `${failed.length} failed: ${failed.join(', ')}`}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
