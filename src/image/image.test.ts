import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { testCloud, type TestCloud, type TestUser } from '../http/testing.ts';
import { imageExists, imageForServer, imageService, openImageFile } from './index.ts';
import { systemContext } from '../http/context.ts';

const BYTES = { 'content-type': 'application/octet-stream' };
const NEW_PATCH = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
const ABSENT = '00000000-0000-4000-8000-000000000000';
const images = '/image/v2/images';

const cloud = (t: TestContext) => testCloud(t, [imageService]);

async function create(cloud: TestCloud, body: object = {}, as: TestUser = 'member'): Promise<string> {
  const all = { name: 'i', disk_format: 'raw', container_format: 'bare', ...body };
  const reply = await cloud.request('POST', images, { as, body: all });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return reply.body.id as string;
}

const upload = (cloud: TestCloud, id: string, data: string | Buffer, as: TestUser = 'member') =>
  cloud.request('PUT', `${images}/${id}/file`, { as, body: data, headers: BYTES });
const patch = (cloud: TestCloud, id: string, changes: object[], as: TestUser = 'member') =>
  cloud.request('PATCH', `${images}/${id}`, { as, body: JSON.stringify(changes), headers: NEW_PATCH });
const show = async (cloud: TestCloud, id: string, as: TestUser = 'member') =>
  cloud.request('GET', `${images}/${id}`, { as });
const names = async (cloud: TestCloud, query = '', as: TestUser = 'member') =>
  ((await cloud.request('GET', `${images}${query}`, { as })).body.images as { name: string }[]).map((one) => one.name);

test('versions are offered without a token, images are not', async (t) => {
  const c = await cloud(t);
  const reply = await c.request('GET', '/image', { as: 'nobody' });
  assert.equal(reply.status, 300);
  assert.deepEqual([reply.body.versions[0].id, reply.body.versions[0].status], ['v2.16', 'CURRENT']);
  assert.equal((await c.request('GET', '/image/versions', { as: 'nobody' })).status, 200);
  assert.equal((await c.request('GET', images, { as: 'nobody' })).status, 401);
});

test('an image is created, filled, read and deleted', async (t) => {
  const c = await cloud(t);
  const id = await create(c, { tags: ['b', 'a'], os_distro: 'debian', min_disk: 2 });
  const queued = await show(c, id);
  assert.equal(queued.body.status, 'queued');
  assert.equal(queued.body.size, null);
  assert.equal(queued.body.os_distro, 'debian');
  assert.deepEqual(queued.body.tags, ['a', 'b']);
  assert.equal((await c.request('GET', `${images}/${id}/file`)).status, 204);

  assert.equal((await upload(c, id, 'hello world')).status, 204);
  const active = (await show(c, id)).body;
  assert.equal(active.status, 'active');
  assert.equal(active.size, 11);
  assert.equal(active.virtual_size, 11);
  assert.equal(active.checksum, '5eb63bbbe01eeed093cb22bb8f5acdc3');
  assert.equal(active.os_hash_algo, 'sha512');
  assert.match(active.os_hash_value, /^309ecc489c12d6eb4cc40f50c902f2b4/);
  assert.equal((await upload(c, id, 'again')).status, 409);

  const whole = await c.request('GET', `${images}/${id}/file`);
  assert.deepEqual([whole.status, whole.body], [200, 'hello world']);
  assert.equal(whole.headers['content-md5'], active.checksum);
  const part = await c.request('GET', `${images}/${id}/file`, { headers: { range: 'bytes=6-' } });
  assert.deepEqual([part.status, part.body, part.headers['content-range']], [206, 'world', 'bytes 6-10/11']);
  assert.equal((await c.request('GET', `${images}/${id}/file`, { headers: { range: 'bytes=11-' } })).status, 416);

  const has = { 'if-none-match': `"x", ${String(whole.headers.etag)}` };
  assert.equal((await c.request('GET', `${images}/${id}/file`, { headers: has })).status, 304);

  assert.equal((await c.request('DELETE', `${images}/${id}`)).status, 204);
  assert.equal((await show(c, id)).status, 404);
  assert.equal((await c.request('DELETE', `${images}/${id}`)).status, 404);
});

test('what clients may not say about an image', async (t) => {
  const c = await cloud(t);
  const post = async (body: object, as: TestUser = 'member') => (await c.request('POST', images, { as, body })).status;
  assert.equal(await post({ status: 'active' }), 403);
  assert.equal(await post({ os_glance_foo: 'x' }), 403);
  assert.equal(await post({ deleted: true }), 403);
  assert.equal(await post({ visibility: 'public' }), 403);
  assert.equal(await post({ owner: 'project-other' }), 403);
  assert.equal(await post({ owner: 'project-other' }, 'admin'), 201);
  assert.equal(await post({ disk_format: 'wrong' }), 400);
  assert.equal(await post({ container_format: 'wrong' }), 400);
  assert.equal(await post({ id: 'wrong' }), 400);
  assert.equal(await post({ color: 5 }), 400);
  assert.equal(await post({ kernel_id: 'wrong' }), 400);
  assert.equal(await post({ min_ram: '5' }), 400);
  assert.equal(await post({}, 'reader'), 403);
  assert.equal(await post({ id: ABSENT }), 201);
  assert.equal(await post({ id: ABSENT }), 409);
  const wrong = await c.request('PATCH', `${images}/${ABSENT}`, { body: [] });
  assert.equal(wrong.status, 415);
  assert.match(String(wrong.headers['accept-patch']), /v2.1-json-patch/);
});

test('a change is seen, and others may not make it', async (t) => {
  const c = await cloud(t);
  const id = await create(c, { visibility: 'public' }, 'admin');
  const change = [{ op: 'replace', path: '/name', value: 'new' }];
  assert.equal((await patch(c, id, change)).status, 403);
  const reply = await patch(c, id, [...change, { op: 'add', path: '/protected', value: true }], 'admin');
  assert.deepEqual([reply.body.name, reply.body.protected], ['new', true]);
  assert.equal((await c.request('DELETE', `${images}/${id}`, { as: 'admin' })).status, 403);
  assert.equal((await c.request('DELETE', `${images}/${id}`)).status, 403);
  const own = await create(c, { visibility: 'private' });
  assert.equal((await patch(c, own, change, 'other')).status, 404);
  assert.equal((await upload(c, own, 'x', 'other')).status, 404);
  assert.equal((await patch(c, own, [{ op: 'replace', path: '/visibility', value: 'public' }])).status, 403);
});

test('lists: filters, order and pages', async (t) => {
  const c = await cloud(t);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    c.app.clock.advance(1000);
    const id = await create(c, { name, tags: [name, 'all'], kind: name < 'c' ? 'low' : 'high' });
    if (name !== 'e') await upload(c, id, 'x'.repeat(name.charCodeAt(0)));
  }
  await create(c, { name: 'hidden', os_hidden: true });
  assert.deepEqual(await names(c), ['e', 'd', 'c', 'b', 'a']);
  assert.deepEqual(await names(c, '?name=in:a,c&sort=name:asc'), ['a', 'c']);
  assert.deepEqual(await names(c, '?status=queued'), ['e']);
  assert.deepEqual(await names(c, '?tag=all&tag=b'), ['b']);
  assert.deepEqual(await names(c, '?kind=low&sort_key=name&sort_dir=asc'), ['a', 'b']);
  assert.deepEqual(await names(c, '?size_min=98&size_max=99&sort=size:desc'), ['c', 'b']);
  assert.deepEqual(await names(c, '?created_at=lt:2026-01-01T00:00:02Z'), ['a']);
  assert.deepEqual(await names(c, '?created_at=eq:2026-01-01T00:00:02Z'), ['b']);
  assert.deepEqual(await names(c, '?os_hidden=true'), ['hidden']);
  assert.deepEqual(await names(c, '?limit=0'), []);
  assert.equal((await c.request('GET', `${images}/`)).status, 404);
  assert.equal((await c.request('GET', `${images}?marker=${ABSENT}`)).status, 400);

  const seen: string[] = [];
  let next: string | undefined = '/v2/images?limit=2&sort=size:asc';
  while (next !== undefined) {
    const { body } = await c.request('GET', `/image${next}`);
    seen.push(...(body.images as { name: string }[]).map((one) => one.name));
    assert.equal(body.first, '/v2/images?limit=2&sort=size%3Aasc');
    next = body.next as string | undefined;
  }
  assert.deepEqual(seen, ['e', 'a', 'b', 'c', 'd']);
});

test('visibility decides who sees an image', async (t) => {
  const c = await cloud(t);
  for (const visibility of ['private', 'shared', 'community']) await create(c, { name: visibility, visibility });
  await create(c, { name: 'public', visibility: 'public' }, 'admin');
  assert.deepEqual((await names(c)).toSorted(), ['community', 'private', 'public', 'shared']);
  assert.deepEqual(await names(c, '', 'other'), ['public']);
  assert.deepEqual(await names(c, '?visibility=community', 'other'), ['community']);
  assert.deepEqual((await names(c, '?visibility=all', 'other')).toSorted(), ['community', 'public']);
  assert.deepEqual((await names(c, '?visibility=all', 'admin')).length, 4);
});

test('sharing: the member accepts, the owner cannot', async (t) => {
  const c = await cloud(t);
  const id = await create(c, { name: 'shared' });
  const members = `${images}/${id}/members`;
  const member = 'project-other';
  const accept = (as: TestUser, status = 'accepted') =>
    c.request('PUT', `${members}/${member}`, { as, body: { status, member } });
  assert.equal((await show(c, id, 'other')).status, 404);
  const added = await c.request('POST', members, { body: { member } });
  assert.deepEqual([added.status, added.body.status], [200, 'pending']);
  assert.equal((await c.request('POST', members, { body: { member } })).status, 409);
  assert.equal((await show(c, id, 'other')).status, 200);
  assert.deepEqual(await names(c, '', 'other'), []);
  assert.deepEqual(await names(c, '?member_status=pending', 'other'), ['shared']);
  assert.equal((await accept('member')).status, 403);
  assert.equal((await accept('other', 'maybe')).status, 400);
  assert.equal((await accept('other')).body.status, 'accepted');
  assert.deepEqual(await names(c, '', 'other'), ['shared']);
  assert.equal((await c.request('GET', members, { as: 'other' })).body.members.length, 1);
  assert.equal((await c.request('DELETE', `${members}/${member}`, { as: 'other' })).status, 403);
  assert.equal((await c.request('DELETE', `${members}/${member}`)).status, 204);
  assert.equal((await show(c, id, 'other')).status, 404);
  const closed = await create(c, { visibility: 'private' });
  assert.equal((await c.request('GET', `${images}/${closed}/members`)).status, 403);
});

test('the projects that an image is shared with hear what becomes of it', async (t) => {
  const c = await cloud(t);
  const told: string[] = [];
  c.app.store.follow({
    changed: (changes) => told.push(...changes.map(({ kind, to, id }) => `${kind} ${to} ${id}`)),
    missed: () => undefined,
  });
  const id = await create(c, { visibility: 'shared' });
  await c.request('POST', `${images}/${id}/members`, { body: { member: 'project-other' } });
  const steps = {
    filled: () => upload(c, id, 'x'),
    renamed: () => patch(c, id, [{ op: 'replace', path: '/name', value: 'j' }]),
    deactivated: () => c.request('POST', `${images}/${id}/actions/deactivate`, { as: 'admin' }),
    hidden: () => patch(c, id, [{ op: 'replace', path: '/visibility', value: 'private' }], 'admin'),
    deleted: () => c.request('DELETE', `${images}/${id}`),
  };
  for (const [step, take] of Object.entries(steps)) {
    told.length = 0;
    const { status } = await take();
    assert.ok(status < 300, `${step}: ${status}`);
    assert.ok(told.includes(`images project:project-other ${id}`), `${step}: ${told.join(', ')}`);
  }
});

test('tags and deactivation', async (t) => {
  const c = await cloud(t);
  const id = await create(c);
  assert.equal((await c.request('PUT', `${images}/${id}/tags/x`)).status, 204);
  assert.equal((await c.request('PUT', `${images}/${id}/tags/x`)).status, 204);
  assert.deepEqual((await show(c, id)).body.tags, ['x']);
  assert.equal((await c.request('DELETE', `${images}/${id}/tags/x`)).status, 204);
  assert.equal((await c.request('DELETE', `${images}/${id}/tags/x`)).status, 404);
  assert.equal((await c.request('PUT', `${images}/${ABSENT}/tags/x`)).status, 404);
  assert.equal((await c.request('POST', `${images}/${id}/actions/deactivate`)).status, 403);
  await upload(c, id, 'data');
  assert.equal((await c.request('POST', `${images}/${id}/actions/deactivate`)).status, 204);
  assert.equal((await c.request('GET', `${images}/${id}/file`)).status, 403);
  assert.equal((await c.request('POST', `${images}/${id}/actions/reactivate`)).status, 204);
  assert.equal((await c.request('GET', `${images}/${id}/file`)).status, 200);
});

test('schemas, stores, usage', async (t) => {
  const c = await cloud(t);
  for (const name of ['image', 'images', 'member', 'members']) {
    assert.equal((await c.request('GET', `/image/v2/schemas/${name}`)).body.name, name);
  }
  assert.deepEqual((await c.request('GET', '/image/v2/info/import')).body['import-methods'].value, [
    'glance-direct',
    'web-download',
    'glance-download',
  ]);
  assert.equal((await c.request('GET', '/image/v2/info/stores')).body.stores[0].id, 'local');
  await create(c);
  const { usage } = (await c.request('GET', '/image/v2/info/usage')).body;
  assert.deepEqual(usage.image_count_total, { limit: 1000, usage: 1 });
});

test('compute gets images that servers can boot, and no others', async (t) => {
  const c = await cloud(t);
  const id = await create(c, { visibility: 'public', min_disk: 1, hw_disk_bus: 'virtio' }, 'admin');
  const context = { ...systemContext(0), isAdmin: false, projectId: 'project-other' };
  const { read } = c.app.store;
  await assert.rejects(imageForServer(read, context, id), /not active/);
  await upload(c, id, 'data', 'admin');
  const image = await imageForServer(read, context, id);
  assert.equal(image.sizeBytes, 4);
  assert.equal(image.diskFormat, 'raw');
  assert.deepEqual(image.properties, { hw_disk_bus: 'virtio' });
  assert.equal(image.sha256.length, 64);
  await assert.rejects(imageForServer(read, context, await create(c)), { status: 400 });
  assert.equal(await imageExists(read, id), true);
  assert.equal(await imageExists(read, ABSENT), false);
  const { stream, sizeBytes } = await openImageFile(c.app, image.id);
  assert.equal(Buffer.concat(await stream.toArray()).toString(), 'data');
  assert.equal(sizeBytes, 4);
});
