import assert from 'node:assert/strict';
import { test } from 'node:test';
import { potluck } from './client.ts';

// Three rounds of another seed each time; `./potluck test kill` alone makes all twenty.
test('servers made and deleted while processes are killed leave nothing over', async () => {
  const { code, stdout, stderr } = await potluck(['test', 'kill', '--rounds', '6'], 600);
  console.log(stdout);
  assert.equal(code, 0, stdout + stderr);
});
