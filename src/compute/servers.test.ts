import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId } from '../core/ids.ts';
import { hostRooms } from '../placement/index.ts';
import { createServerReconciler, createUpkeepReconciler } from './index.ts';
import { asWished, computeCloud, versioned } from './testing.ts';

test('a server is BUILD until QEMU runs and its port is up, then ACTIVE with its address', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot({ networks: [{ uuid: cloud.networkId }] });
  assert.equal((await cloud.show(id)).status, 'BUILD');
  await cloud.report();
  assert.equal((await cloud.show(id)).status, 'BUILD', 'its port is down');
  await cloud.converge();
  const server = await cloud.show(id);
  assert.equal(server.status, 'ACTIVE');
  assert.equal(server['OS-EXT-STS:power_state'], 1);
  assert.equal(server.addresses.net[0]['OS-EXT-IPS:type'], 'fixed');
  assert.match(server.addresses.net[0].addr, /^10\.1\.0\./);
  assert.deepEqual(server.security_groups, [{ name: 'default' }]);
  assert.equal(server.flavor.id, '1');
  assert.equal(server.image.id, cloud.imageId);
});

test('the document holds what the agent needs, and its generation grows only with its content', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot({ name: 'My Web', metadata: { a: 'b' }, user_data: btoa('#!/bin/sh') });
  const document = await cloud.document();
  const [server] = document?.servers ?? [];
  assert.equal(server?.id, id);
  assert.deepEqual(server?.disk?.layersGib, [1]);
  assert.equal(server?.metadata.hostname, 'my-web');
  assert.deepEqual(server?.metadata.meta, { a: 'b' });
  assert.equal(server?.ports[0]?.addresses[0]?.prefix, 24);
  assert.equal(document?.networks.length, 1);
  const again = await cloud.document();
  assert.equal(again?.generation, document?.generation);
  await cloud.request('PUT', `/compute/v2.1/servers/${id}`, { body: { server: { name: 'other' } } });
  assert.equal((await cloud.document())?.generation, (document?.generation ?? 0) + 1);
});

test('what another service changes raises the generation too', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.boot();
  const before = await cloud.document();
  await cloud.app.store.transaction((tx) => tx.db.updateTable('networks').set({ mtu: 1280 }).execute());
  // Whoever changes it says so; what was forgotten is found later all the same.
  cloud.app.clock.advance(120_000);
  const after = await cloud.document(before?.generation);
  assert.equal(after?.generation, (before?.generation ?? 0) + 1);
  assert.equal(after?.servers[0]?.ports[0]?.mtu, 1280);
});

test('a server that fits nowhere ends in ERROR with the reasons', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.request('PUT', '/compute/v2.1/os-quota-sets/project-demo', {
    as: 'admin',
    body: { quota_set: { ram: -1 } },
  });
  const id = await cloud.boot({ flavorRef: '3' });
  const server = await cloud.show(id);
  assert.equal(server.status, 'ERROR');
  assert.match(
    server.fault.message,
    /No valid host was found. 1 host: 1 too little memory \(needs 999999 MiB, at most 7616 MiB free\)/,
  );
  const explained = await cloud.request('GET', `/compute/v2.1/servers/${id}/potluck-explain`, { as: 'admin' });
  assert.deepEqual(explained.body.placement.objections[0].names, ['alpha']);
  assert.equal(server.fault.details, undefined, 'hosts are for administrators');
  assert.match((await cloud.show(id, { as: 'admin' })).fault.details, /alpha/);
  assert.equal((await cloud.request('DELETE', `/compute/v2.1/servers/${id}`)).status, 204);
  assert.equal((await cloud.request('GET', `/compute/v2.1/servers/${id}`)).status, 404);
});

test('a deleted server holds its address until the host says it is gone', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const stale = await cloud.document();
  assert.equal((await cloud.request('DELETE', `/compute/v2.1/servers/${id}`)).status, 204);
  assert.equal((await cloud.show(id))['OS-EXT-STS:task_state'], 'deleting');
  await cloud.report([], { generation: stale?.generation ?? 0 });
  assert.equal((await cloud.show(id))['OS-EXT-STS:task_state'], 'deleting', 'an old report says nothing');
  const ports = () => cloud.app.store.read.selectFrom('ports').selectAll().where('device_id', '=', id).execute();
  assert.equal((await ports()).length, 1);
  await cloud.report();
  assert.equal((await cloud.request('GET', `/compute/v2.1/servers/${id}`)).status, 404);
  assert.equal((await ports()).length, 0);
  const inventories = await cloud.app.store.read.selectFrom('inventories').select(['used', 'overhead']).execute();
  assert.ok(inventories.length === 3 && inventories.every(({ used, overhead }) => used === 0 && overhead === 0));
  assert.deepEqual(await cloud.app.store.read.selectFrom('consumers').selectAll().execute(), []);
  const history = await cloud.request('GET', `/compute/v2.1/servers/${id}/os-instance-actions`, versioned('2.21'));
  assert.deepEqual(
    history.body.instanceActions.map((one: { action: string }) => one.action),
    ['delete', 'create'],
  );
});

test('power: each operation where it is allowed, and Nova’s words where it is not', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const steps: [body: object, status: string][] = [
    [{ 'os-stop': null }, 'SHUTOFF'],
    [{ 'os-start': null }, 'ACTIVE'],
    [{ pause: null }, 'PAUSED'],
    [{ unpause: null }, 'ACTIVE'],
    [{ suspend: null }, 'SUSPENDED'],
    [{ resume: null }, 'ACTIVE'],
    [{ reboot: { type: 'SOFT' } }, 'ACTIVE'],
    [{ reboot: { type: 'HARD' } }, 'ACTIVE'],
    [{ rebuild: { imageRef: cloud.imageId } }, 'ACTIVE'],
    [{ resize: { flavorRef: '2' } }, 'VERIFY_RESIZE'],
  ];
  for (const [body, status] of steps) {
    const reply = await cloud.act(id, body);
    assert.equal(reply.status, 202, JSON.stringify(reply.body));
    await cloud.converge();
    assert.equal((await cloud.show(id)).status, status, JSON.stringify(body));
  }
  assert.equal((await cloud.act(id, { confirmResize: null })).status, 204);
  assert.equal((await cloud.show(id)).flavor.id, '2');
  const refused = await cloud.act(id, { 'os-start': null });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.conflictingRequest.message, `Cannot 'start' instance ${id} while it is in vm_state active`);
  const entry = (await cloud.document())?.servers[0];
  assert.deepEqual(entry?.disk?.layersGib, [1, 2]);
  assert.equal(entry?.build, 2);
  assert.equal(entry?.boot, 6);
});

test('a resize taken back has the old flavor, disk and claim', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  await cloud.act(id, { resize: { flavorRef: '2' } });
  await cloud.converge();
  const used = async () => (await hostRooms(cloud.app.store.read)).get('host-1' as HostId)?.used.memoryMib;
  assert.equal(await used(), 1024);
  assert.equal((await cloud.act(id, { revertResize: null })).status, 202);
  assert.equal((await cloud.show(id)).status, 'REVERT_RESIZE');
  await cloud.converge();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
  assert.equal(await used(), 512);
  assert.deepEqual((await cloud.document())?.servers[0]?.disk?.layersGib, [1]);
});

test('QEMU that ends by itself leaves the server SHUTOFF with the reason, and it stays off', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const [entry] = (await cloud.document())?.servers ?? [];
  assert.ok(entry);
  await cloud.report([{ ...asWished(entry), state: 'stopped', reason: 'QEMU was killed by signal 9.' }]);
  assert.equal((await cloud.show(id)).status, 'SHUTOFF');
  assert.equal((await cloud.document())?.servers[0]?.power, 'stopped');
  const { body } = await cloud.request('GET', `/compute/v2.1/servers/${id}/potluck-explain`, { as: 'admin' });
  assert.equal(body.history[0].details, 'QEMU was killed by signal 9.');
  await cloud.act(id, { 'os-start': null });
  await cloud.report([{ ...asWished(entry), state: 'stopped', reason: 'late' }]);
  assert.equal((await cloud.show(id)).status, 'SHUTOFF', 'a report of the boot before does not count');
  await cloud.converge();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
});

test('an error the host reports is a fault, and is over when the host is well', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  const [entry] = (await cloud.document())?.servers ?? [];
  assert.ok(entry);
  await cloud.report([{ ...asWished(entry), state: 'error', build: 0, boot: 0, reason: 'The disk is full.' }]);
  const server = await cloud.show(id);
  assert.equal(server.status, 'ERROR');
  assert.equal(server.fault.message, 'The disk is full.');
  await cloud.converge();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
});

test('a build that is not done in time ends in ERROR and says what is missing', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.report();
  cloud.app.clock.advance(31 * 60_000);
  await cloud.report();
  await createServerReconciler(cloud.app).run();
  const server = await cloud.show(id);
  assert.equal(server.status, 'ERROR');
  assert.match(server.fault.message, /the network did not bring up port/);
});

test('a locked server is for administrators only', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  assert.equal((await cloud.act(id, { lock: { locked_reason: 'mine' } }, { version: '2.73' })).status, 202);
  const refused = await cloud.act(id, { 'os-stop': null });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.conflictingRequest.message, `Instance ${id} is locked`);
  assert.equal((await cloud.request('DELETE', `/compute/v2.1/servers/${id}`)).status, 409);
  assert.equal((await cloud.show(id, { version: '2.73' })).locked_reason, 'mine');
  assert.equal((await cloud.act(id, { unlock: null })).status, 202);
  assert.equal((await cloud.act(id, { 'os-stop': null })).status, 202);
});

test('another project’s server is not there, and a reader may only read', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  const path = `/compute/v2.1/servers/${id}`;
  for (const [method, body] of [['GET'], ['DELETE'], ['PUT', { server: { name: 'x' } }]] as const) {
    assert.equal((await cloud.request(method, path, { as: 'other', body })).status, 404, method);
  }
  assert.equal((await cloud.request('GET', path, { as: 'reader' })).status, 200);
  assert.equal((await cloud.request('DELETE', path, { as: 'reader' })).status, 403);
  assert.equal((await cloud.act(id, { 'os-stop': null }, { as: 'reader' })).status, 403);
  assert.equal((await cloud.request('GET', path, { as: 'nobody' })).status, 401);
});

test('the last room of a host is given once, however many ask at once', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.app.store.transaction((tx) =>
    tx.db.updateTable('inventories').set({ total: 1200 }).where('resource_class', '=', 'MEMORY_MB').execute(),
  );
  const ids = await Promise.all(['a', 'b', 'c', 'd'].map((name) => cloud.boot({ name })));
  const states = await Promise.all(ids.map(async (id) => (await cloud.show(id)).status));
  assert.equal(states.filter((status) => status === 'BUILD').length, 1);
  assert.equal((await cloud.app.store.read.selectFrom('consumers').selectAll().execute()).length, 1);
});

test('capacity that was counted wrong is counted anew', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.boot();
  await cloud.app.store.transaction((tx) => tx.db.updateTable('inventories').set({ used: 7, overhead: 1 }).execute());
  await cloud.app.store.transaction((tx) => tx.db.deleteFrom('consumers').execute());
  await createUpkeepReconciler(cloud.app).run();
  const rows = await cloud.app.store.read.selectFrom('inventories').select(['used', 'overhead']).execute();
  assert.deepEqual(
    rows.map(({ used, overhead }) => [used, overhead]).toSorted((a, b) => Number(a[0]) - Number(b[0])),
    [
      [1, 0],
      [1, 0],
      [512, 64],
    ],
  );
});

test('an agent that knows a newer generation than the database is given a newer one still', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  const document = await cloud.document(500);
  assert.equal(document?.generation, 501);
  assert.equal(document?.servers[0]?.id, id);
});

test('a host that an operator deleted is told so', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.app.store.transaction((tx) => tx.db.deleteFrom('hosts').execute());
  const { status } = await cloud.request('GET', '/agent/v1/document?generation=0', { as: 'host' });
  assert.equal(status, 401);
});

test('a server whose port the network refuses fails at once, with the reason', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  const refused = { status: 'ERROR', status_reason: 'OVN has no such chassis' } as const;
  await cloud.app.store.transaction((tx) => tx.db.updateTable('ports').set(refused).execute());
  await createServerReconciler(cloud.app).run();
  const { status, fault } = await cloud.show(id);
  assert.equal(status, 'ERROR');
  assert.match(fault.message, /OVN has no such chassis/);
  await cloud.report();
  assert.equal((await cloud.show(id)).status, 'ERROR', 'that QEMU runs does not make the network well');
});

test('images are fetched ahead by the hosts of an aggregate, for a day', async (t) => {
  const cloud = await computeCloud(t);
  const admin = (method: 'POST', path: string, body: unknown, version = '2.81') =>
    cloud.request(method, `/compute/v2.1/os-aggregates${path}`, { as: 'admin', body, ...versioned(version) });
  const { id } = (await admin('POST', '', { aggregate: { name: 'rack' } })).body.aggregate;
  await admin('POST', `/${id}/action`, { add_host: { host: 'alpha' } });
  const cache = [{ id: cloud.imageId }];
  assert.equal((await admin('POST', `/${id}/images`, { cache }, '2.80')).status, 404);
  assert.equal((await admin('POST', `/${id}/images`, { cache: [...cache, ...cache] })).status, 400);
  assert.equal((await admin('POST', '/77/images', { cache })).status, 404);
  const image = () => cloud.request('GET', `/agent/v1/images/${cloud.imageId}`, { as: 'host' });
  assert.equal((await image()).status, 404);
  for (let time = 0; time < 2; time++) {
    assert.equal((await admin('POST', `/${id}/images`, { cache })).status, 202);
    assert.deepEqual(
      (await cloud.document())?.images?.map((one) => one.id),
      [cloud.imageId],
    );
  }
  assert.equal((await image()).status, 200);
  await cloud.app.store.transaction((tx) => tx.db.updateTable('host_images').set({ asked_at: 0 }).execute());
  await createUpkeepReconciler(cloud.app).run();
  assert.equal((await cloud.document())?.images, undefined);
});
