import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Image } from '../../api/queries/image.ts';
import type { Snapshot, Volume } from '../../api/queries/volume.ts';
import { shellText } from '../../how/operation.ts';
import { createBackup, restoreBackup, retypeVolume } from './backup-operations.ts';
import { canRevert, leastSize, possible, toneOf } from './judge.ts';
import { attachVolume, createVolume, extendVolume, imageOfVolume, renameVolume } from './operations.ts';

const volume = { id: 'v1', name: 'data', size: 4, status: 'available', attachments: [] } as unknown as Volume;
const snapshot = (id: string, created_at: string) =>
  ({ id, name: id, size: 4, volume_id: 'v1', status: 'available', created_at }) as Snapshot;

test('a volume is at least as large as what it is made from', () => {
  const image = { id: 'i', min_disk: 3, size: 100, virtual_size: 5 * 2 ** 30 + 1 } as Image;
  const known = { images: [image], snapshots: [snapshot('s', '1')], volumes: [volume] };
  assert.equal(leastSize('image', 'i', known), 6);
  assert.equal(leastSize('image', '', known), 1);
  assert.equal(leastSize('snapshot', 's', known), 4);
  assert.equal(leastSize('volume', 'v1', known), 4);
  assert.equal(leastSize('empty', '', known), 1);
});

test('what a volume is doing says what can be done with it', () => {
  const free = { status: 'available', attachments: [], multiattach: false };
  assert.deepEqual(possible(free), {
    attach: true,
    detach: false,
    extend: true,
    snapshot: true,
    image: true,
    backup: true,
    retype: true,
    offer: true,
    remove: true,
  });
  const used = {
    ...free,
    status: 'in-use',
    attachments: [{ server_id: 's', attachment_id: 'a', device: null, attached_at: '' }],
  };
  assert.equal(possible(used).attach, false);
  assert.equal(possible({ ...used, multiattach: true }).attach, true);
  assert.equal(possible(used).remove, false);
  assert.equal(Object.values(possible({ ...free, status: 'creating' })).includes(true), false);
  assert.deepEqual(['available', 'error_extending', 'creating', 'reserved'].map(toneOf), ['ok', 'bad', 'busy', 'warn']);
});

test('only the newest snapshot of a free volume can be gone back to', () => {
  const [old, last] = [snapshot('old', '2026-01-01'), snapshot('last', '2026-02-01')];
  assert.equal(canRevert(volume, last, [old, last]), true);
  assert.equal(canRevert(volume, old, [old, last]), false);
  assert.equal(canRevert({ ...volume, status: 'in-use' }, last, [old, last]), false);
  assert.equal(canRevert(undefined, last, [old, last]), false);
});

test('requests and commands say the same', () => {
  const made = createVolume({ name: 'my data', size: 5, source: 'image', from: 'i1' });
  assert.deepEqual(made.request.body, { volume: { name: 'my data', size: 5, imageRef: 'i1' } });
  assert.equal(shellText(made.command ?? []), "openstack volume create --size 5 --image i1 'my data'");
  assert.deepEqual(createVolume({ name: 'e', size: 1, source: 'empty', from: '' }).request.body, {
    volume: { name: 'e', size: 1 },
  });
  assert.equal(extendVolume(volume, 9).request.path, '/volume/v3/volumes/v1/action');
  assert.equal(
    attachVolume(volume, { id: 's1', name: 'web' }).command?.join(' '),
    'openstack server add volume web data',
  );
  assert.deepEqual(imageOfVolume({ ...volume, status: 'in-use' }, 'gold').request.body, {
    'os-volume_upload_image': { image_name: 'gold', disk_format: 'qcow2', force: true },
  });
  assert.deepEqual(renameVolume(volume, { name: 'x', description: '' }).request.body, {
    volume: { name: 'x', description: '' },
  });
});

test('a backup is made of a volume in use as well, and restored beside or over it', () => {
  const used = { ...volume, status: 'in-use' };
  assert.deepEqual(createBackup(volume, 'b').request.body, { backup: { volume_id: 'v1', name: 'b' } });
  assert.deepEqual(createBackup(used, 'b').request.body, { backup: { volume_id: 'v1', name: 'b', force: true } });
  assert.equal(
    shellText(createBackup(used, 'b').command ?? []),
    'openstack volume backup create --name b --force data',
  );
  const backup = { id: 'b1', name: 'monday' };
  assert.deepEqual(restoreBackup(backup, { name: 'again' }).request.body, { restore: { name: 'again' } });
  assert.equal(
    shellText(restoreBackup(backup, { name: 'again' }).command ?? []),
    'openstack volume backup restore monday again',
  );
  assert.deepEqual(restoreBackup(backup, volume).request.body, { restore: { volume_id: 'v1' } });
  assert.equal(
    shellText(restoreBackup(backup, volume).command ?? []),
    'openstack volume backup restore --force monday data',
  );
  assert.deepEqual(retypeVolume(volume, 'fast').request.body, {
    'os-retype': { new_type: 'fast', migration_policy: 'never' },
  });
});
