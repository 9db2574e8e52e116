import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCidr } from '../addresses.ts';
import { publicPools } from './cloud.ts';

function poolsOf(text: string): string[] {
  const cidr = parseCidr(text);
  assert.ok(cidr);
  return publicPools(cidr).map(({ start, end }) => `${start}-${end}`);
}

test('addresses to give away leave out this machine, wherever in the network it is', () => {
  assert.deepEqual(poolsOf('172.24.4.1/24'), ['172.24.4.10-172.24.4.250']);
  assert.deepEqual(poolsOf('172.24.4.254/24'), ['172.24.4.10-172.24.4.250']);
  assert.deepEqual(poolsOf('172.24.4.100/24'), ['172.24.4.10-172.24.4.99', '172.24.4.101-172.24.4.250']);
  assert.deepEqual(poolsOf('192.0.2.1/28'), ['192.0.2.2-192.0.2.14']);
  assert.deepEqual(poolsOf('192.0.2.2/28'), ['192.0.2.3-192.0.2.14']);
});
