import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { HostReport } from '../../host/document.ts';
import { emptyQcow2 } from '../../sim/empty-image.ts';
import { asWished, computeCloud, versioned, type ComputeCloud } from '../testing.ts';

const V = '/volume/v3';
const S = '/compute/v2.1/servers';

interface Disks extends ComputeCloud {
  /** Makes a volume, which the host has made. */
  volume(body?: Record<string, unknown>): Promise<string>;
  volumeStatus(id: string): Promise<string>;
  attach(
    server: string,
    volume: string,
    more?: Record<string, unknown>,
    version?: string,
  ): ReturnType<ComputeCloud['request']>;
}

async function disks(t: TestContext): Promise<Disks> {
  const cloud = await computeCloud(t);
  return {
    ...cloud,
    async volume(body = {}) {
      const made = await cloud.request('POST', `${V}/volumes`, { body: { volume: { size: 1, ...body } } });
      assert.equal(made.status, 202, JSON.stringify(made.body));
      await cloud.converge();
      return made.body.volume.id as string;
    },
    async volumeStatus(id) {
      const { status, body } = await cloud.request('GET', `${V}/volumes/${id}`);
      return status === 404 ? 'gone' : (body.volume.status as string);
    },
    attach: (server, volume, more = {}, version = '2.96') =>
      cloud.request('POST', `${S}/${server}/os-volume_attachments`, {
        body: { volumeAttachment: { volumeId: volume, ...more } },
        ...versioned(version),
      }),
  };
}

/** One cloud for all: each check finds it without servers and volumes. */
const checks: [string, (cloud: Disks) => Promise<void>][] = [];
const check = (name: string, work: (cloud: Disks) => Promise<void>) => void checks.push([name, work]);

async function clear(cloud: Disks): Promise<void> {
  const { body } = await cloud.request('GET', S);
  for (const { id } of body.servers) await cloud.request('DELETE', `${S}/${id}`);
  await cloud.converge();
  for (const kind of ['snapshots', 'volumes']) {
    const found = await cloud.request('GET', `${V}/${kind}`);
    for (const { id } of found.body[kind]) await cloud.request('DELETE', `${V}/${kind}/${id}`);
    await cloud.converge();
  }
}

const fromVolume = (uuid: string, more = {}) => ({
  imageRef: '',
  block_device_mapping_v2: [{ source_type: 'volume', destination_type: 'volume', uuid, boot_index: 0, ...more }],
});

check('a volume is plugged in and out, with its history, in the form of each version', async (cloud) => {
  const id = await cloud.boot();
  await cloud.converge();
  const volume = await cloud.volume();
  const attached = await cloud.attach(id, volume, { tag: 'data', delete_on_termination: true });
  assert.equal(attached.status, 200, JSON.stringify(attached.body));
  assert.deepEqual(attached.body.volumeAttachment, {
    ...{ id: volume, volumeId: volume, serverId: id, device: '/dev/vdb', tag: 'data', delete_on_termination: true },
  });
  assert.equal(await cloud.volumeStatus(volume), 'attaching');
  const [wanted] = (await cloud.document())?.servers ?? [];
  assert.deepEqual(
    wanted?.attachments.map(({ device, bus, tag }) => [device, bus, tag]),
    [['vdb', 'virtio', 'data']],
  );
  await cloud.converge();
  assert.equal(await cloud.volumeStatus(volume), 'in-use');
  const show = async (version: string) =>
    (await cloud.request('GET', `${S}/${id}/os-volume_attachments/${volume}`, versioned(version))).body
      .volumeAttachment;
  assert.deepEqual(Object.keys(await show('2.1')).sort(), ['device', 'id', 'serverId', 'volumeId']);
  assert.deepEqual(Object.keys(await show('2.89')).sort(), [
    ...['attachment_id', 'bdm_uuid', 'delete_on_termination', 'device', 'serverId', 'tag', 'volumeId'],
  ]);
  const member = 'os-extended-volumes:volumes_attached';
  assert.deepEqual((await cloud.show(id))[member], [{ id: volume }]);
  assert.deepEqual((await cloud.show(id, { version: '2.3' }))[member], [{ id: volume, delete_on_termination: true }]);

  const again = await cloud.attach(id, volume);
  assert.equal(again.status, 400, JSON.stringify(again.body));
  const other = await cloud.boot({ name: 'other' });
  await cloud.converge();
  assert.equal((await cloud.attach(other, volume)).status, 400);
  assert.equal((await cloud.attach(id, volume, { tag: 'x' }, '2.48')).status, 400, 'no tags before 2.49');
  const path = `${S}/${id}/os-volume_attachments/${volume}`;
  const change = { volumeAttachment: { volumeId: volume, delete_on_termination: false } };
  assert.equal((await cloud.request('PUT', path, { body: change, ...versioned('2.85') })).status, 202);
  const swap = { volumeAttachment: { volumeId: await cloud.volume() } };
  assert.equal((await cloud.request('PUT', path, { body: swap })).status, 403);
  assert.equal((await cloud.request('PUT', path, { as: 'admin', body: swap })).status, 409);

  assert.equal((await cloud.request('DELETE', path, { as: 'other' })).status, 404);
  assert.equal((await cloud.request('DELETE', path)).status, 202);
  assert.equal(await cloud.volumeStatus(volume), 'detaching');
  await cloud.converge();
  assert.equal(await cloud.volumeStatus(volume), 'available');
  assert.equal((await cloud.request('GET', path)).status, 404);
  const history = await cloud.request('GET', `${S}/${id}/os-instance-actions`, versioned('2.21'));
  const [detach, attach] = history.body.instanceActions;
  assert.deepEqual([detach.action, attach.action], ['detach_volume', 'attach_volume']);
  for (const { request_id } of [detach, attach]) {
    const { body } = await cloud.request('GET', `${S}/${id}/os-instance-actions/${request_id}`, versioned('2.51'));
    assert.equal(body.instanceAction.events[0].result, 'Success');
  }
});

check('a server boots from a volume, and the volume outlives it or goes with it', async (cloud) => {
  const volume = await cloud.volume({ imageRef: cloud.imageId });
  const id = await cloud.boot(fromVolume(volume));
  const [wanted] = (await cloud.document())?.servers ?? [];
  assert.equal(wanted?.disk, null);
  assert.deepEqual(
    wanted?.attachments.map(({ device, bootIndex }) => [device, bootIndex]),
    [['vda', 0]],
  );
  await cloud.converge();
  const server = await cloud.show(id);
  assert.deepEqual([server.status, server.image], ['ACTIVE', '']);
  const root = `${S}/${id}/os-volume_attachments/${volume}`;
  assert.equal((await cloud.request('DELETE', root)).status, 403, 'the root disk stays');
  await cloud.request('DELETE', `${S}/${id}`);
  assert.equal(await cloud.volumeStatus(volume), 'in-use', 'until the host has let go of it');
  await cloud.converge();
  assert.equal(await cloud.volumeStatus(volume), 'available');

  const short = await cloud.boot({
    imageRef: '',
    block_device_mapping_v2: [
      {
        source_type: 'image',
        destination_type: 'volume',
        uuid: cloud.imageId,
        boot_index: 0,
        volume_size: 1,
        delete_on_termination: true,
      },
      { source_type: 'blank', destination_type: 'volume', volume_size: 2 },
    ],
  });
  const [boots] = (await cloud.document())?.servers ?? [];
  assert.deepEqual(
    boots?.attachments.map(({ device }) => device),
    ['vda', 'vdb'],
  );
  await cloud.converge();
  assert.equal((await cloud.show(short)).status, 'ACTIVE');
  const list = await cloud.request('GET', `${S}/${short}/os-volume_attachments`);
  const [first, second] = list.body.volumeAttachments.map((one: { id: string }) => one.id);
  await cloud.request('DELETE', `${S}/${short}`);
  await cloud.converge();
  await cloud.converge();
  assert.deepEqual([await cloud.volumeStatus(first), await cloud.volumeStatus(second)], ['gone', 'available']);
});

check('what cannot be booted from is refused before anything is made', async (cloud) => {
  const empty = await cloud.volume();
  const create = async (server: Record<string, unknown>, as: 'member' | 'other' = 'member') => {
    const body = { server: { name: 'x', flavorRef: '1', networks: 'none', ...server } };
    const reply = await cloud.request('POST', S, { as, body, ...versioned('2.67') });
    return `${reply.status} ${reply.body.badRequest?.message}`;
  };
  assert.match(await create(fromVolume(empty)), /^400 Block Device .* is not bootable/);
  const volume = await cloud.volume({ imageRef: cloud.imageId });
  assert.match(await create(fromVolume(volume), 'other'), /^400 .*failed to get volume/);
  assert.match(
    await create({ ...fromVolume(volume), max_count: 2 }),
    /^400 Cannot attach one or more volumes to multiple/,
  );
  const ofImage = { source_type: 'image', destination_type: 'volume', uuid: cloud.imageId, boot_index: 0 };
  assert.match(await create({ block_device_mapping_v2: [ofImage] }), /^400 Images with destination_type 'volume'/);
  const named = { ...ofImage, volume_size: 1, volume_type: 'nothing' };
  assert.match(await create({ block_device_mapping_v2: [named] }), /^400 /);
  await cloud.boot(fromVolume(volume));
  assert.match(await create(fromVolume(volume)), /^400 Invalid volume: .* is attaching/);
  const servers = await cloud.request('GET', S);
  assert.equal(servers.body.servers.length, 1);
});

check('a volume-backed server is resized and rebuilt; its disk is not', async (cloud) => {
  const volume = await cloud.volume({ imageRef: cloud.imageId });
  const id = await cloud.boot(fromVolume(volume));
  await cloud.converge();
  assert.equal((await cloud.act(id, { resize: { flavorRef: '2' } })).status, 202);
  assert.equal((await cloud.document())?.servers[0]?.disk, null);
  await cloud.converge();
  assert.equal((await cloud.show(id)).status, 'VERIFY_RESIZE');
  assert.equal((await cloud.act(id, { revertResize: null })).status, 202);
  await cloud.converge();
  const rebuild = { rebuild: { imageRef: cloud.imageId } };
  assert.equal((await cloud.act(id, rebuild)).status, 202);
  await cloud.converge();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
  const build = async () => (await cloud.document())?.volumes[0]?.build;
  const before = (await build()) ?? 0;
  assert.equal((await cloud.act(id, rebuild, { version: '2.93' })).status, 202);
  assert.equal(await build(), before + 1);
  await cloud.converge();
  assert.deepEqual([(await cloud.show(id)).status, await cloud.volumeStatus(volume)], ['ACTIVE', 'in-use']);
});

check('a volume that the host cannot plug in is free again, and the history says why', async (cloud) => {
  const id = await cloud.boot();
  await cloud.converge();
  const volume = await cloud.volume();
  await cloud.attach(id, volume);
  const [wanted] = (await cloud.document())?.servers ?? [];
  const [attachment] = wanted?.attachments ?? [];
  assert.ok(wanted && attachment);
  const failed = { id: attachment.id, state: 'error' as const, reason: 'No slot is free.' };
  await cloud.report([{ ...asWished(wanted), attachments: [failed] }]);
  await cloud.converge();
  assert.equal(await cloud.volumeStatus(volume), 'available');
  const history = await cloud.request('GET', `${S}/${id}/os-instance-actions`, { as: 'admin' });
  const request = history.body.instanceActions[0].request_id as string;
  const { body } = await cloud.request('GET', `${S}/${id}/os-instance-actions/${request}`, {
    as: 'admin',
    ...versioned('2.84'),
  });
  assert.deepEqual(
    body.instanceAction.events.map((one: { result: string }) => one.result),
    ['Error'],
  );
});

/** Sends an image as the host would that is asked for it. */
async function upload(cloud: ComputeCloud): Promise<string> {
  const [wanted] = (await cloud.document())?.uploads ?? [];
  assert.ok(wanted, 'the host is asked for an image');
  const reply = await cloud.request('PUT', `/agent/v1/images/${wanted.id}/data`, {
    as: 'host',
    body: emptyQcow2(1),
    headers: { 'content-type': 'application/octet-stream' },
  });
  assert.equal(reply.status, 204, JSON.stringify(reply.body));
  await cloud.converge();
  return wanted.id;
}

check('an image is made of a server: the host is asked, and the server waits for nothing else', async (cloud) => {
  const id = await cloud.boot();
  await cloud.converge();
  const old = await cloud.act(id, { createImage: { name: 'as it is', metadata: { purpose: 'test' } } });
  assert.equal(old.status, 202);
  assert.equal(old.body, null);
  const image = String(old.headers.location).split('/').at(-1);
  assert.equal((await cloud.act(id, { createImage: { name: 'two' } })).status, 409);
  await cloud.converge();
  const during = await cloud.show(id);
  assert.deepEqual([during.status, during['OS-EXT-STS:task_state']], ['ACTIVE', 'image_snapshot']);
  const saving = await cloud.request('GET', `/compute/v2.1/images/${image}`);
  assert.deepEqual([saving.body.image.status, saving.body.image.server.id], ['SAVING', id]);
  assert.equal(await upload(cloud), image);
  assert.equal((await cloud.show(id))['OS-EXT-STS:task_state'], null);
  assert.deepEqual((await cloud.document())?.uploads, []);
  const { body } = await cloud.request('GET', `/image/v2/images/${image}`);
  assert.deepEqual(
    [body.status, body.purpose, body.image_type, body.instance_uuid, body.min_disk, body.disk_format],
    [...['active', 'test', 'snapshot', id, 1, 'qcow2']],
  );
  const boots = await cloud.boot({ imageRef: image, name: 'second' });
  await cloud.converge();
  assert.equal((await cloud.show(boots)).status, 'ACTIVE');

  const failing = await cloud.act(id, { createImage: { name: 'three' } }, { version: '2.45' });
  const lost = failing.body.image_id as string;
  const uploads: HostReport['uploads'] = [{ id: lost, state: 'error', reason: 'The disk is full.' }];
  await cloud.report(undefined, { uploads });
  await cloud.converge();
  assert.equal((await cloud.request('GET', `/image/v2/images/${lost}`)).status, 404);
  assert.equal((await cloud.show(id))['OS-EXT-STS:task_state'], null);
  const deleted = await cloud.act(id, { createImage: { name: 'four' } }, { version: '2.45' });
  await cloud.request('DELETE', `${S}/${id}`);
  await cloud.converge();
  assert.equal((await cloud.request('GET', `/image/v2/images/${deleted.body.image_id}`)).status, 404);
});

check('backups: the newest of each type are kept', async (cloud) => {
  const id = await cloud.boot();
  await cloud.converge();
  const backup = async (name: string, backup_type: string) => {
    cloud.app.clock.advance(1000);
    const body = { createBackup: { name, backup_type, rotation: 2 } };
    assert.equal((await cloud.act(id, body)).status, 202);
    await upload(cloud);
  };
  for (const name of ['one', 'two', 'three']) await backup(name, 'daily');
  await backup('week', 'weekly');
  const images = await cloud.request('GET', '/image/v2/images?image_type=backup&sort=name:asc');
  assert.deepEqual(
    images.body.images.map((image: { name: string }) => image.name),
    ['three', 'two', 'week'],
  );
});

check('an image of a volume-backed server names snapshots, and servers boot from copies of them', async (cloud) => {
  const volume = await cloud.volume({ imageRef: cloud.imageId });
  const id = await cloud.boot(fromVolume(volume));
  await cloud.converge();
  const refused = await cloud.act(id, { createBackup: { name: 'b', backup_type: 'daily', rotation: 1 } });
  assert.equal(refused.status, 400);
  const made = await cloud.act(id, { createImage: { name: 'both' } }, { version: '2.45' });
  assert.equal(made.status, 202, JSON.stringify(made.body));
  await cloud.converge();
  await cloud.converge();
  const { body: image } = await cloud.request('GET', `/image/v2/images/${made.body.image_id}`);
  assert.deepEqual([image.status, image.size, image.bdm_v2], ['active', 0, 'True']);
  const [device] = JSON.parse(image.block_device_mapping);
  assert.deepEqual([device.source_type, device.boot_index, device.volume_size], ['snapshot', 0, 1]);
  const second = await cloud.boot({ imageRef: image.id, name: 'second' });
  await cloud.converge();
  await cloud.converge();
  const shown = await cloud.show(second);
  assert.deepEqual([shown.status, shown.image], ['ACTIVE', '']);
});

test('servers and volumes', async (t) => {
  const cloud = await disks(t);
  for (const [name, work] of checks) {
    await t.test(name, () => work(cloud));
    await clear(cloud);
  }
});
