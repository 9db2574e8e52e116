import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { computeCloud, type ComputeCloud } from '../../src/compute/testing.ts';
import type { HostId } from '../../src/core/ids.ts';
import { ensureHostProvider, syncHostInventory } from '../../src/placement/index.ts';
import { simCapacity } from '../../src/sim/drivers.ts';
import type { Orders } from './worker.ts';

const SEED = Number(process.env.POTLUCK_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Hosts with room for so many small servers each: 512 MiB for the host, 64 for each QEMU. */
const HOSTS = [3, 5, 8, 2];

async function addHosts({ app }: ComputeCloud): Promise<void> {
  const now = Date.now();
  const capacity = JSON.stringify(simCapacity('race'));
  await app.store.transaction(async (tx) => {
    await tx.db
      .updateTable('hosts')
      .set({ last_seen: now + 3_600_000, enabled: 0 })
      .execute();
    for (const [n, room] of HOSTS.entries()) {
      const host = { id: `race-${n}` as HostId, uuid: `00000000-0000-4000-8000-00000000000${n}`, name: `race-${n}` };
      await tx.db
        .insertInto('hosts')
        .values({
          ...host,
          ...{ token_hash: null, enabled: 1, forced_down: 0, generation: 1, reported_generation: 1 },
          ...{ last_seen: now + 3_600_000, vcpus: 8, memory_mib: 8192, disk_gib: 100, capacity },
          ...{ created_at: now, updated_at: now },
        })
        .execute();
      await ensureHostProvider(tx, host, now);
      await syncHostInventory(tx, host, { vcpus: 8, memoryMib: 512 + room * 576, diskGib: 100 }, now);
    }
  });
}

async function makeGroup(cloud: ComputeCloud, policy: string, rules?: object): Promise<string> {
  const body = { server_group: { name: policy, policy, ...(rules && { rules }) } };
  const headers = { 'openstack-api-version': 'compute 2.64' };
  return (await cloud.request('POST', '/compute/v2.1/os-server-groups', { body, headers })).body.server_group.id;
}

/** Servers that have a host, and what they were promised there. */
async function placed({ app }: ComputeCloud) {
  const { read } = app.store;
  const servers = await read
    .selectFrom('servers')
    .select(['id', 'host_id', 'vm_state', 'memory_mib', 'fault'])
    .where('deleted', '=', 0)
    .execute();
  const shares = await read
    .selectFrom('allocations')
    .innerJoin('resource_providers', 'uuid', 'provider')
    .select(['consumer', 'host_id', 'resource_class', 'used'])
    .execute();
  return { servers, shares };
}

test(`controllers that place at the same time never promise more than there is (seed ${SEED})`, async (t) => {
  const cloud = await computeCloud(t);
  const quota = { instances: -1, cores: -1, ram: -1, server_group_members: -1, server_groups: -1 };
  const path = '/compute/v2.1/os-quota-sets/project-demo';
  await cloud.request('PUT', path, { as: 'admin', body: { quota_set: quota } });
  await addHosts(cloud);
  const apart = await makeGroup(cloud, 'anti-affinity');
  const pairs = await makeGroup(cloud, 'anti-affinity', { max_server_per_host: 2 });
  const together = await makeGroup(cloud, 'affinity');
  const orders = (seed: number): Orders => ({
    ...{ config: cloud.app.config, seed, requests: 24, groups: [apart, pairs, together] },
    ...{ imageId: cloud.imageId, networkId: cloud.networkId },
  });
  const workers = [0, 1].map(
    (n) => new Worker(join(import.meta.dirname, 'worker.ts'), { workerData: orders(SEED + n) }),
  );
  await Promise.all(
    workers.map(async (worker) => {
      const [refused] = (await once(worker, 'message')) as [string[]];
      assert.deepEqual(refused, []);
    }),
  );

  const { servers, shares } = await placed(cloud);
  const { read } = cloud.app.store;
  const rows = await read
    .selectFrom('inventories')
    .innerJoin('resource_providers', 'uuid', 'provider')
    .selectAll()
    .execute();
  for (const row of rows) {
    const given = shares.filter((one) => one.host_id === row.host_id && one.resource_class === row.resource_class);
    assert.equal(
      row.used,
      given.reduce((sum, one) => sum + one.used, 0),
      `${row.name} ${row.resource_class}`,
    );
    assert.ok(
      row.used + row.overhead <= (row.total - row.reserved) * row.allocation_ratio,
      `${row.name} is overcommitted`,
    );
  }
  for (const server of servers) {
    const memory = shares.filter((one) => one.consumer === server.id && one.resource_class === 'MEMORY_MB');
    const entitled = server.host_id === null ? [] : [{ host_id: server.host_id, used: server.memory_mib }];
    assert.deepEqual(
      memory.map(({ host_id, used }) => ({ host_id, used })),
      entitled,
      server.id,
    );
    assert.equal(server.host_id === null, server.vm_state === 'error', String(server.fault));
  }
  const members = await read
    .selectFrom('server_group_members')
    .innerJoin('servers', 'servers.id', 'server_id')
    .select(['group_id', 'host_id'])
    .where('host_id', 'is not', null)
    .execute();
  const most = (group: string) =>
    HOSTS.map((_, n) => members.filter((one) => one.group_id === group && one.host_id === `race-${n}`).length);
  assert.ok(Math.max(...most(apart)) <= 1, `anti-affinity: ${most(apart).join()}`);
  assert.ok(Math.max(...most(pairs)) <= 2, `anti-affinity with two: ${most(pairs).join()}`);
  assert.ok(most(together).filter((count) => count > 0).length <= 1, `affinity: ${most(together).join()}`);
  const addresses = await read.selectFrom('port_addresses').select(['subnet_id', 'address']).execute();
  assert.equal(new Set(addresses.map((one) => `${one.subnet_id} ${one.address}`)).size, addresses.length);
});
