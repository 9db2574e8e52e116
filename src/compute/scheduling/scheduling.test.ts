import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeCloud, versioned, type ComputeCloud } from '../testing.ts';

const admin = (cloud: ComputeCloud, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) =>
  cloud.request(method, path, { as: 'admin', body, ...versioned('2.74') });

async function fault(cloud: ComputeCloud, server: Record<string, unknown> = {}): Promise<string | undefined> {
  const { fault: found } = await cloud.show(await cloud.boot(server));
  return found?.message;
}

test('what administrators say of hosts counts for the next server', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.boot();
  const made = await admin(cloud, 'POST', '/compute/v2.1/os-aggregates', { aggregate: { name: 'hall' } });
  const path = `/compute/v2.1/os-aggregates/${made.body.aggregate.id}`;
  const act = (body: unknown) => admin(cloud, 'POST', `${path}/action`, body);
  const say = (metadata: Record<string, string | null>) => act({ set_metadata: { metadata } });
  assert.equal((await act({ add_host: { host: 'alpha' } })).status, 200);

  await say({ filter_tenant_id: 'project-other' });
  assert.match((await fault(cloud)) ?? '', /1 host: 1 kept for other projects/);
  await say({ filter_tenant_id: null, max_instances_per_host: '1' });
  assert.match((await fault(cloud)) ?? '', /as many servers as their aggregate allows/);
  await say({ max_instances_per_host: null });
  assert.equal((await say({ cpu_allocation_ratio: 'much' })).status, 400);
  const ratio = async () => {
    const [host] = (await admin(cloud, 'GET', '/compute/v2.1/os-hypervisors/detail')).body.hypervisors;
    const row = await cloud.app.store.read
      .selectFrom('inventories')
      .select('allocation_ratio')
      .where('provider', '=', host.id)
      .where('resource_class', '=', 'VCPU')
      .executeTakeFirstOrThrow();
    return row.allocation_ratio;
  };
  await say({ cpu_allocation_ratio: '0.25' });
  assert.equal(await ratio(), 0.25);
  assert.match((await fault(cloud)) ?? '', /too few vCPUs \(needs 1, at most 0 free\)/);
  await say({ cpu_allocation_ratio: null });
  assert.equal(await ratio(), 16);
  assert.equal(await fault(cloud), undefined);

  // Servers stay in the zone they were made in.
  const zone = { aggregate: { availability_zone: 'east' } };
  const refused = await admin(cloud, 'PUT', path, zone);
  assert.equal(refused.status, 400);
  assert.match(refused.body.badRequest.message, /contain instances in this zone/);

  const services = (await admin(cloud, 'GET', '/compute/v2.1/os-services?binary=nova-compute')).body.services;
  const status = { status: 'disabled', disabled_reason: 'new fan' };
  await admin(cloud, 'PUT', `/compute/v2.1/os-services/${services[0].id}`, status);
  const id = await cloud.boot();
  assert.match((await cloud.show(id)).fault.message, /1 host: 1 disabled\.$/);
  assert.match((await cloud.show(id, { as: 'admin' })).fault.details, /alpha \(new fan\)/);
});

test('what flavors, images and administrators ask of a host', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.report([], {
    capacity: { ...(await capacity(cloud)), traits: ['CUSTOM_X86_64_V2', 'HW_CPU_X86_SSE42'] },
  });
  const flavor = async (id: string, specs: Record<string, string>) => {
    const body = { flavor: { id, name: id, ram: 512, disk: 1, vcpus: 1 } };
    await admin(cloud, 'POST', '/compute/v2.1/flavors', body);
    await admin(cloud, 'POST', `/compute/v2.1/flavors/${id}/os-extra_specs`, { extra_specs: specs });
    return id;
  };
  assert.equal(
    await fault(cloud, { flavorRef: await flavor('v2', { 'trait:CUSTOM_X86_64_V2': 'required' }) }),
    undefined,
  );
  const v3 = await flavor('v3', { 'trait:CUSTOM_X86_64_V3': 'required' });
  assert.match((await fault(cloud, { flavorRef: v3 })) ?? '', /1 without CUSTOM_X86_64_V3/);
  const ssd = await flavor('ssd', { 'aggregate_instance_extra_specs:ssd': 'true' });
  assert.match((await fault(cloud, { flavorRef: ssd })) ?? '', /in no aggregate with ssd=true/);
  const pinned = await flavor('pinned', { 'hw:cpu_policy': 'dedicated' });
  assert.match((await fault(cloud, { flavorRef: pinned })) ?? '', /without enough PCPU \(needs 1\)/);
  await cloud.report([], { capacity: { ...(await capacity(cloud)), traits: ['CUSTOM_X86_64_V3'] } });
  assert.equal(await fault(cloud, { flavorRef: v3 }), undefined);

  const wish = (server: Record<string, unknown>) =>
    admin(cloud, 'POST', '/compute/v2.1/servers', {
      server: { name: 'x', flavorRef: '1', imageRef: cloud.imageId, networks: 'none', ...server },
    });
  assert.equal((await wish({ availability_zone: 'nova:alpha:alpha' })).status, 202);
  assert.equal((await wish({ availability_zone: 'nova::alpha' })).status, 202);
  assert.equal((await wish({ host: 'alpha', hypervisor_hostname: 'alpha' })).status, 202);
  assert.equal((await wish({ host: 'alpha', hypervisor_hostname: 'beta' })).status, 400);
});

async function capacity({ app }: ComputeCloud) {
  const row = await app.store.read.selectFrom('hosts').select('capacity').executeTakeFirstOrThrow();
  return JSON.parse(row.capacity ?? '{}');
}
