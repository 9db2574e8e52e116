import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import type { ImageId, ProjectId } from '../core/ids.ts';
import { systemContext } from '../http/context.ts';
import { testCloud, type TestCloud } from '../http/testing.ts';
import { createImageReconciler, imageService } from './index.ts';
import { storeImageData } from './upload.ts';

const BYTES = { 'content-type': 'application/octet-stream' };
const images = '/image/v2/images';

interface Cloud extends TestCloud {
  id: ImageId;
  files(): string[];
  status(): Promise<string>;
  reconcile(): Promise<void>;
}

/** A cloud with one queued image. */
async function cloudWithImage(t: TestContext, body: object = {}): Promise<Cloud> {
  const cloud = await testCloud(t, [imageService]);
  const created = await cloud.request('POST', images, {
    body: { disk_format: 'raw', container_format: 'bare', ...body },
  });
  const id = created.body.id as ImageId;
  const directory = join(cloud.app.config.stateDir, 'images');
  return {
    ...cloud,
    id,
    files: () => (existsSync(directory) ? readdirSync(directory) : []),
    status: async () => (await cloud.request('GET', `${images}/${id}`)).body.status as string,
    reconcile: () => createImageReconciler(cloud.app).run(),
  };
}

const put = (c: Cloud, body: string | Buffer, headers: object = {}, to = 'file') =>
  c.request('PUT', `${images}/${c.id}/${to}`, { body, headers: { ...BYTES, ...headers } });
const store = (c: Cloud, body: Readable) =>
  storeImageData(c.app, systemContext(c.app.clock.now()), c.id, body, { expected: null });

function backedQcow2(): Buffer {
  const image = Buffer.alloc(65_536);
  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(2, 4);
  image.writeBigUInt64BE(512n, 8);
  image.write('/etc/shadow', 512);
  return image;
}

test('refused data leaves a queued image and no file', async (t) => {
  const c = await cloudWithImage(t, { disk_format: 'qcow2' });
  const backed = await put(c, backedQcow2());
  assert.equal(backed.status, 400);
  assert.match(backed.body.message, /backing file/);
  const raw = await put(c, 'not a qcow2');
  assert.equal(raw.status, 415);
  assert.match(raw.body.message, /disk_format qcow2 does not match/);
  assert.equal(await c.status(), 'queued');
  assert.deepEqual(c.files(), []);
});

test('without enforcement a hostile header is refused all the same', async (t) => {
  const c = await cloudWithImage(t);
  c.app.config.enforceImageFormat = false;
  assert.equal((await put(c, backedQcow2())).status, 400);
  const other = await cloudWithImage(t, { disk_format: 'qcow2' });
  other.app.config.enforceImageFormat = false;
  assert.equal((await put(other, 'not a qcow2')).status, 204);
});

test('an upload says what it is and how long it is', async (t) => {
  const c = await cloudWithImage(t);
  assert.equal((await put(c, 'data', { 'x-openstack-image-size': '5' })).status, 400);
  assert.equal((await put(c, 'data', { 'x-openstack-image-size': 'five' })).status, 400);
  assert.equal((await put(c, 'data', { 'x-image-meta-store': 'ceph' })).status, 400);
  assert.equal((await c.request('PUT', `${images}/${c.id}/file`, { body: { a: 1 } })).status, 415);
  assert.equal(await c.status(), 'queued');
  const unset = await c.request('POST', images, { body: { name: 'without formats' } });
  const early = await c.request('PUT', `${images}/${unset.body.id}/file`, { body: 'x', headers: BYTES });
  assert.equal(early.status, 400);
  assert.match(early.body.message, /disk_format, container_format must be set/);
});

test('more than the quota is refused, before and while it arrives', async (t) => {
  const c = await cloudWithImage(t);
  c.app.config.imageQuotaBytes = 1000;
  assert.equal((await put(c, 'x'.repeat(1001))).status, 413);
  await assert.rejects(store(c, Readable.from([Buffer.alloc(600), Buffer.alloc(600)])), { status: 413 });
  assert.equal(await c.status(), 'queued');
  assert.deepEqual(c.files(), []);
  assert.equal((await put(c, 'x'.repeat(1000))).status, 204);
});

test('limits that an administrator registered, and what one project has instead', async (t) => {
  const c = await cloudWithImage(t);
  const limits = { image_size_total: 0, image_count_total: 5, image_count_uploading: -1 };
  await c.app.store.transaction(async (tx) => {
    const service = {
      id: 'glance',
      type: 'image',
      name: 'glance',
      enabled: 1 as const,
      managed: 0 as const,
      extra: '{}',
    };
    await tx.db.insertInto('catalog_services').values(service).execute();
    for (const [resource_name, default_limit] of Object.entries(limits)) {
      const row = { id: resource_name, service_id: 'glance', region_id: null, resource_name, default_limit };
      await tx.db.insertInto('registered_limits').values(row).execute();
    }
  });
  const { usage } = (await c.request('GET', '/image/v2/info/usage')).body;
  assert.deepEqual(usage.image_size_total, { limit: 0, usage: 0 });
  assert.deepEqual([usage.image_count_total, usage.image_count_uploading.limit], [{ limit: 5, usage: 1 }, -1]);
  assert.equal((await put(c, 'data')).status, 413);
  await c.app.store.transaction(async (tx) => {
    const project = { id: 'project-demo' as ProjectId, name: 'demo', domain_id: null, parent_id: null };
    const plain = { is_domain: 0 as const, enabled: 1 as const, description: '', options: '{}', extra: '{}' };
    const times = { created_at: 1 };
    await tx.db
      .insertInto('projects')
      .values({ ...project, ...plain, ...times } as never)
      .execute();
    const mine = { id: 'mine', registered_limit_id: 'image_size_total', project_id: 'project-demo', resource_limit: 1 };
    await tx.db
      .insertInto('limits')
      .values(mine as never)
      .execute();
  });
  assert.equal((await put(c, 'data')).status, 204);
});

test('a client that goes away leaves a queued image and no file', async (t) => {
  const c = await cloudWithImage(t);
  const body = Readable.from(
    (async function* () {
      yield Buffer.from('some');
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })(),
  );
  await assert.rejects(store(c, body), { status: 400 });
  assert.equal(await c.status(), 'queued');
  assert.deepEqual(c.files(), []);
});

test('an image deleted while it is uploaded is gone, and so is its data', async (t) => {
  const c = await cloudWithImage(t);
  const body = Readable.from(
    (async function* () {
      yield Buffer.from('some');
      assert.equal(await c.status(), 'saving');
      assert.equal((await put(c, 'second')).status, 409);
      assert.equal((await c.request('DELETE', `${images}/${c.id}`)).status, 204);
      yield Buffer.from('more');
    })(),
  );
  await assert.rejects(store(c, body), { status: 410 });
  assert.deepEqual(c.files(), []);
  await c.reconcile();
  assert.deepEqual(await c.app.store.read.selectFrom('images').selectAll().execute(), []);
});

test('an upload whose process died goes back to queued, its file is removed', async (t) => {
  const c = await cloudWithImage(t);
  const upload = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
  const directory = join(c.app.config.stateDir, 'images');
  mkdirSync(directory, { recursive: true });
  const old = c.app.clock.now() / 1000 - 3600;
  for (const name of [`${c.id}.${upload}.part`, c.id, 'notes.txt']) {
    writeFileSync(join(directory, name), 'left over');
    utimesSync(join(directory, name), old, old);
  }
  await c.app.store.transaction((tx) =>
    tx.db
      .updateTable('images')
      .set({ status: 'saving', upload_id: upload, upload_seen_at: c.app.clock.now() })
      .execute(),
  );
  await c.reconcile();
  assert.equal(await c.status(), 'saving');
  assert.equal(c.files().length, 3);
  c.app.clock.advance(61_000);
  await c.reconcile();
  assert.equal(await c.status(), 'queued');
  assert.deepEqual(c.files(), ['notes.txt']);
});

test('a deleted image loses its file, then its row', async (t) => {
  const c = await cloudWithImage(t);
  await put(c, 'data');
  assert.deepEqual(c.files(), [c.id]);
  await c.request('DELETE', `${images}/${c.id}`);
  await c.reconcile();
  await c.reconcile();
  assert.deepEqual(c.files(), []);
  assert.deepEqual(await c.app.store.read.selectFrom('images').selectAll().execute(), []);
});

test('staged data is imported by the reconciler', async (t) => {
  const c = await cloudWithImage(t);
  const importing = () =>
    c.request('POST', `${images}/${c.id}/import`, { body: { method: { name: 'glance-direct' } } });
  assert.equal((await importing()).status, 409);
  assert.equal((await put(c, 'data', {}, 'stage')).status, 204);
  const staged = (await c.request('GET', `${images}/${c.id}`)).body;
  assert.deepEqual([staged.status, staged.size, staged.checksum], ['uploading', 4, null]);
  const unknown = await c.request('POST', `${images}/${c.id}/import`, { body: { method: { name: 'web-download' } } });
  assert.equal(unknown.status, 400);
  const reply = await importing();
  assert.equal(reply.status, 202);
  assert.equal(await c.status(), 'importing');
  await c.reconcile();
  await c.reconcile();
  assert.equal(await c.status(), 'active');
  assert.deepEqual(c.files(), [c.id]);
  const { tasks } = (await c.request('GET', `${images}/${c.id}/tasks`)).body;
  assert.equal(tasks.length, 1);
  assert.equal(tasks[0].status, 'success');
  assert.equal(tasks[0].request_id, reply.headers['x-openstack-request-id']);
  assert.equal(tasks[0].input.import_req.method.name, 'glance-direct');
});

test('an import that is refused says why', async (t) => {
  const c = await cloudWithImage(t, { disk_format: 'qcow2' });
  await put(c, backedQcow2(), {}, 'stage');
  await c.request('POST', `${images}/${c.id}/import`, { body: { method: { name: 'glance-direct' } } });
  await c.reconcile();
  assert.equal(await c.status(), 'queued');
  assert.deepEqual(c.files(), []);
  const { tasks } = (await c.request('GET', `${images}/${c.id}/tasks`)).body;
  assert.equal(tasks[0].status, 'failure');
  assert.match(tasks[0].message, /backing file/);
});
