import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planLocalDisks, resizeLocalDisks } from './local-disks.ts';
import { computeCloud, versioned } from './testing.ts';
import { imageDevice, type Device } from './volumes/devices.ts';

const IMAGE = '6a2f41a3-c54c-fce8-32d2-0324e1c32e22';
const root = imageDevice(IMAGE);
const blank = (sizeGib: number | null, format: string | null): Device => ({
  ...{ ...root, source: 'blank', id: null, bootIndex: null, sizeGib, format },
});
const flavor = { ephemeralGib: 4, swapMib: 512 };

test('a flavor gives one formatted disk and one for swapping, unless the request parts them otherwise', () => {
  const bus = 'virtio';
  assert.deepEqual(planLocalDisks([root], { ephemeralGib: 0, swapMib: 0 }), []);
  assert.deepEqual(planLocalDisks([root], flavor), [
    { name: 'ephemeral0', layersMib: [4096], format: 'ext4', device: 'vdb', bus },
    { name: 'swap', layersMib: [512], format: 'swap', device: 'vdc', bus },
  ]);
  const parted = planLocalDisks([root, blank(1, null), blank(3, 'ext3'), blank(256, 'swap')], flavor);
  assert.deepEqual(
    parted.map(({ name, layersMib, format, device }) => [name, ...layersMib, format, device]),
    [
      ['ephemeral0', 1024, 'ext4', 'vdb'],
      ['ephemeral1', 3072, 'ext3', 'vdc'],
      ['swap', 256, 'swap', 'vdd'],
    ],
  );
  assert.equal(planLocalDisks([root], flavor, { os_type: 'windows' })[0]?.format, null);
  assert.equal(planLocalDisks([root], flavor, { hw_disk_bus: 'scsi' })[0]?.device, 'sdb');
  assert.throws(() => planLocalDisks([root, blank(5, null)], flavor), /larger than the instance type allows/);
  assert.throws(() => planLocalDisks([root, blank(513, 'swap')], flavor), /Swap drive requested is larger/);
  assert.throws(() => planLocalDisks([root, blank(1, 'swap'), blank(1, 'swap')], flavor), /More than one swap/);
  assert.throws(() => planLocalDisks([root, blank(1, 'ntfs')], flavor), /take one of ext2, ext3, ext4/);
});

test('a resize puts layers over what is there, grows the one disk of the flavor, and makes swap anew', () => {
  const before = planLocalDisks([root], flavor);
  const to = (ephemeralGib: number, swapMib: number, disks = before) =>
    resizeLocalDisks(disks, { old: flavor, new: { ephemeralGib, swapMib } }, { devices: ['vdd'] }).map(
      ({ name, layersMib, device }) => [name, layersMib, device],
    );
  assert.deepEqual(to(8, 1024), [
    ['ephemeral0', [4096, 8192], 'vdb'],
    ['swap', [1024], 'vdc'],
  ]);
  assert.deepEqual(to(4, 0), [['ephemeral0', [4096, 4096], 'vdb']]);
  assert.deepEqual(to(2, 256, []), [
    ['ephemeral0', [2048], 'vdb'],
    ['swap', [256], 'vdc'],
  ]);
  assert.throws(() => to(3, 512), /cannot be made smaller/);
  // Disks that the request has parted stay as they are.
  assert.deepEqual(to(9, 0, planLocalDisks([root, blank(1, null), blank(2, null)], flavor)), [
    ['ephemeral0', [1024, 1024], 'vdb'],
    ['ephemeral1', [2048, 2048], 'vdc'],
  ]);
});

test('ephemeral and swap disks from the request to the document, through resize, revert and rebuild', async (t) => {
  const cloud = await computeCloud(t);
  for (const [id, ephemeral, swap] of [
    ['e', 3, 256],
    ['f', 5, 0],
  ]) {
    const body = { id, name: id, ram: 512, disk: 1, vcpus: 1, swap, 'OS-FLV-EXT-DATA:ephemeral': ephemeral };
    const made = await cloud.request('POST', '/compute/v2.1/flavors', { as: 'admin', body: { flavor: body } });
    assert.equal(made.status, 200);
  }
  const id = await cloud.boot({ flavorRef: 'e' });
  await cloud.converge();
  const disks = async () =>
    (await cloud.document())?.servers.find((one) => one.id === id)?.localDisks.map((one) => [one.name, one.layersMib]);
  const claimed = async () => {
    const row = await cloud.app.store.read.selectFrom('servers').select('disk_gib').where('id', '=', id).execute();
    return row[0]?.disk_gib;
  };
  const first = [
    ['ephemeral0', [3072]],
    ['swap', [256]],
  ];
  assert.deepEqual(await disks(), first);
  assert.equal(await claimed(), 5, 'root, ephemeral, and swap counted as a whole GiB');

  const volume = await cloud.request('POST', '/volume/v3/volumes', { body: { volume: { size: 1 } } });
  await cloud.converge();
  const attachment = { volumeAttachment: { volumeId: volume.body.volume.id } };
  const path = `/compute/v2.1/servers/${id}/os-volume_attachments`;
  const attached = await cloud.request('POST', path, { body: attachment });
  assert.equal(attached.body.volumeAttachment.device, '/dev/vdd');
  await cloud.converge();

  assert.equal((await cloud.act(id, { resize: { flavorRef: 'f' } })).status, 202);
  assert.deepEqual(await disks(), [['ephemeral0', [3072, 5120]]]);
  await cloud.converge();
  assert.equal((await cloud.act(id, { revertResize: null })).status, 202);
  assert.deepEqual(await disks(), first);
  await cloud.converge();
  assert.equal(await claimed(), 5);
  const small = await cloud.act(id, { resize: { flavorRef: '2' } });
  assert.equal(small.status, 400);
  assert.match(small.body.badRequest.message, /ephemeral disk is too small/);

  const rebuild = { imageRef: cloud.imageId, preserve_ephemeral: true };
  assert.equal((await cloud.act(id, { rebuild })).status, 400);
  assert.equal((await cloud.act(id, { rebuild: { ...rebuild, preserve_ephemeral: false } })).status, 202);
  assert.deepEqual(await disks(), first);
  const device = {
    boot_index: -1,
    source_type: 'blank',
    destination_type: 'local',
    guest_format: 'xfs',
    volume_size: 1,
  };
  const image = { boot_index: 0, source_type: 'image', destination_type: 'local', uuid: cloud.imageId };
  const server = { name: 'x', flavorRef: 'e', imageRef: cloud.imageId, block_device_mapping_v2: [image, device] };
  const refused = await cloud.request('POST', '/compute/v2.1/servers', { body: { server }, ...versioned('2.1') });
  assert.equal(refused.status, 400);
});
