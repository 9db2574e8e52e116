import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { testCloud, type TestUser } from '../../http/testing.ts';
import { createImageReconciler, imageService } from '../index.ts';
import { isInternal } from './addresses.ts';
import { createDownloads } from './run.ts';
import { checkUri, openWeb, type Web } from './web.ts';

const IMAGES = '/image/v2/images';

async function webServer(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `mirror.example:${(server.address() as AddressInfo).port}`;
}

const web = (more: Partial<Web> = {}): Web => ({
  resolve: async () => ['127.0.0.1'],
  own: () => [],
  allowed: [],
  abort: new AbortController().signal,
  ...more,
});

test('addresses that are not on the public Internet', () => {
  for (const address of [
    ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
    ...['::', '::1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', 'fd00::1', 'fe80::1', '64:ff9b::a00:1', '2002:a00:1::'],
    'no address',
  ]) {
    assert.equal(isInternal(address), true, address);
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '2a00:1450::1']) assert.equal(isInternal(address), false, address);
  assert.equal(isInternal('8.8.8.8', ['8.8.8.8']), true);
});

test('addresses that images are fetched from', async () => {
  assert.equal(checkUri('https://example.org/a.qcow2', []).host, 'example.org');
  for (const uri of [
    ...['file:///etc/shadow', 'ftp://example.org/a', 'https://u:p@example.org/', 'http://example.org:22/', 'nothing'],
    ...['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:10.0.0.1]/'],
    undefined,
  ]) {
    assert.throws(() => checkUri(uri, []), { status: 400 }, String(uri));
  }
  assert.equal(checkUri('http://10.0.0.1:8080/', ['10.0.0.1:8080']).port, '8080');
  assert.throws(() => checkUri('http://10.0.0.1:8081/', ['10.0.0.1:8080']), { status: 400 });
  await assert.rejects(openWeb('http://inside.example/', web()), /not on the public Internet/);
  const mixed = web({ resolve: async () => ['8.8.8.8', '10.0.0.1'] });
  await assert.rejects(openWeb('http://inside.example/', mixed), /not on the public Internet/);
  const own = web({ resolve: async () => ['198.18.255.1'], own: () => ['198.18.255.1'] });
  await assert.rejects(openWeb('http://inside.example/', own), /not on the public Internet/);
});

test('an image comes from the web, or its task says why not', async (t) => {
  const mirror = await webServer(t, (request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    else if (request.url === '/loop') response.writeHead(301, { location: '/loop' }).end();
    else if (request.url === '/good') response.end('the image');
    else if (request.url === '/moved') response.writeHead(307, { location: '/good' }).end();
    else if (request.url === '/short') {
      response.writeHead(200, { 'content-length': '100' }).write('only this');
      setImmediate(() => response.destroy());
    } else response.writeHead(404).end();
  });
  const cloud = await testCloud(t, [imageService]);
  cloud.app.config.imageImportAllow = [mirror];
  const downloads = createDownloads(cloud.app, web({ allowed: [mirror], abort: cloud.app.abort }));
  const reconciler = createImageReconciler(cloud.app, downloads);
  const run = async () => {
    await reconciler.run();
    await downloads.settled();
  };
  const begin = async (method: object, as: TestUser = 'member') => {
    const body = { disk_format: 'raw', container_format: 'bare', hw_disk_bus: 'ide' };
    const { id } = (await cloud.request('POST', IMAGES, { as, body })).body;
    return { id, reply: await cloud.request('POST', `${IMAGES}/${id}/import`, { as, body: { method } }) };
  };
  const fetched = async (method: object, as: TestUser = 'member') => {
    const { id, reply } = await begin(method, as);
    assert.equal(reply.status, 202, JSON.stringify(reply.body));
    await run();
    const image = (await cloud.request('GET', `${IMAGES}/${id}`, { as })).body;
    const { tasks } = (await cloud.request('GET', `${IMAGES}/${id}/tasks`, { as })).body;
    return { id, image, task: tasks[0] };
  };
  const web1 = (path: string) => fetched({ name: 'web-download', uri: `http://${mirror}${path}` });

  const refused = await begin({ name: 'web-download', uri: 'http://127.0.0.1/x' });
  assert.equal(refused.reply.status, 400);
  const good = await web1('/moved');
  assert.deepEqual([good.image.status, good.image.size, good.task.status], ['active', 9, 'success']);
  assert.equal(good.image.os_glance_importing_to_stores, '');
  assert.equal(good.task.input.asker, undefined);
  for (const [path, reason] of [
    ['/away', /internal addresses|public Internet/],
    ['/loop', /redirects more than 5 times/],
    ['/gone', /answered 404/],
    ['/short', /cut off/],
  ] as const) {
    const { image, task } = await web1(path);
    assert.deepEqual([image.status, image.size, task.status], ['queued', null, 'failure'], path);
    assert.match(task.message, reason);
    assert.equal(image.os_glance_failed_import, 'local');
  }

  const all = await cloud.request('GET', '/image/v2/tasks?status=failure&limit=3&sort_dir=asc', { as: 'admin' });
  assert.deepEqual([all.body.tasks.length, all.body.tasks[0].message], [3, undefined]);
  const more = await cloud.request('GET', `/image${all.body.next}`, { as: 'admin' });
  assert.equal(more.body.tasks.length, 1);
  const task = await cloud.request('GET', `/image/v2/tasks/${all.body.tasks[0].id}`, { as: 'admin' });
  assert.match(task.body.message, /Internet|times|404|cut off/);
  assert.equal((await cloud.request('GET', '/image/v2/tasks')).status, 403);

  const from = (id: string, as: TestUser) =>
    fetched({ name: 'glance-download', glance_image_id: id, glance_region: 'RegionOne' }, as);
  const change = [{ op: 'add', path: '/os_distro', value: 'debian' }];
  const type = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  await cloud.request('PATCH', `${IMAGES}/${good.id}`, { body: JSON.stringify(change), headers: type });
  const copy = await from(good.id as string, 'member');
  assert.deepEqual(
    [copy.image.status, copy.image.os_distro, copy.image.checksum],
    ['active', 'debian', good.image.checksum],
  );
  assert.match((await from(good.id as string, 'other')).task.message, /No image found/);
  const nowhere = { name: 'glance-download', glance_image_id: good.id, glance_region: 'Moon' };
  assert.match((await fetched(nowhere)).task.message, /no image service in region Moon/);
  assert.equal((await begin({ name: 'glance-download', glance_image_id: 'x' })).reply.status, 400);
});

test('a download whose process died begins anew', async (t) => {
  const mirror = await webServer(t, (_request, response) => response.end('the image'));
  const cloud = await testCloud(t, [imageService]);
  cloud.app.config.imageImportAllow = [mirror];
  const body = { disk_format: 'raw', container_format: 'bare' };
  const { id } = (await cloud.request('POST', IMAGES, { body })).body;
  const method = { name: 'web-download', uri: `http://${mirror}/` };
  await cloud.request('POST', `${IMAGES}/${id}/import`, { body: { method } });
  await cloud.app.store.transaction((tx) =>
    tx.db.updateTable('images').set({ upload_id: 'another', upload_seen_at: cloud.app.clock.now() }).execute(),
  );
  const downloads = createDownloads(cloud.app, web({ allowed: [mirror], abort: cloud.app.abort }));
  const status = async () => {
    await createImageReconciler(cloud.app, downloads).run();
    await downloads.settled();
    return (await cloud.request('GET', `${IMAGES}/${id}`)).body.status as string;
  };
  assert.equal(await status(), 'importing');
  cloud.app.clock.advance(61_000);
  assert.equal(await status(), 'active');
});
