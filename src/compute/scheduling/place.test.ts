import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId } from '../../core/ids.ts';
import { schedule, withPlaced, type Demand, type HostInventory } from '../../placement/index.ts';
import { sameAgain, type Placed } from './place.ts';

test('a server after another of its kind is placed as if every host were looked at', () => {
  const now = 1_000_000;
  const hosts = Array.from({ length: 30 }, (_, number): HostInventory => {
    const free = { vcpus: 64, memoryMib: 600 + ((number * 7919) % 40) * 100, diskGib: 100 };
    const about = { zone: 'nova', disabledReason: null, traits: new Set<string>(), aggregates: [] };
    const what = { largest: free, others: new Map<string, number>(), capabilities: { 'cpu_info:arch': 'x86_64' } };
    const host = { id: `host-${number}` as HostId, name: `host-${number}`, ...about, ...what };
    return { ...host, free, enabled: number % 9 !== 0, upUntil: now + 60_000, servers: number % 3 };
  });
  const demand: Demand = {
    ...{ vcpus: 1, memoryMib: 512, diskGib: 1, others: {}, now, projectId: 'p', zone: null, host: null, group: null },
    ...{ traits: { required: [], forbidden: [] }, aggregateSpecs: [], capabilities: [] },
    ...{ awayFrom: [], togetherWith: null },
  };
  const view = { host: (id: HostId) => hosts.find((one) => one.id === id) };
  let before: Placed | null = null;
  let short = 0;
  for (let number = 0; ; number++) {
    const choice = schedule(hosts, demand, 5);
    const again = sameAgain(view, demand, before);
    if (again) {
      short += 1;
      const told = ({ ranked, ...rest }: typeof choice) => ({ ...rest, names: ranked.map((one) => one.name) });
      assert.deepEqual(told(again), told(choice), `server ${number}`);
    }
    const [host] = choice.ranked;
    if (!host) break;
    hosts[hosts.indexOf(host)] = withPlaced(host, demand);
    before = { host, choice };
  }
  assert.ok(short > 30, `${short}`);
  // One who lost the best to somebody else looks again.
  const [first, second] = schedule(hosts, { ...demand, memoryMib: 0 }, 2).ranked;
  const lost = { host: second ?? null, choice: { ranked: first ? [first] : [], hosts: 2, fit: 2, objections: [] } };
  assert.equal(sameAgain(view, { ...demand, memoryMib: 0 }, lost), null);
});
