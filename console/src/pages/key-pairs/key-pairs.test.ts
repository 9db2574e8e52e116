import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKeyName, keyNameOf } from './operations.ts';

test('names of keys are those that Nova takes', () => {
  assert.equal(keyNameOf('  Élise@portable (bureau) '), 'Elise@portable -bureau');
  assert.ok(isKeyName(keyNameOf('Élise@portable (bureau)')));
  assert.deepEqual(['ann@laptop', 'a/b', ''].map(isKeyName), [true, false, false]);
});
