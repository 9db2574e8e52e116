import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { novaFault } from '../../http/faults.ts';
import type { Service } from '../../http/service.ts';
import { testCloud } from '../../http/testing.ts';
import { computePolicy } from '../../policy/compute.ts';
import { catalogueRoutes } from './index.ts';

const service: Service = {
  name: 'compute',
  prefix: '/compute/v2.1',
  routes: catalogueRoutes,
  rootRoutes: [],
  policy: computePolicy,
  fault: novaFault,
  versions: { type: 'compute', legacyHeaders: [], min: { major: 2, minor: 1 }, max: { major: 2, minor: 96 } },
};
const cloud = (t: TestContext) => testCloud(t, [service]);
const at = (version: string) => ({ 'openstack-api-version': `compute ${version}` });
const flavor = { name: 'small', ram: 1024, vcpus: 1, disk: 10 };

test('flavors: made by admins, seen by all, with the fields of the version', async (t) => {
  const { request } = await cloud(t);
  const refused = await request('POST', '/compute/v2.1/flavors', { body: { flavor } });
  assert.equal(refused.status, 403);
  const made = await request('POST', '/compute/v2.1/flavors', { as: 'admin', body: { flavor } });
  assert.equal(made.status, 200);
  assert.equal(made.body.flavor.swap, '');
  const { id } = made.body.flavor;
  const again = await request('POST', '/compute/v2.1/flavors', { as: 'admin', body: { flavor } });
  assert.equal(again.status, 409);
  const newest = await request('GET', `/compute/v2.1/flavors/${id}`, { headers: at('2.96') });
  assert.deepEqual(
    [newest.body.flavor.swap, newest.body.flavor.extra_specs, newest.body.flavor.description],
    [0, {}, null],
  );
  assert.equal((await request('DELETE', `/compute/v2.1/flavors/${id}`, { as: 'admin' })).status, 202);
  const gone = await request('GET', `/compute/v2.1/flavors/${id}`);
  assert.deepEqual([gone.status, gone.body.itemNotFound.code], [404, 404]);
});

test('flavors: a private one is there for the projects it is shared with', async (t) => {
  const { request } = await cloud(t);
  const body = { flavor: { ...flavor, id: 'p', 'os-flavor-access:is_public': false } };
  await request('POST', '/compute/v2.1/flavors', { as: 'admin', body });
  assert.equal((await request('GET', '/compute/v2.1/flavors/p')).status, 404);
  const share = { addTenantAccess: { tenant: 'project-demo' } };
  await request('POST', '/compute/v2.1/flavors/p/action', { as: 'admin', body: share });
  assert.equal((await request('GET', '/compute/v2.1/flavors/p')).status, 200);
  assert.equal((await request('GET', '/compute/v2.1/flavors/p', { as: 'other' })).status, 404);
});

test('flavors: bad input is a 400 that names the field', async (t) => {
  const { request } = await cloud(t);
  for (const change of [{ ram: 0 }, { vcpus: -1 }, { name: '' }, { colour: 'blue' }, { disk: 'big' }]) {
    const reply = await request('POST', '/compute/v2.1/flavors', {
      as: 'admin',
      body: { flavor: { ...flavor, ...change } },
    });
    assert.equal(reply.status, 400, JSON.stringify(change));
    assert.match(reply.body.badRequest.message, /flavor/);
  }
});

test('key pairs: imported or made, only for their owner', async (t) => {
  const { request } = await cloud(t);
  const made = await request('POST', '/compute/v2.1/os-keypairs', {
    body: { keypair: { name: 'made' } },
    headers: at('2.2'),
  });
  assert.equal(made.status, 201);
  assert.match(made.body.keypair.private_key, /BEGIN RSA PRIVATE KEY/);
  const copy = { keypair: { name: 'copy', public_key: made.body.keypair.public_key } };
  const imported = await request('POST', '/compute/v2.1/os-keypairs', { body: copy });
  assert.equal(imported.status, 200);
  assert.equal(imported.body.keypair.fingerprint, made.body.keypair.fingerprint);
  assert.equal(imported.body.keypair.private_key, undefined);
  assert.equal((await request('GET', '/compute/v2.1/os-keypairs/copy', { as: 'other' })).status, 404);
  const bad = { keypair: { name: 'bad', public_key: 'ssh-rsa AAAA' } };
  assert.equal((await request('POST', '/compute/v2.1/os-keypairs', { body: bad })).status, 400);
});

test('server groups: one policy, in the words of the version', async (t) => {
  const { request } = await cloud(t);
  const old = { server_group: { name: 'g', policies: ['anti-affinity'] } };
  const made = await request('POST', '/compute/v2.1/os-server-groups', { body: old });
  assert.deepEqual(made.body.server_group.policies, ['anti-affinity']);
  assert.equal(
    (await request('POST', '/compute/v2.1/os-server-groups', { body: old, headers: at('2.64') })).status,
    400,
  );
  const path = `/compute/v2.1/os-server-groups/${made.body.server_group.id}`;
  const shown = await request('GET', path, { headers: at('2.64') });
  assert.deepEqual([shown.body.server_group.policy, shown.body.server_group.rules], ['anti-affinity', {}]);
  assert.equal((await request('GET', path, { as: 'other' })).status, 404);
  assert.equal((await request('DELETE', path)).status, 204);
});

test('quotas: defaults, an own limit, and back', async (t) => {
  const { request } = await cloud(t);
  const path = '/compute/v2.1/os-quota-sets/project-demo';
  assert.equal((await request('GET', path)).body.quota_set.instances, 10);
  assert.equal((await request('PUT', path, { body: { quota_set: { instances: 3 } } })).status, 403);
  await request('PUT', path, { as: 'admin', body: { quota_set: { instances: 3 } } });
  assert.equal((await request('GET', path)).body.quota_set.instances, 3);
  assert.equal((await request('GET', path, { as: 'other' })).status, 403);
  assert.equal((await request('DELETE', path, { as: 'admin' })).status, 202);
  assert.equal((await request('GET', '/compute/v2.1/limits')).body.limits.absolute.maxTotalInstances, 10);
});

test('aggregates name the zone of their hosts', async (t) => {
  const { request } = await cloud(t);
  const body = { aggregate: { name: 'rack', availability_zone: 'cellar' } };
  const made = await request('POST', '/compute/v2.1/os-aggregates', { as: 'admin', body });
  assert.equal(made.body.aggregate.availability_zone, 'cellar');
  const action = `/compute/v2.1/os-aggregates/${made.body.aggregate.id}/action`;
  const missing = await request('POST', action, { as: 'admin', body: { add_host: { host: 'nowhere' } } });
  assert.equal(missing.status, 404);
  const metadata = { set_metadata: { metadata: { ssd: 'yes', availability_zone: null } } };
  const changed = await request('POST', action, { as: 'admin', body: metadata });
  assert.deepEqual([changed.body.aggregate.metadata, changed.body.aggregate.availability_zone], [{ ssd: 'yes' }, null]);
});
