import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId } from '../core/ids.ts';
import { explainNoHost, schedule, traitsOf, withPlaced, type Demand, type HostInventory } from './schedule.ts';

const host = (name: string, change: Partial<HostInventory> = {}): HostInventory => ({
  id: name as HostId,
  name,
  zone: 'nova',
  enabled: true,
  disabledReason: null,
  up: true,
  free: { vcpus: 64, memoryMib: 7616, diskGib: 100 },
  traits: new Set(),
  servers: 0,
  ...change,
});

const free = (memoryMib: number) => ({ vcpus: 64, memoryMib, diskGib: 100 });

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
    host('busy', { servers: 1, free: free(7000) }),
    host('full', { servers: 2, free: free(3000) }),
  ];
  assert.deepEqual(names(hosts), ['full', 'busy', 'idle']);
});

test('what a host lacks is said, each thing of it', () => {
  const choice = schedule(
    [
      host('off', { up: false }),
      host('kept', { enabled: false, disabledReason: 'new fan' }),
      host('small', { free: { vcpus: 0, memoryMib: 1924, diskGib: 5 } }),
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

test('traits that a flavor requires or forbids', () => {
  const hosts = [host('plain'), host('fast', { traits: new Set(['CUSTOM_FAST']) })];
  assert.deepEqual(names(hosts, { traits: { required: ['CUSTOM_FAST'], forbidden: [] } }), ['fast']);
  assert.deepEqual(names(hosts, { traits: { required: [], forbidden: ['CUSTOM_FAST'] } }), ['plain']);
  const none = schedule(hosts, demand({ traits: { required: ['CUSTOM_FAST'], forbidden: ['CUSTOM_FAST'] } }));
  assert.match(explainNoHost(none), /plain: has not the trait CUSTOM_FAST; fast: has the forbidden trait CUSTOM_FAST/);
});

test('traits that a flavor and an image ask for', () => {
  const flavor = { 'trait:CUSTOM_FAST': 'required', 'hw:cpu_policy': 'shared', 'trait:CUSTOM_OLD': 'forbidden' };
  const image = { 'trait:CUSTOM_FAST': 'required', 'trait:CUSTOM_ODD': 'perhaps' };
  assert.deepEqual(traitsOf(flavor, image), { required: ['CUSTOM_FAST'], forbidden: ['CUSTOM_OLD'] });
});

test('server groups: hard rules exclude, soft ones rank', () => {
  const hosts = [host('a', { servers: 2, free: free(6000) }), host('b')];
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
  assert.deepEqual(withPlaced(host('a'), demand()).free, { vcpus: 62, memoryMib: 7616 - 2048 - 64, diskGib: 90 });
});
