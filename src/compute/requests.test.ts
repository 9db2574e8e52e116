import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProjectId } from '../core/ids.ts';
import { computeCloud, versioned } from './testing.ts';

const NONE = '00000000-0000-4000-8000-000000000000';

test('create refuses what Nova refuses, with 400 and a reason', async (t) => {
  const cloud = await computeCloud(t);
  const good = { name: 'x', flavorRef: '1', imageRef: cloud.imageId };
  const bad: Record<string, object> = {
    'no name': { name: '' },
    'a number for a name': { name: 12345 },
    'blanks around the name': { name: ' x ' },
    'a long name': { name: 'a'.repeat(256) },
    'an unknown member': { colour: 'blue' },
    'no such image': { imageRef: NONE },
    'no image id': { imageRef: '-1' },
    'no such flavor': { flavorRef: -1 },
    'no such key': { key_name: 'nobody' },
    'no IPv4 address': { accessIPv4: '1.1.1.1.1.1' },
    'no IPv6 address': { accessIPv6: 'notvalid' },
    'no network id': { networks: [{ uuid: 'a-b-c', fixed_ip: '10.0.1.1' }] },
    'no such network': { networks: [{ uuid: NONE }] },
    'long metadata': { metadata: { a: 'b'.repeat(260) } },
    'no base64': { user_data: '#!/bin/sh' },
    'no such security group': { security_groups: [{ name: 'none' }] },
    'a volume': { block_device_mapping_v2: [{ source_type: 'volume', uuid: NONE, boot_index: 0 }] },
    'no such zone': { availability_zone: 'moon' },
    'counts the wrong way round': { min_count: 3, max_count: 2 },
    'a count of nothing': { min_count: 0 },
    files: { personality: [{ path: '/a', contents: 'YQ==' }] },
    'a member of a newer version': { description: 'new' },
    'networks of a newer version': { networks: 'auto' },
  };
  for (const [why, change] of Object.entries(bad)) {
    const reply = await cloud.request('POST', '/compute/v2.1/servers', { body: { server: { ...good, ...change } } });
    assert.equal(reply.status, 400, `${why}: ${JSON.stringify(reply.body)}`);
    assert.ok(reply.body.badRequest.message.length > 10, why);
  }
  const rows = await cloud.app.store.read.selectFrom('servers').selectAll().execute();
  assert.equal(rows.length, 0);
  const forced = { ...good, availability_zone: 'nova:alpha' };
  assert.equal((await cloud.request('POST', '/compute/v2.1/servers', { body: { server: forced } })).status, 403);
  assert.equal(
    (
      await cloud.request('POST', '/compute/v2.1/servers', {
        as: 'admin',
        body: { server: { ...forced, imageRef: NONE } },
      })
    ).status,
    400,
  );
  const newest = await cloud.request('POST', '/compute/v2.1/servers', { body: { server: good }, ...versioned('2.37') });
  assert.equal(newest.status, 400, 'networks must be given since 2.37');
});

test('several servers in one request have numbers; what goes beyond the quota is refused whole', async (t) => {
  const cloud = await computeCloud(t);
  await cloud.boot({ name: 'many', min_count: 2, max_count: 3 });
  const { body } = await cloud.request('GET', '/compute/v2.1/servers?sort_key=display_name&sort_dir=asc');
  assert.deepEqual(
    body.servers.map((server: { name: string }) => server.name),
    ['many-1', 'many-2', 'many-3'],
  );
  const server = { name: 'more', flavorRef: '1', imageRef: cloud.imageId, min_count: 8 };
  const refused = await cloud.request('POST', '/compute/v2.1/servers', { body: { server } });
  assert.equal(refused.status, 403);
  assert.match(
    refused.body.forbidden?.message ?? JSON.stringify(refused.body),
    /Quota exceeded for instances: Requested 8, but already used 3 of 10 instances/,
  );
});

test('a server group keeps its members apart, and the server says which group it is in', async (t) => {
  const cloud = await computeCloud(t);
  const group = { name: 'apart', policies: ['anti-affinity'] };
  const made = await cloud.request('POST', '/compute/v2.1/os-server-groups', { body: { server_group: group } });
  const hints = { 'os:scheduler_hints': { group: made.body.server_group.id } };
  const create = (name: string) =>
    cloud.request('POST', '/compute/v2.1/servers', {
      body: { server: { name, flavorRef: '1', imageRef: cloud.imageId }, ...hints },
    });
  const first = (await create('one')).body.server.id;
  const second = (await create('two')).body.server.id;
  assert.equal((await cloud.show(first)).status, 'BUILD');
  const failed = await cloud.show(second, { version: '2.71' });
  assert.match(failed.fault.message, /anti-affinity/);
  assert.deepEqual(failed.server_groups, [made.body.server_group.id]);
});

test('each version shows its own members', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const has: [member: string, since: string, before: string][] = [
    ['locked', '2.9', '2.8'],
    ['description', '2.19', '2.18'],
    ['tags', '2.26', '2.25'],
    ['trusted_image_certificates', '2.63', '2.62'],
    ['server_groups', '2.71', '2.70'],
    ['locked_reason', '2.73', '2.72'],
    ['OS-EXT-SRV-ATTR:hostname', '2.90', '2.89'],
    ['pinned_availability_zone', '2.96', '2.95'],
  ];
  for (const [member, since, before] of has) {
    assert.ok(member in (await cloud.show(id, { version: since })), `${member} in ${since}`);
    assert.ok(!(member in (await cloud.show(id, { version: before }))), `${member} in ${before}`);
  }
  assert.equal((await cloud.show(id, { version: '2.47' })).flavor.original_name, 'small');
  assert.equal((await cloud.show(id, { version: '2.46' })).flavor.id, '1');
  const admin = await cloud.show(id, { as: 'admin', version: '2.16' });
  assert.equal(admin['OS-EXT-SRV-ATTR:host'], 'alpha');
  assert.equal(admin.host_status, 'UP');
  const update = await cloud.request('PUT', `/compute/v2.1/servers/${id}`, { body: { server: { name: 'y' } } });
  assert.ok(!('OS-EXT-STS:vm_state' in update.body.server));
  const tooNew = await cloud.request('GET', '/compute/v2.1/servers', versioned('2.97'));
  assert.equal(tooNew.status, 406);
});

test('lists: filters, pages and their links, and bad parameters', async (t) => {
  const cloud = await computeCloud(t);
  const ids = [];
  for (const name of ['ab-1', 'ab-2', 'c.3']) ids.push(await cloud.boot({ name }));
  await cloud.converge();
  await cloud.act(ids[0] ?? '', { 'os-stop': null });
  await cloud.converge();
  const list = async (query: string, version = '2.1') =>
    (await cloud.request('GET', `/compute/v2.1/servers?${query}`, versioned(version))).body.servers
      .map((server: { name: string }) => server.name)
      .join(' ');
  assert.equal(await list(''), 'c.3 ab-2 ab-1', 'the newest first');
  assert.equal(await list('name=ab'), 'ab-2 ab-1');
  assert.equal(await list('name=^c\\.'), 'c.3');
  assert.equal(await list('status=shutoff'), 'ab-1');
  assert.equal(await list('status=ACTIVE&status=SHUTOFF'), 'c.3 ab-2 ab-1');
  assert.equal(await list(`image=${NONE}`), '');
  assert.equal(await list('flavor=1&limit=2'), 'c.3 ab-2');
  assert.equal(await list(`marker=${ids[1]}`), 'ab-1');
  assert.equal(await list('name=ab&limit=1'), 'ab-2');
  assert.equal(await list('ip=10.1.0'), 'c.3 ab-2 ab-1');
  assert.equal(await list('limit=0'), '');
  assert.equal(await list('changes-since=2999-01-01T00:00:00Z'), '');
  assert.equal(await list('sort_key=display_name&sort_dir=asc'), 'ab-1 ab-2 c.3');
  await cloud.request('PUT', `/compute/v2.1/servers/${ids[2]}/tags/red`, versioned('2.26'));
  assert.equal(await list('tags=red', '2.26'), 'c.3');
  assert.equal(await list('not-tags=red', '2.26'), 'ab-2 ab-1');
  const page = await cloud.request('GET', '/compute/v2.1/servers/detail?limit=1');
  const next = new URL(page.body.servers_links[0].href);
  assert.equal(next.searchParams.get('marker'), ids[2]);
  const bad = [
    'limit=-1',
    'limit=x',
    `marker=${NONE}`,
    'changes-since=whenever',
    'name=(',
    'sort_dir=up',
    'all_tenants=x',
  ];
  for (const query of bad) {
    assert.equal((await cloud.request('GET', `/compute/v2.1/servers?${query}`)).status, 400, query);
  }
  const unknown = await cloud.request('GET', '/compute/v2.1/servers?colour=blue', versioned('2.75'));
  assert.equal(unknown.status, 400);
  assert.equal((await cloud.request('GET', '/compute/v2.1/servers?all_tenants=1')).status, 403);
  assert.equal((await cloud.request('GET', '/compute/v2.1/servers', { as: 'other' })).body.servers.length, 0);
  const all = await cloud.request('GET', '/compute/v2.1/servers?all_tenants=1&host=alpha', { as: 'admin' });
  assert.equal(all.body.servers.length, 3);
});

test('metadata, tags, interfaces, groups and the rest of a server', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const at = `/compute/v2.1/servers/${id}`;
  const call = async (
    status: number,
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    version = '2.1',
  ) => {
    const reply = await cloud.request(method, `${at}${path}`, { body, ...versioned(version) });
    assert.equal(reply.status, status, `${method} ${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  await call(200, 'POST', '/metadata', { metadata: { a: '1', b: '2' } });
  await call(200, 'PUT', '/metadata/a', { meta: { a: '3' } });
  await call(400, 'PUT', '/metadata/a', { meta: { z: '3' } });
  await call(204, 'DELETE', '/metadata/b');
  await call(404, 'DELETE', '/metadata/b');
  assert.deepEqual((await call(200, 'GET', '/metadata')).metadata, { a: '3' });
  await call(404, 'GET', '/tags');
  await call(201, 'PUT', '/tags/x', undefined, '2.26');
  await call(204, 'PUT', '/tags/x', undefined, '2.26');
  await call(400, 'PUT', '/tags/a,b', undefined, '2.26');
  assert.deepEqual((await call(200, 'PUT', '/tags', { tags: ['q', 'p'] }, '2.26')).tags, ['p', 'q']);
  assert.equal((await call(200, 'GET', '/ips')).addresses.net.length, 1);
  await call(404, 'GET', '/ips/none');
  const before = (await call(200, 'GET', '/os-interface')).interfaceAttachments;
  const added = await call(200, 'POST', '/os-interface', { interfaceAttachment: { net_id: cloud.networkId } });
  assert.equal((await cloud.document())?.servers[0]?.ports.length, 2);
  await call(202, 'DELETE', `/os-interface/${added.interfaceAttachment.port_id}`);
  assert.deepEqual((await call(200, 'GET', '/os-interface')).interfaceAttachments.length, before.length);
  const group = { name: 'web', description: '' };
  await cloud.request('POST', '/network/v2.0/security-groups', { body: { security_group: group } });
  assert.equal((await cloud.act(id, { addSecurityGroup: { name: 'web' } })).status, 202);
  const names = (await call(200, 'GET', '/os-security-groups')).security_groups.map(
    (one: { name: string }) => one.name,
  );
  assert.deepEqual(names, ['default', 'web']);
  assert.equal((await cloud.act(id, { removeSecurityGroup: { name: 'web' } })).status, 202);
  assert.equal((await cloud.act(id, { removeSecurityGroup: { name: 'web' } })).status, 404);
  assert.deepEqual(await call(200, 'GET', '/os-volume_attachments'), { volumeAttachments: [] });
  const history = (await call(200, 'GET', '/os-instance-actions')).instanceActions;
  const create = history.at(-1);
  const event = (await call(200, 'GET', `/os-instance-actions/${create.request_id}`, undefined, '2.51')).instanceAction
    .events[0];
  assert.equal(event.result, 'Success');
  assert.equal((await cloud.act(id, { changePassword: { adminPass: 'x' } })).status, 409, 'no guest agent');
  assert.equal((await cloud.act(id, { fly: null })).status, 400);
  assert.equal((await cloud.act(id, { reboot: { type: 'WARM' } })).status, 400);
  assert.equal((await cloud.act(id, { 'os-resetState': { state: 'error' } })).status, 403);
  assert.equal((await cloud.act(id, { 'os-resetState': { state: 'error' } }, { as: 'admin' })).status, 202);
  await cloud.report();
  assert.equal((await cloud.show(id)).status, 'ERROR', 'what an administrator set is not undone by a report');
});

test('usage counts hours, also of servers that are gone', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  cloud.app.clock.advance(2 * 3600_000);
  await cloud.request('DELETE', `/compute/v2.1/servers/${id}`);
  await cloud.report();
  const path = '/compute/v2.1/os-simple-tenant-usage/project-demo?start=2025-12-31T00:00:00&detailed=1';
  const { body } = await cloud.request('GET', path);
  assert.equal(body.tenant_usage.total_hours, 2);
  assert.equal(body.tenant_usage.total_memory_mb_usage, 1024);
  assert.equal(body.tenant_usage.server_usages[0].state, 'terminated');
  assert.equal((await cloud.request('GET', path, { as: 'other' })).status, 403);
});

test('the project may stand in the path, if it is the token’s', async (t) => {
  const cloud = await computeCloud(t);
  const project = '0123456789abcdef0123456789abcdef' as ProjectId;
  const { verifyToken } = cloud.app;
  cloud.app.verifyToken = (...asked) => ({ ...verifyToken(...asked), projectId: project });
  const { body } = await cloud.request('GET', `/compute/v2.1/${project}/servers/detail?limit=1`);
  assert.deepEqual(body, { servers: [] });
  for (const prefix of ['/compute/v2.1', '/compute/v2']) {
    assert.equal((await cloud.request('GET', `${prefix}/${project}/flavors/1`)).body.flavor?.id, '1');
    const other = await cloud.request('GET', `${prefix}/${project.replaceAll('1', '0')}/servers`);
    assert.equal(other.status, 400);
  }
});

test('the API of before microversions has the same paths, and knows no microversion', async (t) => {
  const cloud = await computeCloud(t);
  const { versions } = (await cloud.request('GET', '/compute/')).body;
  assert.deepEqual(
    versions.map(({ id }: { id: string }) => id),
    ['v2.0', 'v2.1'],
  );
  for (const version of versions) {
    const page = await cloud.request('GET', new URL(version.links[0].href).pathname);
    assert.equal(page.body.version.id, version.id);
    assert.equal(page.body.version.links[0].href, version.links[0].href);
  }
  const old = await cloud.request('GET', '/compute/v2/flavors/detail?limit=1', versioned('2.61'));
  assert.equal(old.headers['openstack-api-version'], 'compute 2.1');
  assert.ok(!('extra_specs' in old.body.flavors[0]));
});
