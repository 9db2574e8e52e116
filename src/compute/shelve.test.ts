import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyQcow2 } from '../sim/empty-image.ts';
import { computeCloud, versioned, type ComputeCloud } from './testing.ts';

const statusOf = async (cloud: ComputeCloud, id: string) => (await cloud.show(id)).status as string;

/** The one image that the host is asked to send, sent. */
async function upload(cloud: ComputeCloud): Promise<string> {
  const { uploads } = (await cloud.document()) ?? { uploads: [] };
  assert.equal(uploads.length, 1);
  const id = uploads[0]?.id ?? '';
  const headers = { 'content-type': 'application/octet-stream' };
  const sent = await cloud.request('PUT', `/agent/v1/images/${id}/data`, {
    as: 'host',
    body: emptyQcow2(1),
    headers,
  });
  assert.equal(sent.status, 204, JSON.stringify(sent.body));
  return id;
}

test('a rescued server boots another image with its own disk second, and goes back to its own', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const before = (await cloud.document())?.servers[0];
  const asked = await cloud.act(id, { rescue: { adminPass: 'secret-1' } });
  assert.deepEqual([asked.status, asked.body], [200, { adminPass: 'secret-1' }]);
  const during = (await cloud.document())?.servers[0];
  assert.equal(during?.rescue?.image.id, cloud.imageId);
  assert.equal(during?.boot, (before?.boot ?? 0) + 1);
  assert.deepEqual(during?.disk, before?.disk);
  await cloud.converge();
  assert.equal(await statusOf(cloud, id), 'RESCUE');
  for (const body of [{ reboot: { type: 'SOFT' } }, { rescue: null }, { shelve: null }, { 'os-stop': null }]) {
    assert.equal((await cloud.act(id, body)).status, 409, JSON.stringify(body));
  }
  assert.equal((await cloud.act(id, { unrescue: null })).status, 202);
  assert.equal((await cloud.document())?.servers[0]?.rescue, null);
  await cloud.converge();
  assert.equal(await statusOf(cloud, id), 'ACTIVE');
  assert.equal((await cloud.act(id, { unrescue: null })).status, 409);
  assert.equal((await cloud.act(id, { rescue: { rescue_image_ref: 'none' } })).status, 400);
});

test('a shelved server leaves its host for an image, and comes back from it', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const { addresses } = await cloud.show(id);
  assert.equal((await cloud.act(id, { shelve: null })).status, 202);
  assert.equal((await cloud.document())?.servers[0]?.power, 'stopped');
  await cloud.converge();
  assert.equal((await cloud.show(id))['OS-EXT-STS:task_state'], 'shelving_image_uploading');
  const imageId = await upload(cloud);
  // The image is there: the server leaves the document, and is gone once the host says so.
  await cloud.converge();
  assert.deepEqual((await cloud.document())?.servers, []);
  assert.equal(await statusOf(cloud, id), 'SHELVED');
  await cloud.converge();
  const away = await cloud.show(id, { as: 'admin' });
  assert.deepEqual([away.status, away['OS-EXT-SRV-ATTR:host']], ['SHELVED_OFFLOADED', null]);
  assert.deepEqual(away.addresses, addresses);
  const image = await cloud.request('GET', `/image/v2/images/${imageId}`);
  assert.deepEqual([image.body.name, image.body.status], ['web-shelved', 'active']);
  const hosts = await cloud.request('GET', '/compute/v2.1/os-hypervisors/detail', { as: 'admin' });
  assert.deepEqual([hosts.body.hypervisors[0].memory_mb_used, hosts.body.hypervisors[0].running_vms], [0, 0]);

  const zone = { unshelve: { availability_zone: 'nowhere' } };
  assert.equal((await cloud.act(id, zone, { version: '2.77' })).status, 400);
  assert.equal((await cloud.act(id, { unshelve: { host: 'alpha' } }, { version: '2.91' })).status, 403);
  assert.equal((await cloud.act(id, { unshelve: null })).status, 202);
  const back = (await cloud.document())?.servers[0];
  assert.equal(back?.disk?.image?.id, imageId);
  assert.equal((await cloud.request('GET', `/agent/v1/images/${imageId}`, { as: 'host' })).status, 200);
  await cloud.converge();
  assert.equal(await statusOf(cloud, id), 'ACTIVE');
  assert.deepEqual((await cloud.show(id)).image.id, cloud.imageId);
  // Nobody needs the image any more.
  await cloud.converge();
  assert.equal((await cloud.request('GET', `/image/v2/images/${imageId}`)).status, 404);
  const history = await cloud.request('GET', `/compute/v2.1/servers/${id}/os-instance-actions`);
  const names = history.body.instanceActions.map((one: { action: string }) => one.action);
  assert.deepEqual(names, ['unshelve', 'shelve', 'create']);
});

test('an image that the host cannot make leaves the server off, and a deleted one leaves no image', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  await cloud.act(id, { shelve: null });
  await cloud.converge();
  const [asked] = (await cloud.document())?.uploads ?? [];
  await cloud.report(undefined, { uploads: [{ id: asked?.id ?? '', state: 'error', reason: 'no room' }] });
  await cloud.converge();
  assert.equal(await statusOf(cloud, id), 'SHUTOFF');

  await cloud.act(id, { shelve: null });
  await cloud.converge();
  const imageId = await upload(cloud);
  await cloud.converge();
  await cloud.converge();
  assert.equal(await statusOf(cloud, id), 'SHELVED_OFFLOADED');
  assert.equal((await cloud.request('DELETE', `/compute/v2.1/servers/${id}`)).status, 204);
  assert.equal((await cloud.request('GET', `/compute/v2.1/servers/${id}`)).status, 404);
  await cloud.converge();
  assert.equal((await cloud.request('GET', `/image/v2/images/${imageId}`)).status, 404);
});

test('limits of the default class, hosts and services of before 2.43, and events for several servers', async (t) => {
  const cloud = await computeCloud(t);
  const admin = (method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown, version = '2.1') =>
    cloud.request(method, `/compute/v2.1${path}`, { as: 'admin', body, ...versioned(version) });
  await admin('PUT', '/os-quota-class-sets/default', { quota_class_set: { instances: 3, cores: '5' } });
  const limits = await cloud.request('GET', '/compute/v2.1/limits');
  assert.deepEqual([limits.body.limits.absolute.maxTotalInstances, limits.body.limits.absolute.maxTotalCores], [3, 5]);
  // A user's limit is within the project's, and holds for that user alone.
  const limited = '/os-quota-sets/project-demo?user_id=user-member';
  assert.equal((await admin('PUT', limited, { quota_set: { instances: 4 } })).status, 400);
  await cloud.boot();
  assert.equal((await admin('PUT', limited, { quota_set: { instances: 0 } })).status, 400);
  assert.equal((await admin('PUT', limited, { quota_set: { instances: 1 } })).body.quota_set.instances, 1);
  assert.equal((await admin('GET', '/os-quota-sets/project-demo')).body.quota_set.instances, 3);
  const more = { server: { name: 'x', flavorRef: '1', imageRef: cloud.imageId } };
  assert.equal((await cloud.request('POST', '/compute/v2.1/servers', { body: more })).status, 403);
  await cloud.request('DELETE', `/compute/v2.1${limited}`, { as: 'admin' });
  assert.equal((await cloud.request('POST', '/compute/v2.1/servers', { body: more })).status, 202);
  const hosts = await admin('GET', '/os-hosts');
  const services = hosts.body.hosts.map((one: { service: string }) => one.service);
  assert.deepEqual(services, ['compute', 'conductor', 'scheduler']);
  assert.equal((await admin('PUT', '/os-hosts/alpha', { status: 'disable' })).body.status, 'disabled');
  assert.equal((await admin('GET', '/os-hosts/alpha')).body.host[0].resource.project, '(total)');
  const own = (await admin('GET', '/os-services?binary=nova-scheduler', undefined, '2.53')).body.services[0];
  assert.equal((await admin('PUT', `/os-services/${own.id}`, { status: 'disabled' }, '2.53')).status, 400);

  const nowhere = '00000000-0000-4000-8000-000000000000';
  const events = [{ name: 'network-changed', server_uuid: nowhere }];
  const sent = await admin('POST', '/os-server-external-events', { events });
  assert.deepEqual([sent.status, sent.body.events[0].code], [207, 404]);
  assert.equal((await admin('GET', '/os-agents')).status, 410);
});
