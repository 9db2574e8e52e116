import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concerns } from './kinds.ts';

test('a change is news for the lists of its kind, and for its own details', () => {
  const changes = [{ kind: 'servers', id: 'a' }, { kind: 'volumes' }];
  assert.ok(concerns(changes, ['servers', 'list']));
  assert.ok(concerns(changes, ['servers', 'one', 'a', 'log']));
  assert.ok(!concerns(changes, ['servers', 'one', 'b']));
  assert.ok(concerns(changes, ['volumes', 'one', 'x']));
  assert.ok(!concerns(changes, ['images', 'list']));
  assert.ok(!concerns(changes, ['session']));
});
