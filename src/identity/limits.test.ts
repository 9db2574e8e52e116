import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityCloud, person } from './testing.ts';

test('registered limits are everybody’s, limits a project’s or a domain’s own business', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'reader');
  const bob = await person(cloud, admin, 'bob', 'reader');
  const annToken = await ann.token();
  const services = (await cloud.call(admin, 'GET', '/services')).body.services as { id: string; type: string }[];
  const serviceId = services.find((one) => one.type === 'compute')?.id ?? '';
  const volumes = { service_id: serviceId, resource_name: 'volumes', region_id: 'RegionOne' };
  const register = (given: object) => cloud.call(admin, 'POST', '/registered_limits', { registered_limits: [given] });
  const made = await register({ ...volumes, default_limit: 10 });
  assert.equal(made.status, 201);
  const registered = made.body.registered_limits[0] as { id: string };
  assert.equal((await register({ ...volumes, default_limit: 10 })).status, 409);
  assert.equal((await register({ ...volumes, service_id: 'nothing', default_limit: 10 })).status, 400);
  assert.equal((await register({ ...volumes, default_limit: -2 })).status, 400);
  assert.equal((await cloud.call(annToken, 'GET', `/registered_limits/${registered.id}`)).status, 200);
  const limit = (given: object, by = admin) =>
    cloud.call(by, 'POST', '/limits', { limits: [{ ...volumes, ...given }] });
  assert.equal((await limit({ project_id: ann.projectId, resource_limit: 5 }, annToken)).status, 403);
  const own = (await limit({ project_id: ann.projectId, resource_limit: 5 })).body.limits[0];
  assert.deepEqual([own.project_id, own.domain_id, own.resource_limit], [ann.projectId, null, 5]);
  assert.equal((await limit({ project_id: ann.projectId, resource_limit: 5 })).status, 409);
  assert.equal((await limit({ project_id: ann.projectId, resource_limit: 5, resource_name: 'cores' })).status, 403);
  assert.equal((await limit({ resource_limit: 5 })).status, 400);
  assert.equal((await limit({ domain_id: ann.projectId, resource_limit: 5 })).status, 400);
  assert.equal((await limit({ domain_id: bob.domainId, resource_limit: 7 })).status, 201);
  const seen = async (token: string, query = '') =>
    ((await cloud.call(token, 'GET', `/limits${query}`)).body.limits as { resource_limit: number }[])
      .map((one) => one.resource_limit)
      .sort((a, b) => a - b);
  assert.deepEqual(await seen(annToken), [5]);
  assert.deepEqual(await seen(await bob.token()), []);
  assert.deepEqual(await seen(admin), [5, 7]);
  assert.deepEqual(await seen(admin, `?domain_id=${bob.domainId}`), [7]);
  assert.equal((await cloud.call(await bob.token(), 'GET', `/limits/${own.id}`)).status, 404);
  const patch = (path: string, body: object) => cloud.call(admin, 'PATCH', path, body);
  assert.equal((await patch(`/limits/${own.id}`, { limit: { resource_limit: 6 } })).body.limit.resource_limit, 6);
  const path = `/registered_limits/${registered.id}`;
  const renamed = { registered_limit: { resource_name: 'disks' } };
  assert.equal((await patch(path, renamed)).status, 403);
  assert.equal((await patch(path, { registered_limit: { default_limit: 3 } })).body.registered_limit.default_limit, 3);
  assert.equal((await cloud.call(admin, 'DELETE', path)).status, 403);
  assert.equal((await cloud.call(admin, 'DELETE', `/limits/${own.id}`)).status, 204);
  assert.equal((await cloud.call(annToken, 'GET', '/limits/model')).body.model.name, 'flat');
});
