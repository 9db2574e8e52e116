import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCloud } from '../http/testing.ts';
import { bootstrapIdentity, identityService } from './index.ts';

const settings = { adminPassword: 'x', region: 'RegionOne', publicUrl: 'http://one.example:5000' };

test('the first start makes everything, the second nothing', async (t) => {
  const { app } = await testCloud(t, [identityService]);
  const counts = async () => {
    const tables = ['projects', 'users', 'roles', 'catalog_services', 'catalog_endpoints', 'regions'] as const;
    const rows = await Promise.all(tables.map((table) => app.store.read.selectFrom(table).select('id').execute()));
    return rows.map((found) => found.length);
  };
  await assert.rejects(bootstrapIdentity(app, { ...settings, adminPassword: null }), /no password/);
  assert.deepEqual(await counts(), [0, 0, 0, 0, 0, 0]);
  assert.equal(await bootstrapIdentity(app, settings), true);
  const first = await counts();
  assert.equal(await bootstrapIdentity(app, { ...settings, adminPassword: null }), false);
  assert.deepEqual(await counts(), first);
});

test('a new address moves our endpoints and leaves the operator’s own', async (t) => {
  const { app } = await testCloud(t, [identityService]);
  await bootstrapIdentity(app, settings);
  const { id } = await app.store.read
    .selectFrom('catalog_services')
    .select('id')
    .where('type', '=', 'compute')
    .executeTakeFirstOrThrow();
  const own = {
    id: 'own',
    service_id: id,
    interface: 'public',
    region_id: 'RegionOne',
    enabled: 1,
    extra: '{}',
  } as const;
  await app.store.transaction((tx) =>
    tx.db
      .insertInto('catalog_endpoints')
      .values({ ...own, url: 'http://elsewhere.example/', managed: 0 })
      .execute(),
  );
  // A service that a later release adds looks like one that is missing.
  await app.store.transaction((tx) => tx.db.deleteFrom('catalog_services').where('type', '=', 'image').execute());
  await bootstrapIdentity(app, { ...settings, region: 'two', publicUrl: 'http://two.example' });
  const rows = await app.store.read.selectFrom('catalog_endpoints').select(['url', 'region_id', 'managed']).execute();
  assert.equal(rows.filter((row) => row.url === 'http://two.example/image').length, 3);
  assert.ok(
    rows.every((row) => !row.managed || (row.url.startsWith('http://two.example/') && row.region_id === 'two')),
  );
  assert.equal(rows.filter((row) => row.url === 'http://elsewhere.example/').length, 1);
});

test('version documents and the index need no token', async (t) => {
  const cloud = await testCloud(t, [identityService]);
  await bootstrapIdentity(cloud.app, { ...settings, publicUrl: cloud.app.config.publicUrl });
  const get = (path: string) => cloud.request('GET', path, { as: 'nobody' });
  for (const path of ['/identity', '/identity/']) {
    const reply = await get(path);
    assert.equal(reply.status, 300);
    assert.equal(reply.body.versions.values[0].links[0].href, 'http://cloud.example:5000/identity/v3/');
  }
  for (const path of ['/identity/v3', '/identity/v3/']) {
    const reply = await get(path);
    assert.equal(reply.status, 200);
    assert.equal(reply.body.version.id, 'v3.14');
  }
  const index = await get('/');
  assert.equal(index.status, 200);
  assert.ok(index.body.services.find((service: { type: string }) => service.type === 'compute'));
});
