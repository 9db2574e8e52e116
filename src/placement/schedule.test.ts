import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId } from '../core/ids.ts';
import { CHECKS } from './checks.ts';
import { meets } from './match.ts';
import {
  explainNoHost,
  explainWithNames,
  schedule,
  withPlaced,
  type Demand,
  type GroupDemand,
  type HostInventory,
} from './schedule.ts';

const NOW = 1_000_000;
const PLENTY = { vcpus: 64, memoryMib: 7616, diskGib: 100 };

const host = (name: string, change: Partial<HostInventory> = {}): HostInventory => ({
  id: name as HostId,
  name,
  zone: 'nova',
  enabled: true,
  disabledReason: null,
  upUntil: NOW + 60_000,
  free: PLENTY,
  largest: PLENTY,
  others: new Map(),
  traits: new Set(),
  capabilities: { hypervisor_type: 'QEMU', 'cpu_info:arch': 'x86_64' },
  aggregates: [],
  servers: 0,
  ...change,
});

const free = (memoryMib: number) => ({ ...PLENTY, memoryMib });

const demand = (change: Partial<Demand> = {}): Demand => ({
  ...{ vcpus: 2, memoryMib: 2048, diskGib: 10, others: {} },
  ...{ now: NOW, projectId: 'demo', zone: null, host: null, group: null, awayFrom: [], togetherWith: null },
  ...{ traits: { required: [], forbidden: [] }, aggregateSpecs: [], capabilities: [] },
  ...change,
});

const names = (hosts: HostInventory[], change: Partial<Demand> = {}) =>
  schedule(hosts, demand(change)).ranked.map((one) => one.name);

test('busy hosts are filled first, the fuller one before, and equal ones by name', () => {
  const hosts = [
    host('idle-b'),
    host('idle-a'),
    host('busy', { servers: 1, free: free(7000) }),
    host('full', { servers: 2, free: free(3000) }),
  ];
  assert.deepEqual(names(hosts), ['full', 'busy', 'idle-a', 'idle-b']);
  const two = schedule(hosts.toReversed(), demand(), 2);
  assert.deepEqual([two.ranked.map((one) => one.name), two.fit], [['full', 'busy'], 4]);
});

test('each host is counted once, for what is hardest to change; names are for administrators', () => {
  const small = { free: free(1024) };
  const choice = schedule(
    [
      ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => host(name, { free: free(512) })),
      host('h', { ...small, zone: 'north' }),
      host('kept', { ...small, enabled: false, disabledReason: 'new fan' }),
      host('off', { ...small, upUntil: NOW - 1 }),
      host('tight', small),
    ],
    demand({ zone: 'nova' }),
  );
  assert.deepEqual(choice.ranked, []);
  assert.equal(
    explainNoHost(choice),
    'No valid host was found. 11 hosts: 1 in another zone than nova; 1 disabled; 1 down or not heard of lately; ' +
      '8 too little memory (needs 2048 MiB, at most 1024 MiB free).',
  );
  assert.deepEqual(explainWithNames(choice), [
    '1 host in another zone than nova: h (north)',
    '1 host disabled: kept (new fan)',
    '1 host down or not heard of lately: off',
    '8 hosts too little memory (needs 2048 MiB, at most 1024 MiB free): a, b, c, d, e and 3 more',
  ]);
  assert.match(explainNoHost(schedule([], demand())), /There are no hosts/);
});

test('room: what is left, what one server may have at most, and other resource classes', () => {
  const reasons = (one: Partial<HostInventory>, change: Partial<Demand> = {}) =>
    explainNoHost(schedule([host('a', one)], demand(change)));
  assert.match(reasons({ free: { ...PLENTY, vcpus: 0 } }), /1 too few vCPUs \(needs 2, at most 0 free\)/);
  assert.match(reasons({ free: { ...PLENTY, diskGib: 5 } }), /too little disk \(needs 10 GiB, at most 5 GiB free\)/);
  assert.match(reasons({ largest: { ...PLENTY, vcpus: 1 } }), /too small for one server with 2 vCPUs/);
  assert.match(reasons({}, { others: { PCPU: 2 } }), /without enough PCPU \(needs 2\)/);
  assert.deepEqual(names([host('a', { others: new Map([['CUSTOM_GPU', 1]]) })], { others: { CUSTOM_GPU: 1 } }), ['a']);
  const placed = withPlaced(host('a', { others: new Map([['CUSTOM_GPU', 2]]) }), demand({ others: { CUSTOM_GPU: 1 } }));
  assert.deepEqual(placed.free, { vcpus: 62, memoryMib: 7616 - 2048 - 64, diskGib: 90 });
  assert.deepEqual([placed.others.get('CUSTOM_GPU'), placed.servers], [1, 1]);
});

test('traits and capabilities that flavor and image ask for', () => {
  const hosts = [host('plain'), host('fast', { traits: new Set(['CUSTOM_FAST']) })];
  assert.deepEqual(names(hosts, { traits: { required: ['CUSTOM_FAST'], forbidden: [] } }), ['fast']);
  assert.deepEqual(names(hosts, { traits: { required: [], forbidden: ['CUSTOM_FAST'] } }), ['plain']);
  const none = schedule(hosts, demand({ traits: { required: ['CUSTOM_FAST'], forbidden: ['CUSTOM_FAST'] } }));
  assert.match(explainNoHost(none), /1 without CUSTOM_FAST; 1 with CUSTOM_FAST, which is forbidden/);
  assert.deepEqual(names([host('a')], { capabilities: [['cpu_info:arch', '<or> i686 <or> x86_64']] }), ['a']);
  const arm = schedule([host('a')], demand({ capabilities: [['cpu_info:arch', 'aarch64']] }));
  assert.match(explainNoHost(arm), /1 not cpu_info:arch=aarch64/);
});

test('aggregates: what flavors ask of them, projects they are kept for, and a limit of servers', () => {
  const ssd = host('ssd', { aggregates: [{ ssd: 'true' }, { availability_zone: 'nova' }] });
  assert.deepEqual(names([ssd, host('plain')], { aggregateSpecs: [['ssd', 'true']] }), ['ssd']);
  const kept = host('kept', { aggregates: [{ filter_tenant_id: 'choir, demo' }, { filter_tenant_id2: 'club' }] });
  assert.deepEqual(names([kept]), ['kept']);
  assert.deepEqual(names([kept], { projectId: 'club' }), ['kept']);
  assert.deepEqual(names([kept, host('open')], { projectId: 'other' }), ['open']);
  const few = { aggregates: [{ max_instances_per_host: '3' }, { max_instances_per_host: '2' }] };
  assert.deepEqual(names([host('a', { ...few, servers: 2 }), host('b', { ...few, servers: 1 })]), ['b']);
});

test('server groups: hard rules exclude, soft ones rank', () => {
  const hosts = [host('a', { servers: 2, free: free(6000) }), host('b')];
  const group = (policy: GroupDemand['policy'], on: string[], most = 1) => ({
    group: { policy, maxServerPerHost: most, hosts: on as HostId[] },
  });
  assert.deepEqual(names(hosts, group('anti-affinity', ['a'])), ['b']);
  assert.deepEqual(names(hosts, group('anti-affinity', ['a'], 2)), ['a', 'b']);
  assert.deepEqual(names(hosts, group('affinity', ['b'])), ['b']);
  assert.deepEqual(names(hosts, group('affinity', [])), ['a', 'b']);
  assert.deepEqual(names(hosts, group('soft-anti-affinity', ['a'])), ['b', 'a']);
  assert.deepEqual(names(hosts, group('soft-affinity', ['b'])), ['b', 'a']);
});

test('hints and a wished host', () => {
  const hosts = [host('a'), host('b')];
  assert.deepEqual(names(hosts, { host: 'b' }), ['b']);
  assert.deepEqual(names(hosts, { awayFrom: ['a' as HostId] }), ['b']);
  assert.deepEqual(names(hosts, { togetherWith: ['a' as HostId] }), ['a']);
});

test('extra specs compare with operators', () => {
  const cases: [value: string, requirement: string, is: boolean][] = [
    ['a', 'a', true],
    ['a', 'b', false],
    ['8', '>= 4', true],
    ['2', '= 4', false],
    ['4', '!= 4', false],
    ['x86_64', 's== x86_64', true],
    ['b', '<or> a <or> b', true],
    ['c', '<or> a <or> b', false],
    ['aes avx', '<all-in> aes avx', true],
    ['aes', '<all-in> aes avx', false],
    ['12311321', '<in> 11', true],
  ];
  for (const [value, requirement, is] of cases) assert.equal(meets(value, requirement), is, `${value} ${requirement}`);
});

test('a host that a look is enough for is judged as by the checks one by one', () => {
  let seed = 7;
  const below = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  const hosts = Array.from({ length: 400 }, (_, number) =>
    host(`host-${number}`, {
      free: { vcpus: below(4), memoryMib: below(4096), diskGib: below(20) },
      largest: { ...PLENTY, memoryMib: below(8) === 0 ? 1024 : 7616 },
      zone: below(4) === 0 ? 'north' : 'nova',
      enabled: below(10) !== 0,
      upUntil: NOW - 5 + below(60),
      servers: below(2),
      ...(below(10) === 0 && { capabilities: {} }),
      ...(below(10) === 0 && { aggregates: [{ filter_tenant_id: below(2) === 0 ? 'demo' : 'other' }] }),
    }),
  );
  for (const zone of [null, 'nova']) {
    const wish = demand({ zone });
    const checks = CHECKS.filter((check) => check.asked?.(wish) ?? true);
    const expected = new Map<number, number>();
    for (const one of hosts) {
      const reason = checks.findIndex((check) => check.fails(one, wish));
      expected.set(reason, (expected.get(reason) ?? 0) + 1);
    }
    const choice = schedule(hosts, wish);
    const counts = choice.objections.map((one) => one.hosts);
    const inOrder = (numbers: number[]) => numbers.toSorted((a, b) => a - b);
    assert.deepEqual(inOrder([choice.fit, ...counts]), inOrder([...expected.values()]));
    assert.ok(choice.fit > 10 && counts.length >= 7);
  }
});
