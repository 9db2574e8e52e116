import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, withClients } from './client.ts';

test('a tour through openstacksdk: identity, image, network, volume, compute, placement', async () => {
  // Debian's Python, where Debian's packages are; another one may come first in the PATH.
  const outcome = await withClients('/usr/bin/python3', [
    join(ROOT, 'test/cloud/sdk/tour.py'),
    'potluck',
    'potluck-demo',
  ]);
  assert.equal(outcome.code, 0, `${outcome.stdout}\n${outcome.stderr}`);
  const total = /^(\d+) calls with openstacksdk/m.exec(outcome.stdout)?.[1];
  assert.ok(Number(total) >= 120, outcome.stdout);
});
