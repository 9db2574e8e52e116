import assert from 'node:assert/strict';
import { test } from 'node:test';
import { volumeCloud } from './testing.ts';

test('snapshots, copies, reverting: what others are made of stays until they are', async (t) => {
  const { ask, make, converge, document, status } = await volumeCloud(t);
  const id = await make();
  const { snapshot } = await ask('POST', '/snapshots', 202, { body: { snapshot: { volume_id: id, name: 's' } } });
  assert.equal(snapshot.status, 'creating');
  await converge();
  assert.equal(await status(snapshot.id, 'snapshot'), 'available');
  await ask('DELETE', `/volumes/${id}`, 400);
  const copy = (await ask('POST', '/volumes', 202, { body: { volume: { snapshot_id: snapshot.id } } })).volume;
  const wished = async (one: string) => (await document()).volumes.find((volume) => volume.id === one);
  assert.deepEqual((await wished(copy.id))?.source, { kind: 'snapshot', volumeId: id, id: snapshot.id });
  await ask('DELETE', `/volumes/${id}?cascade=True`, 202);
  assert.deepEqual((await wished(id))?.snapshots, [{ id: snapshot.id }]);
  await converge();
  assert.equal(await status(copy.id), 'available');
  assert.equal((await document()).volumes.length, 1);
  await converge();
  await ask('GET', `/volumes/${id}`, 404);
  await ask('GET', `/snapshots/${snapshot.id}`, 404);

  const shot = (await ask('POST', '/snapshots', 202, { body: { snapshot: { volume_id: copy.id } } })).snapshot;
  await converge();
  const revert = { revert: { snapshot_id: shot.id } };
  await ask('POST', `/volumes/${copy.id}/action`, 404, { body: revert, version: '3.39' });
  await ask('POST', `/volumes/${copy.id}/action`, 202, { body: revert });
  const [wish] = (await document()).volumes;
  assert.deepEqual([wish?.build, wish?.source], [2, { kind: 'snapshot', volumeId: copy.id, id: shot.id }]);
  await converge();
  assert.equal(await status(copy.id), 'available');
});

test('what an administrator says by hand is a word and no wish', async (t) => {
  const { ask, make, converge, document, status } = await volumeCloud(t);
  const id = await make();
  const reset = (to: string, code = 202) =>
    ask('POST', `/volumes/${id}/action`, code, { as: 'admin', body: { 'os-reset_status': { status: to } } });
  for (const word of ['creating', 'deleting', 'error']) {
    await reset(word);
    await converge();
    assert.equal(await status(id), word);
    assert.equal((await document()).volumes.length, 1);
  }
  await reset('nonsense', 400);
  await ask('POST', `/volumes/${id}/action`, 403, { body: { 'os-reset_status': { status: 'error' } } });
  await ask('POST', `/volumes/${id}/action`, 202, { as: 'admin', body: { 'os-force_delete': {} } });
  await converge();
  await ask('GET', `/volumes/${id}`, 404);
});

test('to an image and back, with a backup on the way', async (t) => {
  const { ask, app, imageId, make, converge, document, status, request } = await volumeCloud(t);
  const id = await make({ imageRef: imageId, metadata: { k: 'v' } });
  const { volume } = await ask('GET', `/volumes/${id}`, 200);
  assert.equal(volume.bootable, 'true');
  assert.equal(volume.volume_image_metadata.min_ram, '64');
  const upload = { 'os-volume_upload_image': { image_name: 'mine', disk_format: 'qcow2' } };
  const made = await ask('POST', `/volumes/${id}/action`, 202, { body: upload });
  assert.equal(await status(id), 'uploading');
  await ask('POST', `/volumes/${id}/action`, 400, { body: upload });
  await converge();
  assert.equal(await status(id), 'available');
  const image = await request('GET', `/image/v2/images/${made['os-volume_upload_image'].image_id}`);
  assert.deepEqual([image.body.status, image.body.min_ram], ['active', 64]);

  await ask('POST', '/backups', 400, { body: { backup: { volume_id: id, incremental: true } } });
  const { backup } = await ask('POST', '/backups', 202, { body: { backup: { volume_id: id } } });
  assert.equal(await status(id), 'backing-up');
  await converge();
  assert.deepEqual([await status(backup.id, 'backup'), await status(id)], ['available', 'available']);
  const { restore } = await ask('POST', `/backups/${backup.id}/restore`, 202, { body: { restore: {} } });
  const kinds = (await document()).volumes.map((one) => one.source.kind);
  assert.deepEqual(kinds, ['image', 'image']);
  await converge();
  const restored = (await ask('GET', `/volumes/${restore.volume_id}`, 200)).volume;
  assert.deepEqual([restored.status, restored.bootable, restored.metadata.k], ['available', 'true', 'v']);
  assert.equal(await status(backup.id, 'backup'), 'available');
  // The bytes are no image that users see.
  assert.equal((await request('GET', '/image/v2/images')).body.images.length, 2);

  const { snapshot } = await ask('POST', '/snapshots', 202, { body: { snapshot: { volume_id: id } } });
  await converge();
  const of = (await ask('POST', '/backups', 202, { body: { backup: { volume_id: id, snapshot_id: snapshot.id } } }))
    .backup;
  assert.equal((await ask('GET', '/volumes', 200)).volumes.length, 2);
  await converge();
  await converge();
  assert.equal(await status(of.id, 'backup'), 'available');
  await converge();
  assert.equal((await document()).volumes.length, 2);
  const record = (await ask('GET', `/backups/${of.id}/export_record`, 200, { as: 'admin' }))['backup-record'];
  await ask('POST', '/backups/import_record', 409, { as: 'admin', body: { 'backup-record': record } });
  for (const one of [backup.id, of.id]) await ask('DELETE', `/backups/${one}`, 202);
  await ask('POST', '/backups/import_record', 400, { as: 'admin', body: { 'backup-record': record } });
  await converge();
  assert.equal((await app.store.read.selectFrom('images').select('id').execute()).length, 2);
});

test('around volumes', async (t) => {
  const cloud = await volumeCloud(t);
  await t.test('transfers open with their key, once, for who may have the volume', async () => {
    const { ask, make } = cloud;
    const volume_id = await make();
    const { transfer } = await ask('POST', '/volume-transfers', 202, { body: { transfer: { volume_id } } });
    const accept = (key: string, status: number) =>
      ask('POST', `/volume-transfers/${transfer.id}/accept`, status, {
        as: 'other',
        body: { accept: { auth_key: key } },
      });
    await ask('GET', `/volume-transfers/${transfer.id}`, 404, { as: 'other' });
    await accept('wrong', 400);
    await accept(transfer.auth_key, 202);
    await accept(transfer.auth_key, 404);
    await ask('GET', `/volumes/${volume_id}`, 404);
    assert.equal((await ask('GET', `/volumes/${volume_id}`, 200, { as: 'other' })).volume.status, 'available');
  });

  await t.test('who uses a volume', async () => {
    const { ask, make, status } = cloud;
    const id = await make();
    const server = '3dbd641b-c672-4084-9e63-b9fc28495d2a';
    const body = { attachment: { volume_uuid: id, instance_uuid: server } };
    const { attachment } = await ask('POST', '/attachments', 200, { body });
    assert.deepEqual([attachment.status, await status(id)], ['reserved', 'reserved']);
    await ask('POST', '/attachments', 400, { body });
    await ask('DELETE', `/volumes/${id}`, 400);
    const refused = await ask('PUT', `/attachments/${attachment.id}`, 400, { body: { attachment: { connector: {} } } });
    assert.match(refused.badRequest.message, /compute API/);
    await ask('POST', `/attachments/${attachment.id}/action`, 204, { body: { 'os-complete': {} } });
    assert.equal(await status(id), 'in-use');
    assert.equal((await ask('GET', `/volumes/${id}`, 200)).volume.attachments[0].server_id, server);
    await ask('DELETE', `/attachments/${attachment.id}`, 404, { as: 'other' });
    await ask('DELETE', `/attachments/${attachment.id}`, 200);
    assert.equal(await status(id), 'available');
  });

  await t.test('groups, group snapshots, copies of groups', async () => {
    const { ask, make, converge } = cloud;
    const made = await ask('POST', '/group_types', 202, { as: 'admin', body: { group_type: { name: 'plain' } } });
    const group = { group_type: made.group_type.id, volume_types: ['__DEFAULT__'], name: 'g' };
    const { id } = (await ask('POST', '/groups', 202, { body: { group } })).group;
    const volume = await make({ group_id: id });
    await ask('DELETE', `/volumes/${volume}`, 400);
    const shot = (await ask('POST', '/group_snapshots', 202, { body: { group_snapshot: { group_id: id } } }))
      .group_snapshot;
    const source = { 'create-from-src': { group_snapshot_id: shot.id, name: 'copy' } };
    await ask('POST', '/groups/action', 400, { body: source });
    await converge();
    assert.equal((await ask('GET', `/group_snapshots/${shot.id}`, 200)).group_snapshot.status, 'available');
    // A status that is said by hand is not made right by the next thing that happens.
    const shotStatus = async () => (await ask('GET', `/group_snapshots/${shot.id}`, 200)).group_snapshot.status;
    const say = (status: string) =>
      ask('POST', `/group_snapshots/${shot.id}/action`, 202, { as: 'admin', body: { reset_status: { status } } });
    for (const status of ['creating', 'deleting', 'available']) {
      await say(status);
      await converge();
      assert.equal(await shotStatus(), status);
    }
    const copy = (await ask('POST', '/groups/action', 202, { body: source })).group;
    await converge();
    const shown = (await ask('GET', `/groups/${copy.id}?list_volume=True`, 200)).group;
    assert.deepEqual([shown.status, shown.volumes.length], ['available', 1]);
    const remove = (one: string, status: number, volumes: boolean) =>
      ask('POST', `/groups/${one}/action`, status, { body: { delete: { 'delete-volumes': volumes } } });
    await remove(copy.id, 400, false);
    await remove(id, 400, true);
    await ask('DELETE', `/group_snapshots/${shot.id}`, 202);
    await remove(id, 202, true);
    await remove(copy.id, 202, true);
    await converge();
    assert.deepEqual((await ask('GET', '/groups/detail', 200)).groups, []);
    assert.deepEqual(
      (await ask('GET', '/volumes/detail?bootable=false', 200)).volumes.filter(
        (one: { group_id: unknown }) => one.group_id,
      ),
      [],
    );
  });

  await t.test('types: who may use them, and what they ask for that is not there', async () => {
    const { ask, make } = cloud;
    const type = async (body: object) =>
      (await ask('POST', '/types', 200, { as: 'admin', body: { volume_type: body } })).volume_type.id as string;
    const secret = await type({ name: 'secret', 'os-volume-type-access:is_public': false });
    await ask('POST', '/volumes', 404, { body: { volume: { size: 1, volume_type: secret } } });
    const access = { addProjectAccess: { project: 'project-demo' } };
    await ask('POST', `/types/${secret}/action`, 202, { as: 'admin', body: access });
    await ask('POST', `/types/${secret}/action`, 409, { as: 'admin', body: access });
    const id = await make({ volume_type: 'secret' });
    await ask('DELETE', `/types/${secret}`, 400, { as: 'admin' });
    await ask('POST', `/volumes/${id}/action`, 202, { body: { 'os-retype': { new_type: '__DEFAULT__' } } });
    await ask('DELETE', `/types/${secret}`, 202, { as: 'admin' });
    const sealed = await type({ name: 'sealed' });
    const encryption = { provider: 'luks', control_location: 'front-end', cipher: 'aes-xts-plain64', key_size: 256 };
    await ask('POST', `/types/${sealed}/encryption`, 200, { as: 'admin', body: { encryption } });
    const refused = await ask('POST', '/volumes', 400, { body: { volume: { size: 1, volume_type: sealed } } });
    assert.match(refused.badRequest.message, /cannot encrypt/);
    const slow = await type({ name: 'slow' });
    const qos_specs = { name: 'q', consumer: 'front-end', read_iops_sec: '100' };
    const { id: qos } = (await ask('POST', '/qos-specs', 200, { as: 'admin', body: { qos_specs } })).qos_specs;
    await ask('GET', `/qos-specs/${qos}/associate?vol_type_id=${slow}`, 202, { as: 'admin' });
    const said = (consumer: string) =>
      ask('PUT', `/qos-specs/${qos}`, 200, { as: 'admin', body: { qos_specs: { consumer } } });
    await said('back-end');
    const unlimited = await ask('POST', '/volumes', 400, { body: { volume: { size: 1, volume_type: 'slow' } } });
    assert.match(unlimited.badRequest.message, /QoS specs q/);
    await said('both');
    await make({ volume_type: 'slow' });
  });

  await t.test('out of our care and back', async () => {
    const { ask, make, document } = cloud;
    const id = await make();
    await ask('POST', `/volumes/${id}/action`, 202, { as: 'admin', body: { 'os-unmanage': {} } });
    await ask('GET', `/volumes/${id}`, 404, { as: 'admin' });
    assert.ok((await document()).volumes.some((one) => one.id === id));
    const found = await ask('GET', '/manageable_volumes?host=alpha@local', 200, { as: 'admin' });
    const { reference } = found['manageable-volumes'].find((one: { safe_to_manage: boolean }) => one.safe_to_manage);
    const volume = { host: 'alpha@local#local', ref: reference, name: 'back' };
    const made = (await ask('POST', '/manageable_volumes', 202, { as: 'admin', body: { volume } })).volume;
    assert.notEqual(made.id, id);
    assert.ok((await document()).volumes.some((one) => one.id === id));
    await ask('POST', '/manageable_volumes', 400, { as: 'admin', body: { volume } });
  });
});
