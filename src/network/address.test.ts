import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressKey,
  canonicalIp,
  canonicalMac,
  eui64,
  formatCidr,
  formatIp,
  ipOfKey,
  overlaps,
  parseCidr,
  parseIp,
} from './address.ts';
import { defaultPools } from './pools.ts';
import { firstFree } from './subnet-pool.ts';

const cidr = (text: string) => parseCidr(text) ?? assert.fail(text);
const ip = (text: string) => parseIp(text) ?? assert.fail(text);

test('addresses are written in one way only', () => {
  for (const [given, canonical] of [
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fd00::', 'fd00::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['300.0.0.1', null],
    ['10.0.0', null],
    ['fe80::1%eth0', null],
    ['', null],
  ] as const) {
    assert.equal(canonicalIp(given), canonical, given);
  }
});

test('ranges clear host bits and refuse what is none', () => {
  assert.equal(formatCidr(cidr('10.0.0.7/24')), '10.0.0.0/24');
  assert.equal(formatCidr(cidr('fd00::7/64')), 'fd00::/64');
  for (const text of ['10.0.0.0/33', '10.0.0.0/24/1', '10.0.0.0/x', 'fd00::/129', 'net/8', '10.0.0.0/']) {
    assert.equal(parseCidr(text), null, text);
  }
  assert.equal(overlaps(cidr('10.0.0.0/8'), cidr('10.9.0.0/16')), true);
  assert.equal(overlaps(cidr('10.0.0.0/9'), cidr('10.128.0.0/9')), false);
});

test('keys sort as numbers do', () => {
  const keys = ['10.0.0.2', '10.0.0.10', '192.0.2.1'].map((text) => addressKey(ip(text)));
  assert.deepEqual(keys.toSorted(), keys);
  assert.equal(formatIp(ipOfKey(addressKey(ip('2001:db8::5')))), '2001:db8::5');
});

test('a host makes its address from its MAC', () => {
  assert.equal(formatIp(eui64(cidr('2001:db8::/64'), 'fa:16:3e:00:00:01')), '2001:db8::f816:3eff:fe00:1');
});

test('MAC addresses are unicast', () => {
  assert.equal(canonicalMac('FA-16-3E-00-00-01'), 'fa:16:3e:00:00:01');
  for (const text of ['01:00:5e:00:00:01', '00:00:00:00:00:00', 'fa:16:3e', 'hello']) {
    assert.equal(canonicalMac(text), null, text);
  }
});

test('default pools hold every host address but the gateway', () => {
  const pools = (range: string, gateway: string | null) =>
    defaultPools(cidr(range), gateway === null ? null : ip(gateway)).map((pool) =>
      [pool.first, pool.last].map((value) => formatIp({ version: pool.version, value })).join('-'),
    );
  assert.deepEqual(pools('10.0.0.0/24', '10.0.0.1'), ['10.0.0.2-10.0.0.254']);
  assert.deepEqual(pools('10.0.0.0/24', '10.0.0.9'), ['10.0.0.1-10.0.0.8', '10.0.0.10-10.0.0.254']);
  assert.deepEqual(pools('10.0.0.0/24', null), ['10.0.0.1-10.0.0.254']);
  assert.deepEqual(pools('10.0.0.0/31', '10.0.0.0'), ['10.0.0.1-10.0.0.1']);
  assert.deepEqual(pools('fd00::/64', 'fd00::1'), ['fd00::2-fd00::ffff:ffff:ffff:ffff']);
});

test('blocks are cut from the lowest free place', () => {
  const free = (length: number, taken: string[]) => {
    const found = firstFree(4, length, [cidr('10.0.0.0/16')], taken.map(cidr));
    return found && formatCidr(found);
  };
  assert.equal(free(24, []), '10.0.0.0/24');
  assert.equal(free(24, ['10.0.0.0/26', '10.0.1.0/24']), '10.0.2.0/24');
  assert.equal(free(26, ['10.0.0.0/26', '10.0.1.0/24']), '10.0.0.64/26');
  assert.equal(free(16, ['10.0.3.0/24']), null);
  assert.equal(free(8, []), null);
});
