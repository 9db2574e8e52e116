import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLog } from '../../src/core/log.ts';
import { createReconcilers } from '../../src/reconcilers.ts';
import { makeTemplate, startFuzzController } from './controller.ts';
import { MODES, type Sabotage } from './sabotage.ts';
import { runSeed } from './seed.ts';

// Every reconciler of the controller's own list, without a line for any of them: run twice, failed before and after,
// with transactions that fail, and killed between a commit and what follows it. Each run makes, changes and deletes
// servers and volumes, and ends in assertCleanSlate.

const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'potluck-faults-'));
after(() => rmSync(scratch, { recursive: true }));

async function names(template: string): Promise<string[]> {
  const probe = { directory: join(template, '..'), hosts: [], log: silentLog, skew: 0, reconcile: false };
  const controller = await startFuzzController(probe);
  const found = createReconcilers(controller.app).map((one) => one.name);
  await controller.kill();
  return found;
}

test('whatever happens to a reconciler, nothing is left behind', async (t) => {
  const template = await makeTemplate(scratch);
  const all = await names(template);
  assert.ok(all.length >= 6);
  const untouched = new Set(all);
  for (const reconciler of all) {
    for (const [index, mode] of MODES.entries()) {
      const sabotage: Sabotage = { reconciler, mode, left: 4, onKill: () => undefined };
      const say = () => undefined;
      const name = `${reconciler}: ${mode}`;
      await t.test(name, async () => {
        const options = { seed: 100 + index, template, scratch, operations: 20, log: silentLog, say };
        await runSeed({ ...options, faults: false, sabotage });
      });
      if (sabotage.left < 4) untouched.delete(reconciler);
    }
  }
  assert.deepEqual([...untouched], [], 'each of them was reached');
});
