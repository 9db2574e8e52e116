import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADMIN_SCOPE, identityCloud, person } from './testing.ts';

test('a project finds the endpoints it was given, one by one or by a group, and all without any', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'HEAD', path: string, body?: object) =>
    cloud.call(admin, method, path, body);
  const all = (await call('GET', '/endpoints')).body.endpoints as {
    id: string;
    service_id: string;
    interface: string;
  }[];
  const seen = async () => {
    const entries = (await cloud.call(await ann.token(), 'GET', '/auth/catalog')).body.catalog as {
      endpoints: { id: string }[];
    }[];
    return entries.flatMap((entry) => entry.endpoints.map((endpoint) => endpoint.id)).sort();
  };
  assert.equal((await seen()).length, all.length);
  const [one] = all;
  assert.ok(one);
  const link = `/OS-EP-FILTER/projects/${ann.projectId}/endpoints/${one.id}`;
  assert.equal((await call('GET', link)).status, 404);
  for (const _ of [1, 2]) assert.equal((await call('PUT', link)).status, 204);
  assert.deepEqual(await seen(), [one.id]);
  const groups = '/OS-EP-FILTER/endpoint_groups';
  assert.equal((await call('POST', groups, { endpoint_group: { name: 'x', filters: {} } })).status, 400);
  assert.equal((await call('POST', groups, { endpoint_group: { name: 'x', filters: { colour: 'red' } } })).status, 400);
  const group = (await call('POST', groups, { endpoint_group: { name: 'p', filters: { interface: 'public' } } })).body
    .endpoint_group;
  const member = `${groups}/${group.id}/projects/${ann.projectId}`;
  assert.equal((await call('PUT', member)).status, 204);
  assert.equal((await call('GET', member)).body.endpoint_group.id, group.id);
  const open = all.filter((row) => row.interface === 'public' || row.id === one.id).map((row) => row.id);
  assert.deepEqual(await seen(), open.sort());
  assert.equal((await call('GET', `${groups}/${group.id}/projects`)).body.projects[0].id, ann.projectId);
  await call('PATCH', `${groups}/${group.id}`, { endpoint_group: { filters: { service_id: one.service_id } } });
  assert.equal((await call('GET', `${groups}/${group.id}/endpoints`)).body.endpoints.length, 3);
  assert.equal((await call('DELETE', `${groups}/${group.id}`)).status, 204);
  assert.equal((await call('GET', `/OS-EP-FILTER/projects/${ann.projectId}/endpoint_groups`)).status, 200);
  assert.equal((await call('DELETE', link)).status, 204);
  assert.equal((await seen()).length, all.length);
  assert.equal((await cloud.call(await ann.token(), 'GET', groups)).status, 403);
  assert.equal((await cloud.call(await ann.token(), 'PUT', link)).status, 403);
  assert.equal((await cloud.login({ scope: ADMIN_SCOPE })).body.token.catalog.length > 0, true);
});

test('an endpoint follows its own policy, else its service’s in the nearest region, else its service’s', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object) =>
    cloud.call(admin, method, path, body);
  await call('POST', '/regions', { region: { id: 'north' } });
  await call('PUT', '/regions/north-1', { region: { parent_region_id: 'north' } });
  const service = (await call('POST', '/services', { service: { type: 'dns', name: 'designate' } })).body.service;
  const endpoint = (
    await call('POST', '/endpoints', {
      endpoint: { service_id: service.id, interface: 'public', region_id: 'north-1', url: 'http://dns.example/' },
    })
  ).body.endpoint;
  const policy = async (blob: string) =>
    (await call('POST', '/policies', { policy: { type: 'text/plain', blob } })).body.policy.id as string;
  const [wide, regional, own] = await Promise.all([policy('wide'), policy('regional'), policy('own')]);
  const followed = async () => (await call('GET', `/endpoints/${endpoint.id}/OS-ENDPOINT-POLICY/policy`)).body;
  assert.equal((await followed()).error.code, 404);
  const base = (id: string) => `/policies/${id}/OS-ENDPOINT-POLICY`;
  assert.equal((await call('PUT', `${base(wide)}/services/${service.id}`)).status, 204);
  assert.equal((await followed()).policy.blob, 'wide');
  await call('PUT', `${base(regional)}/services/${service.id}/regions/north`);
  assert.equal((await followed()).policy.blob, 'regional');
  assert.equal((await call('GET', `${base(regional)}/endpoints`)).body.endpoints[0].id, endpoint.id);
  await call('PUT', `${base(own)}/endpoints/${endpoint.id}`);
  assert.equal((await followed()).policy.blob, 'own');
  assert.equal((await call('GET', `${base(own)}/endpoints/${endpoint.id}`)).status, 204);
  assert.equal((await call('DELETE', `${base(wide)}/endpoints/${endpoint.id}`)).status, 404);
  assert.equal((await call('DELETE', `${base(own)}/endpoints/${endpoint.id}`)).status, 204);
  await call('DELETE', `/policies/${regional}`);
  assert.equal((await followed()).policy.blob, 'wide');
  assert.equal((await call('PUT', `${base(wide)}/services/nothing`)).status, 404);
});
