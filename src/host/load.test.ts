import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { test } from 'node:test';
import { busyPercent, createLoadMeter } from './load.ts';

test('the load is what was done since the last look, and never more than all', () => {
  assert.equal(busyPercent({ busy: 100, total: 1000 }, { busy: 400, total: 2000 }), 30);
  assert.equal(busyPercent({ busy: 100, total: 1000 }, { busy: 100, total: 1000 }), 0);
  assert.equal(busyPercent({ busy: 900, total: 2000 }, { busy: 400, total: 1000 }), 0);
  assert.equal(busyPercent({ busy: 0, total: 0 }, { busy: 5, total: 4 }), 100);
  const load = createLoadMeter()();
  assert.ok(load.cpuPercent >= 0 && load.cpuPercent <= 100);
  assert.ok(load.memoryUsedMib > 0 && load.memoryUsedMib < totalmem() / 1024 ** 2);
});
