import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId } from '../core/ids.ts';
import { loseContents } from './lost.ts';
import { computeCloud } from './testing.ts';

test('(E8) a machine that was installed again makes no server anew by itself, and a rebuild does', async (t) => {
  const cloud = await computeCloud(t);
  const { app } = cloud;
  const id = await cloud.boot();
  await cloud.converge();
  const volume = await cloud.request('POST', '/volume/v3/volumes', { body: { volume: { size: 1 } } });
  await cloud.converge();
  const before = (await cloud.document())?.generation ?? 0;
  const lost = await app.store.transaction((tx) => loseContents(tx, 'host-1' as HostId, app.clock.now()));
  assert.equal(lost, 2);
  const document = await cloud.document();
  assert.ok((document?.generation ?? 0) > before);
  assert.deepEqual([document?.servers, document?.volumes], [[], []]);
  await cloud.converge();
  const server = await cloud.show(id);
  assert.equal(server.status, 'ERROR');
  assert.match(server.fault.message, /alpha was installed again/);
  const shown = await cloud.request('GET', `/volume/v3/volumes/${volume.body.volume.id}`);
  assert.equal(shown.body.volume.status, 'error');

  assert.equal((await cloud.act(id, { rebuild: { imageRef: cloud.imageId } })).status, 202);
  assert.deepEqual(
    (await cloud.document())?.servers.map((one) => one.id),
    [id],
  );
  await cloud.converge();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
  assert.equal((await cloud.request('DELETE', `/volume/v3/volumes/${volume.body.volume.id}`)).status, 202);
  await cloud.converge();
  assert.equal((await cloud.request('GET', `/volume/v3/volumes/${volume.body.volume.id}`)).status, 404);
});
