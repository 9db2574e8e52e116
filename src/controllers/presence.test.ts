import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reachedAt } from './presence.ts';

test('a controller is reached at what is said, where it listens, as the database sees it, or at its own address', () => {
  const known = { given: undefined, listen: '::', seen: '192.0.2.7', own: ['198.51.100.1'] };
  assert.equal(reachedAt({ ...known, given: 'one.example.org' }), 'one.example.org');
  assert.equal(reachedAt({ ...known, listen: '192.0.2.9' }), '192.0.2.9');
  assert.equal(reachedAt(known), '192.0.2.7');
  // A database on the same machine says nothing of the way from others.
  assert.equal(reachedAt({ ...known, seen: '127.0.0.1' }), '198.51.100.1');
  assert.equal(reachedAt({ ...known, seen: null, listen: '0.0.0.0' }), '198.51.100.1');
  assert.equal(reachedAt({ ...known, seen: '::1', own: [] }), '127.0.0.1');
});
