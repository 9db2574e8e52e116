import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCloud } from './http/testing.ts';
import { ruleOf } from './policy/policy.ts';
import { services } from './services.ts';

const all = services.flatMap((service) =>
  [
    ...service.routes.map((route) => ({ service, route, url: service.prefix + route.path })),
    ...service.rootRoutes.map((route) => ({ service, route, url: route.path })),
  ].map((one) => ({
    ...one,
    rule: ruleOf(service, one.route.operation),
    url: one.url.replaceAll(/:\w+/g, 'x').replaceAll('*', 'x'),
  })),
);

test('every operation has a name of its own', () => {
  const names = all.map(({ service, route }) => `${service.name}:${route.operation}`);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test('a stranger gets 401 everywhere but where a route says it is public', async (t) => {
  const { request } = await testCloud(t, services);
  for (const { route, rule, url } of all) {
    if (rule === 'public') continue;
    const { status } = await request(route.method, url, { as: 'nobody' });
    assert.equal(status, 401, `${route.method} ${url}`);
  }
});

test('a reader is refused every operation that is for admins', async (t) => {
  const { request } = await testCloud(t, services);
  for (const { route, rule, url } of all) {
    if (rule !== 'admin') continue;
    const { status } = await request(route.method, url, { as: 'reader' });
    assert.equal(status, 403, `${route.method} ${url}`);
  }
});

test('a body that is not JSON is a 400, and no route answers it with 500', async (t) => {
  const { request } = await testCloud(t, services);
  const headers = { 'content-type': 'application/json' };
  for (const { route, rule, url } of all) {
    if (route.method === 'GET' || route.method === 'HEAD' || route.body === undefined) continue;
    const { status } = await request(route.method, url, {
      as: rule === 'agent' ? 'host' : 'admin',
      body: '{"',
      headers,
    });
    assert.equal(status, 400, `${route.method} ${url}`);
  }
});
