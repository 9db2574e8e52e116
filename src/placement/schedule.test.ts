import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId } from '../core/ids.ts';
import { explainNoHost, schedule, withPlaced, type Demand, type HostInventory } from './schedule.ts';

const host = (name: string, change: Partial<HostInventory> = {}): HostInventory => ({
  id: name as HostId,
  name,
  zone: 'nova',
  enabled: true,
  disabledReason: null,
  up: true,
  vcpus: 4,
  memoryMib: 8192,
  diskGib: 100,
  vcpusUsed: 0,
  memoryUsedMib: 0,
  diskUsedGib: 0,
  servers: 0,
  ...change,
});

const demand = (change: Partial<Demand> = {}): Demand => ({
  vcpus: 2,
  memoryMib: 2048,
  diskGib: 10,
  zone: null,
  host: null,
  group: null,
  awayFrom: [],
  togetherWith: null,
  ...change,
});

const names = (hosts: HostInventory[], change: Partial<Demand> = {}) =>
  schedule(hosts, demand(change)).ranked.map((one) => one.name);

test('busy hosts are filled first, the fuller one before', () => {
  const hosts = [
    host('idle'),
    host('busy', { servers: 1, memoryUsedMib: 512 }),
    host('full', { servers: 2, memoryUsedMib: 4096 }),
  ];
  assert.deepEqual(names(hosts), ['full', 'busy', 'idle']);
});

test('what a host lacks is said, each thing of it', () => {
  const choice = schedule(
    [
      host('off', { up: false }),
      host('kept', { enabled: false, disabledReason: 'new fan' }),
      host('small', { memoryMib: 2500, diskGib: 5, vcpus: 0 }),
    ],
    demand({ zone: 'north' }),
  );
  assert.deepEqual(choice.ranked, []);
  assert.deepEqual(choice.rejected[1]?.reasons, ['is in zone nova, not north', 'is disabled (new fan)']);
  assert.deepEqual(choice.rejected[2]?.reasons.slice(1), [
    'has 0 of 2 vCPUs free',
    'has 1924 of 2048 MiB memory free',
    'has 5 of 10 GiB disk free',
  ]);
  assert.match(explainNoHost(choice), /^No valid host was found. off: .*has not been heard of lately; kept: /);
  assert.match(explainNoHost(schedule([], demand())), /There are no hosts/);
});

test('vCPUs may be promised sixteen times, memory once', () => {
  assert.deepEqual(names([host('a', { vcpusUsed: 62 })]), ['a']);
  assert.deepEqual(names([host('a', { vcpusUsed: 63 })]), []);
  assert.deepEqual(names([host('a', { memoryUsedMib: 6000, servers: 1 })]), []);
});

test('server groups: hard rules exclude, soft ones rank', () => {
  const hosts = [host('a', { servers: 2, memoryUsedMib: 1024 }), host('b')];
  const group = (
    policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity',
    on: string[],
    most = 1,
  ) => ({
    group: { policy, maxServerPerHost: most, hosts: on as HostId[] },
  });
  assert.deepEqual(names(hosts, group('anti-affinity', ['a'])), ['b']);
  assert.deepEqual(names(hosts, group('anti-affinity', ['a'], 2)), ['a', 'b']);
  assert.deepEqual(names(hosts, group('affinity', ['b'])), ['b']);
  assert.deepEqual(names(hosts, group('affinity', [])), ['a', 'b']);
  assert.deepEqual(names(hosts, group('soft-anti-affinity', ['a'])), ['b', 'a']);
  assert.deepEqual(names(hosts, group('soft-affinity', ['b'])), ['b', 'a']);
});

test('hints, a wished host, and what was placed a moment ago', () => {
  const hosts = [host('a'), host('b')];
  assert.deepEqual(names(hosts, { host: 'b' }), ['b']);
  assert.deepEqual(names(hosts, { awayFrom: ['a' as HostId] }), ['b']);
  assert.deepEqual(names(hosts, { togetherWith: ['a' as HostId] }), ['a']);
  assert.equal(withPlaced(host('a'), demand()).memoryUsedMib, 2048);
});
