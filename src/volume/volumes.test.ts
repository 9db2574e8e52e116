import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asWished, volumeCloud } from './testing.ts';

test('a volume from request to host and back', async (t) => {
  const { ask, app, document, converge, report, status } = await volumeCloud(t);
  const body = { volume: { size: 2, name: ' data ', metadata: { a: 'b' } } };
  const { volume } = await ask('POST', '/volumes', 202, { body });
  assert.deepEqual(
    [volume.status, volume.name, volume.size, volume.volume_type],
    ['creating', 'data', 2, '__DEFAULT__'],
  );
  const [wish] = (await document()).volumes;
  assert.deepEqual(wish, { id: volume.id, sizeGib: 2, build: 1, source: { kind: 'empty' }, snapshots: [] });
  assert.equal((await app.store.read.selectFrom('hosts').select('volume_gib').executeTakeFirstOrThrow()).volume_gib, 2);

  // Other projects do not see it, readers do not change it.
  await ask('GET', `/volumes/${volume.id}`, 404, { as: 'other' });
  await ask('DELETE', `/volumes/${volume.id}`, 403, { as: 'reader' });
  await ask('DELETE', `/volumes/${volume.id}`, 400);
  await converge();
  assert.equal(await status(volume.id), 'available');

  // It grows when the host says so; when the host cannot, it is as large as before.
  const extend = (size: number, code: number) =>
    ask('POST', `/volumes/${volume.id}/action`, code, { body: { 'os-extend': { new_size: size } } });
  await extend(2, 400);
  await extend(3, 202);
  assert.equal((await ask('GET', `/volumes/${volume.id}`, 200)).volume.size, 2);
  await converge();
  assert.equal((await ask('GET', `/volumes/${volume.id}`, 200)).volume.size, 3);
  await extend(5, 202);
  const [now] = (await document()).volumes.map(asWished);
  assert.ok(now);
  await report([{ ...now, sizeGib: 3, reason: 'no space left' }]);
  assert.equal(await status(volume.id), 'error_extending');
  assert.equal((await document()).volumes[0]?.sizeGib, 3);
  const { messages } = await ask('GET', '/messages', 200);
  assert.match(messages[0].user_message, /no space left/);

  await ask('DELETE', `/volumes/${volume.id}`, 202);
  assert.equal(await status(volume.id), 'deleting');
  assert.deepEqual((await document()).volumes, []);
  await converge();
  await ask('GET', `/volumes/${volume.id}`, 404);
  assert.equal((await app.store.read.selectFrom('hosts').select('volume_gib').executeTakeFirstOrThrow()).volume_gib, 0);
});

test('lists: filters, order, pages, other versions', async (t) => {
  const { ask, make } = await volumeCloud(t);
  for (const name of ['b', 'a', 'c']) await make({ name, metadata: { [name]: 'x', odd: name === 'b' ? 'n' : 'y' } });
  await make({ name: 'a' }, 'other');
  const names = async (query: string, version = '3.70') =>
    (await ask('GET', `/volumes${query}`, 200, { version })).volumes.map((one: { name: string }) => one.name).join('');
  assert.equal(await names(''), 'cab');
  assert.equal(await names('?sort=name:asc'), 'abc');
  assert.equal(await names('?sort_key=name&sort_dir=desc'), 'cba');
  assert.equal(await names('?name=a'), 'a');
  assert.equal(await names("?metadata={'odd':'y'}"), 'ca');
  assert.equal(await names('?name~=b'), 'b');
  assert.equal(await names('?status=null'), '');
  assert.equal(await names('?limit=0'), '');
  const onHost = (host: string) => ask('GET', `/volumes?all_tenants=1&host=${host}`, 200, { as: 'admin' });
  assert.equal((await onHost('alpha@local%23local')).volumes.length, 4);
  assert.equal((await onHost('beta@local')).volumes.length, 0);
  assert.equal(await names('?nonsense=1', '3.0'), 'cab');
  await ask('GET', '/volumes?nonsense=1', 400);
  await ask('GET', '/volumes?sort=nonsense', 400);
  await ask('GET', '/volumes?limit=x', 400);
  await ask('GET', '/volumes?marker=nobody', 404);
  await ask('GET', '/volumes/', 404);
  assert.equal((await ask('GET', '/volumes?all_tenants=1', 200, { as: 'admin' })).volumes.length, 4);
  assert.equal((await ask('GET', '/volumes?all_tenants=1', 200)).volumes.length, 3);
  const seen: string[] = [];
  for (let query = '?limit=2&sort=name:asc&with_count=true'; query;) {
    const page = await ask('GET', `/volumes/detail${query}`, 200);
    assert.equal(page.count, 3);
    seen.push(...page.volumes.map((one: { name: string }) => one.name));
    query = page.volumes_links ? new URL(page.volumes_links[0].href).search : '';
  }
  assert.equal(seen.join(''), 'abc');
  const old = (await ask('GET', '/volumes/detail', 200, { version: '3.0' })).volumes[0];
  assert.ok(!('group_id' in old) && !('volume_type_id' in old) && !('os-vol-host-attr:host' in old));
  const admin = (await ask('GET', '/volumes/detail?all_tenants=1', 200, { as: 'admin' })).volumes[0];
  assert.equal(admin['os-vol-host-attr:host'], 'alpha@local#local');
  await ask('GET', '/groups', 404, { version: '3.12' });
  await ask('GET', '/volumes', 406, { version: '3.999' });
});

test('quotas and places', async (t) => {
  const { ask, make } = await volumeCloud(t);
  await ask('PUT', '/os-quota-sets/project-demo', 200, {
    as: 'admin',
    body: { quota_set: { volumes: 2, gigabytes: 4 } },
  });
  await ask('PUT', '/os-quota-sets/project-demo', 400, { as: 'admin', body: { quota_set: { nonsense: 2 } } });
  await ask('POST', '/volumes', 413, { body: { volume: { size: 5 } } });
  const id = await make({ size: 3 });
  await ask('POST', '/snapshots', 413, { body: { snapshot: { volume_id: id } } });
  await make({ size: 1 });
  const over = await ask('POST', '/volumes', 413, { body: { volume: { size: 1 } } });
  assert.match(over.overLimit.message, /exceeds allowed quota/);
  const usage = (await ask('GET', '/os-quota-sets/project-demo?usage=True', 200)).quota_set;
  assert.deepEqual([usage.volumes.in_use, usage.gigabytes.in_use], [2, 4]);
  await ask('GET', '/os-quota-sets/project-demo', 403, { as: 'other' });
  // What fits nowhere is in error, with a message of why.
  const big = (await ask('POST', '/volumes', 202, { as: 'other', body: { volume: { size: 97 } } })).volume;
  assert.equal(big.status, 'error');
  const { messages } = await ask('GET', `/messages?resource_uuid=${big.id}`, 200, { as: 'other' });
  assert.match(messages[0].user_message, /alpha: has 96 of 97 GiB free/);
  await ask('DELETE', `/volumes/${big.id}`, 202, { as: 'other' });
  await ask('GET', `/volumes/${big.id}`, 404, { as: 'other' });
});

test('bad requests say what is wrong', async (t) => {
  const { ask, imageId } = await volumeCloud(t);
  const refuse = async (volume: object, status: number, words: RegExp) => {
    const body = await ask('POST', '/volumes', status, { body: { volume } });
    assert.match(JSON.stringify(body), words);
  };
  await refuse({}, 400, /size/);
  await refuse({ size: 0 }, 400, /size/);
  await refuse({ size: '#$%' }, 400, /size/);
  await refuse({ size: 1, nonsense: true }, 400, /nonsense/);
  await refuse({ size: 1, volume_type: 'nonsense' }, 404, /nonsense/);
  await refuse({ size: 1, snapshot_id: 'nobody' }, 404, /nobody/);
  await refuse({ size: 1, source_volid: 'nobody' }, 404, /nobody/);
  await refuse({ size: 1, imageRef: 'nobody' }, 400, /nobody/);
  await refuse({ size: 1, imageRef: imageId, source_volid: 'x' }, 400, /one of/);
  await refuse({ size: 1, availability_zone: 'mars' }, 400, /mars.*nova/);
  await refuse({ size: 1, metadata: { a: 1 } }, 400, /must be a text/);
});
