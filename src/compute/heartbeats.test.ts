import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeartbeatReconciler } from './heartbeats.ts';
import { computeCloud } from './testing.ts';

test('a quiet host costs no write of its own, and is not taken for down (P11)', async (t) => {
  const cloud = await computeCloud(t);
  const { app } = cloud;
  const id = await cloud.boot();
  await cloud.converge();
  await cloud.report();
  const heartbeats = createHeartbeatReconciler(app);
  const seen = async () => {
    const row = await app.store.read.selectFrom('hosts').select('last_seen').executeTakeFirstOrThrow();
    return app.clock.now() - (row.last_seen ?? 0);
  };
  for (let round = 0; round < 20; round++) {
    app.clock.advance(10_000);
    await cloud.report();
    assert.ok((await seen()) <= 45_000, 'the host stays up even before what was heard is written');
  }
  await heartbeats.run();
  assert.equal(await seen(), 0);

  // What a quiet report would have to settle is seen at once all the same.
  assert.equal((await cloud.act(id, { reboot: { type: 'HARD' } })).status, 202);
  await cloud.report();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
  await cloud.report([]);
  app.clock.advance(61_000);
  await heartbeats.run();
  assert.equal(await seen(), 61_000, 'a host that says nothing is not kept alive');
  await cloud.report();
  assert.equal(await seen(), 0, 'one that comes back is up at once');
});
