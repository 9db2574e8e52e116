import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId } from '../core/ids.ts';
import { explainNoPool, matches, scheduleVolume, type Pool, type VolumeDemand } from './schedule.ts';

const pool = (name: string, change: Partial<Pool> = {}): Pool => ({
  ...{ id: name as HostId, name, zone: 'nova', enabled: true, disabledReason: null, frozen: false, up: true },
  ...{ seenAt: 0, changedAt: 0, uuid: name, totalGib: 100, freeGib: 50, allocatedGib: 50 },
  ...change,
});
const demand = (change: Partial<VolumeDemand> = {}): VolumeDemand => ({
  ...{ sizeGib: 10, zone: null, hostId: null, extraSpecs: {}, togetherWith: null, awayFrom: [] },
  ...change,
});

test('the pool with the most room wins, of those that may have the volume', () => {
  const pools = [
    pool('a'),
    pool('b', { freeGib: 80 }),
    pool('c', { freeGib: 90, up: false }),
    pool('d', { zone: 'z' }),
  ];
  const names = (change?: Partial<VolumeDemand>) => scheduleVolume(pools, demand(change)).ranked.map((one) => one.name);
  assert.deepEqual(names(), ['b', 'a', 'd']);
  assert.deepEqual(names({ zone: 'z' }), ['d']);
  assert.deepEqual(names({ hostId: 'a' as HostId }), ['a']);
  assert.deepEqual(names({ sizeGib: 60 }), ['b']);
  assert.deepEqual(names({ awayFrom: ['b' as HostId], togetherWith: ['a' as HostId, 'b' as HostId] }), ['a']);
  assert.deepEqual(names({ extraSpecs: { vendor_name: 'Elsewhere' } }), []);
  assert.deepEqual(names({ extraSpecs: { 'capabilities:multiattach': '<is> True', 'other:scope': 'x' } }), [
    'b',
    'a',
    'd',
  ]);
  assert.deepEqual(names({ extraSpecs: { 'RESKEY:availability_zones': 'y, z' } }), ['d']);
});

test('why there is no place is told', () => {
  const text = explainNoPool(scheduleVolume([pool('a', { enabled: false, disabledReason: 'disk is old' })], demand()));
  assert.match(text, /a: is disabled \(disk is old\)/);
  assert.match(explainNoPool({ ranked: [], rejected: [] }), /no hosts/);
});

test('requirements of extra specs', () => {
  assert.ok(matches('True', '<is> true') && !matches('True', '<is> False'));
  assert.ok(matches('local', '<or> local <or> ceph') && !matches('nfs', '<or> local <or> ceph'));
  assert.ok(matches('1.0', '>= 1') && !matches('1.0', '>= 2') && matches('1.0', '<= 2') && matches('1.0', '== 1'));
  assert.ok(matches('nbd', 's== nbd') && matches('nbd', 's!= x') && matches('nbd', '<in> nb') && matches('nbd', 'NBD'));
});
