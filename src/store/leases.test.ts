import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSignals } from '../core/signals.ts';
import { takeLeases } from './leases.ts';
import { openTestStore } from './testing.ts';

test('a turn is one holder’s, renewed by it alone, until its time is over', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-leases-'));
  const store = await openTestStore(directory, createSignals());
  t.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const take = async (holder: string, milliseconds: number, names = ['ovn', 'servers']) =>
    [...(await takeLeases(store, holder, names, milliseconds))].toSorted();
  const both = await Promise.all([take('a', 60_000), take('b', 60_000)]);
  const [first, second] = both[0].length === 2 ? ['a', 'b'] : ['b', 'a'];
  assert.deepEqual(both.flat().toSorted(), ['ovn', 'servers']);
  assert.deepEqual(await take(second, 60_000, ['ovn', 'images']), ['images']);
  assert.deepEqual(await take(first, -1), ['ovn', 'servers']);
  assert.deepEqual(await take(second, 60_000), ['ovn', 'servers']);
  assert.deepEqual(await take(first, 60_000), []);
});
