import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSignals } from './signals.ts';

test('a signal raised before the wait is not lost', async () => {
  const signals = createSignals();
  const seen = signals.count('ovn');
  signals.raise('ovn');
  await signals.wait('ovn', seen, 60_000);
  assert.equal(signals.count('ovn'), seen + 1);
});

test('a waiter wakes on its own name and on abort', async () => {
  const signals = createSignals();
  const abort = new AbortController();
  let woken = false;
  const waiting = signals.wait('host:a', 0, 60_000, abort.signal).then(() => (woken = true));
  signals.raise('host:b');
  await Promise.resolve();
  assert.equal(woken, false);
  abort.abort();
  await waiting;
  assert.equal(woken, true);
});
