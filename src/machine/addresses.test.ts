import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostAddress, networkCidr, nthAddress, overlap, parseCidr, type Cidr } from './addresses.ts';

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  assert.ok(parsed, text);
  return parsed;
}

test('a network and its addresses, in both versions', () => {
  assert.equal(networkCidr(cidr('172.24.4.1/24')), '172.24.4.0/24');
  assert.equal(hostAddress(cidr('172.24.4.1/24')), '172.24.4.1');
  assert.equal(nthAddress(cidr('172.24.4.1/24'), 10), '172.24.4.10');
  assert.equal(nthAddress(cidr('172.24.4.1/24'), -6), '172.24.4.250');
  assert.equal(networkCidr(cidr('fd12:0:0:4::1/64')), 'fd12:0:0:4::/64');
  assert.equal(nthAddress(cidr('fd12:0:0:4::1/64'), 0x10), 'fd12:0:0:4::10');
});

test('what is no network is null', () => {
  for (const text of ['', '1.2.3.4', '1.2.3.4/33', '1.2.3.4/x', '::1/129', 'host/24', '1.2.3/24']) {
    assert.equal(parseCidr(text), null, text);
  }
});

test('networks overlap when one contains the other', () => {
  assert.ok(overlap(cidr('172.24.4.1/24'), cidr('172.16.0.0/12')));
  assert.ok(overlap(cidr('0.0.0.0/0'), cidr('10.0.0.0/8')));
  assert.ok(!overlap(cidr('172.24.4.1/24'), cidr('172.24.5.1/24')));
  assert.ok(!overlap(cidr('172.24.4.1/24'), cidr('::/0')));
});
