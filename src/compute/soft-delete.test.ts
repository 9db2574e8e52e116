import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServerReconciler } from './index.ts';
import { computeCloud } from './testing.ts';

test('with a time to restore, a deleted server is off, hidden and free of quota until it is restored or its time is over', async (t) => {
  const cloud = await computeCloud(t);
  cloud.app.config.reclaimDeletedAfter = 3600;
  const { app } = cloud;
  const remove = (id: string) => cloud.request('DELETE', `/compute/v2.1/servers/${id}`);
  const names = async (query = '') =>
    (await cloud.request('GET', `/compute/v2.1/servers${query}`)).body.servers.map((one: { id: string }) => one.id);
  const inDocument = async (id: string) => (await cloud.document())?.servers.find((one) => one.id === id);

  const young = await cloud.boot();
  assert.equal((await remove(young)).status, 204);
  assert.equal(await inDocument(young), undefined, 'one that never ran goes at once');
  await cloud.report([]);

  const id = await cloud.boot();
  await cloud.converge();
  assert.equal((await remove(id)).status, 204);
  assert.equal((await remove(id)).status, 204);
  assert.equal((await cloud.show(id)).status, 'SOFT_DELETED');
  assert.equal((await inDocument(id))?.power, 'stopped');
  await cloud.converge();
  assert.deepEqual([(await cloud.show(id)).status, await names()], ['SOFT_DELETED', []]);
  assert.deepEqual(await names('?status=SOFT_DELETED'), [id]);
  assert.equal((await cloud.act(id, { 'os-start': null })).status, 409);
  const limits = await cloud.request('GET', '/compute/v2.1/limits');
  assert.equal(limits.body.limits.absolute.totalInstancesUsed, 0);

  const quota = { quota_set: { instances: 0 } };
  const path = '/compute/v2.1/os-quota-sets/';
  const project = (await cloud.show(id)).tenant_id as string;
  assert.equal((await cloud.request('PUT', path + project, { as: 'admin', body: quota })).status, 200);
  assert.equal((await cloud.act(id, { restore: null })).status, 403);
  assert.equal((await cloud.request('DELETE', path + project, { as: 'admin' })).status, 202);
  assert.equal((await cloud.act(id, { restore: null })).status, 202);
  await cloud.converge();
  assert.deepEqual([(await cloud.show(id)).status, await names()], ['ACTIVE', [id]]);
  assert.equal((await cloud.act(id, { restore: null })).status, 409);

  // A resize that waited for its confirmation is confirmed: what is restored has one flavor and one claim.
  assert.equal((await cloud.act(id, { resize: { flavorRef: '2' } })).status, 202);
  await cloud.converge();
  assert.equal((await remove(id)).status, 204);
  await cloud.converge();
  const row = await app.store.read.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  assert.deepEqual([row.old_flavor, row.vm_state, row.memory_mib], [null, 'soft-delete', 1024]);

  const reconciler = createServerReconciler(app);
  await reconciler.run();
  assert.notEqual(await inDocument(id), undefined, 'its time is not over');
  await app.store.transaction((tx) =>
    tx.db
      .updateTable('servers')
      .set({ soft_deleted_at: app.clock.now() - 3_600_001 })
      .where('id', '=', id)
      .execute(),
  );
  await reconciler.run();
  assert.equal(await inDocument(id), undefined);
  await cloud.report([]);
  assert.equal((await cloud.request('GET', `/compute/v2.1/servers/${id}`)).status, 404);

  const last = await cloud.boot();
  await cloud.converge();
  await remove(last);
  assert.equal((await cloud.act(last, { forceDelete: null })).status, 202);
  assert.equal(await inDocument(last), undefined, 'forceDelete does not wait');
});
