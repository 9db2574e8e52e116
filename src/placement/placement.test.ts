import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { testCloud, type TestReply, type TestUser } from '../http/testing.ts';
import { placementService } from './index.ts';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const AGGREGATE = id(99);

interface Api {
  (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, options?: Options): Promise<TestReply>;
}
interface Options {
  version?: string;
  as?: TestUser;
}

async function api(t: TestContext): Promise<Api> {
  const cloud = await testCloud(t, [placementService]);
  return (method, path, body, { version = '1.39', as = 'admin' } = {}) =>
    cloud.request(method, `/placement${path}`, {
      as,
      headers: { 'openstack-api-version': `placement ${version}` },
      ...(body !== undefined && { body }),
    });
}

/** A provider with inventories, traits and an aggregate. */
async function provider(
  call: Api,
  n: number,
  {
    parent,
    inventories = {},
    traits = [],
    shared = false,
  }: {
    parent?: number;
    inventories?: Record<string, object>;
    traits?: string[];
    shared?: boolean;
  },
): Promise<void> {
  const path = `/resource_providers/${id(n)}`;
  const body = { name: `p${n}`, uuid: id(n), ...(parent !== undefined && { parent_provider_uuid: id(parent) }) };
  assert.equal((await call('POST', '/resource_providers', body)).status, 200);
  const all = { resource_provider_generation: 0, inventories };
  assert.equal((await call('PUT', `${path}/inventories`, all)).status, 200);
  const had = { resource_provider_generation: 1, traits };
  assert.equal((await call('PUT', `${path}/traits`, had)).status, 200);
  const aggregates = { resource_provider_generation: 2, aggregates: shared ? [AGGREGATE] : [] };
  assert.equal((await call('PUT', `${path}/aggregates`, aggregates)).status, 200);
}

const put = (call: Api, consumer: number, resources: Record<string, object>, generation: number | null = null) =>
  call('PUT', `/allocations/${id(consumer)}`, {
    allocations: resources,
    ...{ project_id: 'project-demo', user_id: 'user', consumer_generation: generation, consumer_type: 'INSTANCE' },
  });

test('versions, access, and the words of errors', async (t) => {
  const call = await api(t);
  const root = await call('GET', '', undefined, { as: 'nobody' });
  assert.deepEqual([root.status, root.body.versions[0].max_version], [200, '1.39']);
  assert.equal((await call('GET', '/resource_providers', undefined, { as: 'member' })).status, 403);
  assert.equal((await call('GET', '/resource_providers', undefined, { version: '1.40' })).status, 406);
  assert.equal((await call('GET', '/traits', undefined, { version: '1.5' })).status, 404);
  const method = await call('PUT', `/allocation_candidates?limit=1`, {});
  assert.deepEqual([method.status, method.headers.allow, method.body.errors[0].status], [405, 'GET', 405]);
  assert.equal((await call('DELETE', `/resource_providers/${id(1)}/nothing`)).status, 404);
  const created = await call('POST', '/resource_providers', { name: 'a' }, { version: '1.19' });
  assert.equal(created.status, 201);
  assert.match(String(created.headers.location), /^http:\/\/cloud\.example:5000\/placement\/resource_providers\//);
  const twice = await call('POST', '/resource_providers', { name: 'a' });
  assert.deepEqual([twice.status, twice.body.errors[0].code], [409, 'placement.duplicate_name']);
  const wrong = await call('POST', '/resource_providers', { name: 'b', color: 1 });
  assert.match(wrong.body.errors[0].detail, /Additional properties are not allowed \('color' was unexpected\)/);
  const query = await call('GET', '/resource_providers?required=A', undefined, { version: '1.17' });
  assert.equal(query.status, 400);
  const list = await call('GET', '/resource_providers');
  assert.deepEqual([list.body.resource_providers.length, list.headers['cache-control']], [1, 'no-cache']);
});

test('what was promised cannot be promised again, nor taken away', async (t) => {
  const call = await api(t);
  const inventories = {
    VCPU: { total: 4, allocation_ratio: 2 },
    DISK_GB: { total: 100, reserved: 10, step_size: 10, max_unit: 50 },
  };
  await provider(call, 1, { inventories });
  const on = (resources: object) => ({ [id(1)]: { resources } });
  assert.equal((await put(call, 11, on({ VCPU: 5, DISK_GB: 20 }))).status, 204);
  const wrongGeneration = await put(call, 11, on({ VCPU: 6 }));
  assert.deepEqual([wrongGeneration.status, wrongGeneration.body.errors[0].code], [409, 'placement.concurrent_update']);
  assert.match((await put(call, 12, on({ VCPU: 4 }))).body.errors[0].detail, /would exceed the capacity: 4 of 3 left/);
  assert.match((await put(call, 12, on({ DISK_GB: 15 }))).body.errors[0].detail, /in steps of 10/);
  assert.equal((await put(call, 12, on({ DISK_GB: 60 }))).status, 409);
  assert.equal((await put(call, 12, on({ MEMORY_MB: 1 }))).status, 409);
  assert.equal((await put(call, 12, on({ NONSENSE: 1 }))).status, 400);
  const racers = await Promise.all([21, 22, 23, 24, 25].map((n) => put(call, n, on({ VCPU: 1 }))));
  assert.deepEqual(
    racers.map((reply) => reply.status).toSorted((a, b) => a - b),
    [204, 204, 204, 409, 409],
  );

  const shown = (await call('GET', `/allocations/${id(11)}`)).body;
  assert.deepEqual(shown.allocations[id(1)].resources, { DISK_GB: 20, VCPU: 5 });
  assert.deepEqual([shown.consumer_generation, shown.consumer_type], [1, 'INSTANCE']);
  assert.deepEqual((await call('GET', `/resource_providers/${id(1)}/usages`)).body.usages, { DISK_GB: 20, VCPU: 8 });
  const usages = (await call('GET', '/usages?project_id=project-demo', undefined, { as: 'member' })).body.usages;
  assert.deepEqual(usages, { INSTANCE: { DISK_GB: 20, VCPU: 8, consumer_count: 4 } });
  const others = await call('GET', '/usages?project_id=project-demo', undefined, { as: 'other' });
  assert.equal(others.status, 403);

  const gone = await call('DELETE', `/resource_providers/${id(1)}/inventories/VCPU`);
  assert.deepEqual([gone.status, gone.body.errors[0].code], [409, 'placement.inventory.inuse']);
  const removed = await call('DELETE', `/resource_providers/${id(1)}`);
  assert.deepEqual([removed.status, removed.body.errors[0].code], [409, 'placement.resource_provider.inuse']);
  // One that shrank may be relieved, not loaded further.
  const { generation } = (await call('GET', `/resource_providers/${id(1)}`)).body;
  const less = { resource_provider_generation: generation, total: 1 };
  assert.equal((await call('PUT', `/resource_providers/${id(1)}/inventories/VCPU`, less)).status, 200);
  assert.equal((await put(call, 11, on({ VCPU: 4 }), 1)).status, 204);
  assert.equal((await put(call, 11, on({ VCPU: 5 }), 2)).status, 409);
  assert.equal((await call('DELETE', `/allocations/${id(11)}`)).status, 204);
  assert.equal((await call('DELETE', `/allocations/${id(11)}`)).status, 404);
});

test('candidates: from trees, with shared storage, traits and groups', async (t) => {
  const call = await api(t);
  await call('PUT', '/traits/CUSTOM_FAST', undefined);
  assert.equal((await call('PUT', '/traits/FAST', undefined)).status, 400);
  await provider(call, 1, { inventories: { VCPU: { total: 8 } }, shared: true, traits: ['CUSTOM_FAST'] });
  await provider(call, 2, { parent: 1, inventories: { SRIOV_NET_VF: { total: 2 } } });
  await provider(call, 3, { parent: 1, inventories: { SRIOV_NET_VF: { total: 2 } } });
  await provider(call, 4, { inventories: { VCPU: { total: 8 }, DISK_GB: { total: 50 } } });
  const sharing = ['MISC_SHARES_VIA_AGGREGATE'];
  await provider(call, 5, { inventories: { DISK_GB: { total: 500 } }, traits: sharing, shared: true });

  const of = async (query: string): Promise<Record<string, object>[]> => {
    const reply = await call('GET', `/allocation_candidates?${query}`);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body.allocation_requests.map((one: { allocations: object }) => Object.keys(one.allocations));
  };
  assert.deepEqual(await of('resources=VCPU:1,DISK_GB:20'), [[id(1), id(5)], [id(4)]]);
  assert.deepEqual(await of('resources=VCPU:1,DISK_GB:100'), [[id(1), id(5)]]);
  assert.deepEqual(await of('resources=VCPU:1&required=CUSTOM_FAST'), [[id(1)]]);
  assert.deepEqual(await of('resources=VCPU:1&required=!CUSTOM_FAST'), [[id(4)]]);
  assert.deepEqual(await of(`resources=VCPU:1&member_of=!${AGGREGATE}`), [[id(4)]]);
  assert.deepEqual(await of(`resources=VCPU:1&in_tree=${id(2)}`), [[id(1)]]);
  assert.deepEqual(await of('resources=VCPU:1&limit=1'), [[id(1)]]);
  const two = 'resources=VCPU:1&resources1=SRIOV_NET_VF:1&resources2=SRIOV_NET_VF:1';
  assert.equal((await of(`${two}&group_policy=isolate`)).length, 2);
  assert.equal((await of(`${two}&group_policy=none`)).length, 4);
  assert.equal((await of(`${two}&group_policy=none&same_subtree=1,2`)).length, 2);
  assert.equal((await call('GET', `/allocation_candidates?${two}`)).status, 400);
  assert.equal((await call('GET', '/allocation_candidates?required=CUSTOM_FAST')).status, 400);
  const summary = (await call('GET', '/allocation_candidates?resources=VCPU:1')).body.provider_summaries;
  assert.deepEqual(summary[id(1)].resources, { VCPU: { capacity: 8, used: 0 } });
  assert.equal(summary[id(2)].root_provider_uuid, id(1));

  const names = async (query: string) =>
    (await call('GET', `/resource_providers?${query}`)).body.resource_providers.map(
      (one: { uuid: string }) => one.uuid,
    );
  assert.deepEqual(await names(`in_tree=${id(3)}`), [id(1), id(2), id(3)]);
  assert.deepEqual(await names('required=in:CUSTOM_FAST,HW_CPU_X86_VMX'), [id(1)]);
  assert.deepEqual(await names(`member_of=${AGGREGATE}&resources=DISK_GB:1`), [id(5)]);
});

test('inventories and what was promised of them move in one step', async (t) => {
  const call = await api(t);
  await provider(call, 1, { inventories: { VCPU: { total: 8 }, VGPU: { total: 2 } } });
  await provider(call, 2, { parent: 1 });
  assert.equal((await put(call, 11, { [id(1)]: { resources: { VCPU: 1, VGPU: 1 } } })).status, 204);
  const shape = (vcpus: number) => ({
    inventories: {
      [id(1)]: { resource_provider_generation: 4, inventories: { VCPU: { total: vcpus } } },
      [id(2)]: { resource_provider_generation: 3, inventories: { VGPU: { total: 2 } } },
    },
    allocations: {
      [id(11)]: {
        allocations: { [id(1)]: { resources: { VCPU: 1 } }, [id(2)]: { resources: { VGPU: 1 } } },
        ...{ project_id: 'p', user_id: 'u', consumer_generation: 1, consumer_type: 'INSTANCE' },
      },
    },
  });
  const lost = { ...shape(8), allocations: {} };
  assert.equal((await call('POST', '/reshaper', lost)).body.errors[0].code, 'placement.inventory.inuse');
  assert.equal((await call('POST', '/reshaper', shape(8))).status, 204);
  assert.deepEqual((await call('GET', `/resource_providers/${id(2)}/usages`)).body.usages, { VGPU: 1 });
  assert.equal((await call('POST', '/reshaper', shape(8))).status, 409);
  const parent = { name: 'p1', parent_provider_uuid: id(2) };
  assert.match((await call('PUT', `/resource_providers/${id(1)}`, parent)).body.errors[0].detail, /loop/);
  const own = { name: 'p2', parent_provider_uuid: null };
  assert.equal((await call('PUT', `/resource_providers/${id(2)}`, own, { version: '1.36' })).status, 400);
  const moved = await call('PUT', `/resource_providers/${id(2)}`, own);
  assert.equal(moved.body.root_provider_uuid, id(2));
});

test('candidates follow every change, also those that leave the generation as it is', async (t) => {
  const call = await api(t);
  await provider(call, 1, { inventories: { VCPU: { total: 4 } }, traits: ['COMPUTE_NODE'] });
  const seen = async (query: string) => {
    const reply = await call('GET', `/allocation_candidates?${query}`);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return Object.keys(reply.body.provider_summaries).length;
  };
  const path = `/resource_providers/${id(1)}`;
  assert.equal(await seen(`resources=VCPU:1&member_of=${AGGREGATE}`), 0);
  assert.equal((await call('PUT', `${path}/aggregates`, [AGGREGATE], { version: '1.1' })).status, 200);
  assert.equal(await seen(`resources=VCPU:1&member_of=${AGGREGATE}`), 1);

  assert.equal((await put(call, 50, { [id(1)]: { resources: { VCPU: 3 } } })).status, 204);
  assert.equal(await seen('resources=VCPU:2'), 0);
  assert.equal((await call('DELETE', `/allocations/${id(50)}`)).status, 204);
  assert.equal(await seen('resources=VCPU:2'), 1);

  assert.equal((await call('DELETE', `${path}/traits`)).status, 204);
  assert.equal(await seen('resources=VCPU:2&required=COMPUTE_NODE'), 0);

  assert.equal((await call('DELETE', path)).status, 204);
  await provider(call, 1, { inventories: { VCPU: { total: 1 } } });
  assert.equal(await seen('resources=VCPU:2'), 0, 'another provider came with the same uuid');

  await provider(call, 2, {});
  assert.equal(await seen('resources=VCPU:1'), 1);
  const above = { name: 'below', parent_provider_uuid: id(2) };
  assert.equal((await call('PUT', path, above)).status, 200);
  const { body } = await call('GET', '/allocation_candidates?resources=VCPU:1');
  assert.equal(body.provider_summaries[id(1)].root_provider_uuid, id(2), 'it was moved below another');
});
