import assert from 'node:assert/strict';
import { test } from 'node:test';
import { potluck } from './client.ts';

test('20 rounds of servers made and deleted while processes are killed leave nothing over', async () => {
  const { code, stdout, stderr } = await potluck(['test', 'kill'], 1200);
  console.log(stdout);
  assert.equal(code, 0, stdout + stderr);
});
