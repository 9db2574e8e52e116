import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neighbourCommands } from './neighbours.ts';

test('a reused address gets its new owner, a gone one is forgotten, the rest is left alone', () => {
  const has = new Map([
    ['10.0.0.3', 'fa:16:3e:00:00:03'],
    ['10.0.0.4', 'fa:16:3e:00:00:04'],
    ['10.0.0.5', 'fa:16:3e:00:00:05'],
  ]);
  const wants = new Map([
    ['10.0.0.3', 'fa:16:3e:00:00:03'],
    ['10.0.0.4', 'fa:16:3e:00:00:99'],
  ]);
  assert.deepEqual(neighbourCommands('pli', has, wants), [
    'neigh del 10.0.0.5 dev pli',
    'neigh replace 10.0.0.4 lladdr fa:16:3e:00:00:99 dev pli nud permanent',
  ]);
});
