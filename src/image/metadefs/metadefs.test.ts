import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCloud, type TestUser } from '../../http/testing.ts';
import { imageService } from '../index.ts';

const BASE = '/image/v2/metadefs';

test('definitions of metadata: namespaces and what they hold', async (t) => {
  const cloud = await testCloud(t, [imageService]);
  const as = (user: TestUser) => (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
    cloud.request(method, BASE + path, { as: user, ...(body !== undefined && { body }) });
  const admin = as('admin');
  const member = as('member');
  const property = { title: 'Cores', type: 'integer', minimum: 1 };

  const types = (await member('GET', '/resource_types')).body.resource_types as { name: string }[];
  assert.ok(types.some(({ name }) => name === 'OS::Glance::Image'));
  assert.equal((await member('POST', '/namespaces', { namespace: 'mine' })).status, 403);
  const whole = {
    namespace: 'cpu',
    visibility: 'public',
    resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 'hw_' }],
    properties: { cpu_cores: property },
    objects: [{ name: 'topology', required: ['sockets'], properties: { sockets: property } }],
    tags: [{ name: 'one' }],
  };
  const made = await admin('POST', '/namespaces', whole);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual(made.body.properties, { cpu_cores: property });
  assert.equal((await admin('POST', '/namespaces', whole)).status, 409);
  assert.equal((await admin('POST', '/namespaces', { namespace: 'x', color: 1 })).status, 400);
  await admin('POST', '/namespaces', { namespace: 'hidden' });
  const names = async (user: TestUser, query = '') =>
    ((await as(user)('GET', `/namespaces${query}`)).body.namespaces as { namespace: string }[]).map(
      (one) => one.namespace,
    );
  assert.deepEqual(await names('member'), ['cpu']);
  assert.equal((await member('GET', '/namespaces/hidden')).status, 404);
  assert.deepEqual(await names('admin', '?sort_key=namespace&sort_dir=asc&limit=1'), ['cpu']);
  assert.deepEqual(await names('admin', '?sort_key=namespace&sort_dir=asc&limit=1&marker=cpu'), ['hidden']);
  assert.deepEqual(await names('admin', '?resource_types=OS::Glance::Image'), ['cpu']);
  assert.deepEqual(await names('admin', '?visibility=private'), ['hidden']);

  const shown = (await member('GET', '/namespaces/cpu?resource_type=OS::Glance::Image')).body;
  assert.deepEqual(Object.keys(shown.properties), ['hw_cpu_cores']);
  assert.deepEqual(Object.keys(shown.objects[0].properties), ['hw_sockets']);
  const item = await member('GET', '/namespaces/cpu/properties/hw_cpu_cores?resource_type=OS::Glance::Image');
  assert.equal(item.body.name, 'hw_cpu_cores');

  const renamed = await admin('PUT', '/namespaces/cpu/objects/topology', { name: 'layout' });
  assert.deepEqual([renamed.status, renamed.body.name, renamed.body.required], [200, 'layout', []]);
  assert.equal((await admin('GET', '/namespaces/cpu/objects/topology')).status, 404);
  assert.equal((await admin('POST', '/namespaces/cpu/objects', { name: 'layout' })).status, 409);
  assert.equal((await admin('POST', '/namespaces/cpu/properties', { name: 'a', ...property })).status, 201);
  assert.equal((await admin('POST', '/namespaces/cpu/properties', { name: 'b', title: 'B', type: 'set' })).status, 400);

  assert.equal((await admin('POST', '/namespaces/cpu/tags/two')).status, 201);
  const tags = await admin('POST', '/namespaces/cpu/tags', { tags: [{ name: 'c' }, { name: 'a' }] });
  assert.deepEqual([tags.status, tags.body], [201, { tags: [{ name: 'a' }, { name: 'c' }] }]);
  assert.deepEqual((await member('GET', '/namespaces/cpu/tags?limit=1&marker=a')).body.tags, [{ name: 'c' }]);
  assert.equal((await member('GET', '/namespaces/cpu/tags?marker=zz')).status, 400);

  const other = await admin('POST', '/namespaces/cpu/resource_types', { name: 'Own::Thing' });
  assert.equal(other.status, 201);
  assert.equal((await admin('DELETE', '/namespaces/cpu/resource_types/Own::Thing')).status, 204);
  assert.equal((await admin('DELETE', '/namespaces/cpu/resource_types/Own::Thing')).status, 404);

  const change = { namespace: 'processor', visibility: 'public', protected: true };
  assert.equal((await admin('PUT', '/namespaces/cpu', { ...change, namespace: 'hidden' })).status, 409);
  assert.equal((await admin('PUT', '/namespaces/cpu', change)).body.protected, true);
  assert.deepEqual((await member('GET', '/namespaces/processor')).body.tags, [{ name: 'a' }, { name: 'c' }]);
  assert.equal((await admin('DELETE', '/namespaces/processor')).status, 403);
  assert.equal((await admin('DELETE', '/namespaces/processor/tags')).status, 403);
  await admin('PUT', '/namespaces/processor', { ...change, protected: false });
  assert.equal((await admin('DELETE', '/namespaces/processor')).status, 204);
  assert.deepEqual(await cloud.app.store.read.selectFrom('metadef_items').selectAll().execute(), []);
  const schema = await cloud.request('GET', '/image/v2/schemas/metadefs/resource_types');
  assert.equal(schema.body.name, 'resource_type_associations');
});
