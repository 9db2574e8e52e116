import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostDocument } from '../host/document.ts';
import { completed, judge, memoryLedger } from '../host/ledger.ts';
import { asWished, computeCloud } from './testing.ts';

// The rules are those of docs/protocol.md.

test('what an agent takes and refuses (P1, P2, P3)', async (t) => {
  const cloud = await computeCloud(t);
  const first = await cloud.document();
  const id = await cloud.boot();
  const second = await cloud.document();
  assert.ok(first && second && second.generation > first.generation);
  const ledger = memoryLedger();
  assert.equal(await ledger.accept(second), true);
  assert.equal(await ledger.accept(structuredClone(second)), false, 'the same again is nothing new');
  await assert.rejects(ledger.accept(first), /older/);
  await assert.rejects(ledger.accept({ ...second, host: 'another' }), /for host another/);
  await assert.rejects(ledger.accept({ ...second, servers: [] }), /other content/);

  // Another service's change, without a word to the host's row.
  await cloud.app.store.transaction(async (tx) => {
    await tx.db.updateTable('networks').set({ mtu: 1300 }).execute();
    tx.raise('host:host-1');
  });
  const third = await cloud.document(second.generation);
  assert.equal(third?.servers.find((one) => one.id === id)?.ports[0]?.mtu, 1300);
  assert.equal(judge(second, third as HostDocument), null);
});

test('a host that knows more than the database is given more still; a poll without news waits (P6, P7)', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  const given = await cloud.document(1_000);
  assert.ok((given?.generation ?? 0) > 1_000);
  assert.deepEqual(
    given?.servers.map((one) => one.id),
    [id],
  );
  const waiting = cloud.document(given?.generation);
  const [, later] = await Promise.all([cloud.boot(), waiting]);
  assert.equal(later?.servers.length, 2, 'it is answered as soon as there is news');
});

test('a late report, and one that comes twice, say nothing of what was asked since (P5, P8)', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  const before = await cloud.document();
  const stale = { generation: before?.generation ?? 0 };
  const entries = (before?.servers ?? []).map(asWished);
  assert.equal((await cloud.act(id, { reboot: { type: 'HARD' } })).status, 202);
  await cloud.report(entries, stale);
  await cloud.report(entries, stale);
  assert.equal((await cloud.show(id)).status, 'HARD_REBOOT', 'the boot that ran before is not the one asked for');
  const after = await cloud.document();
  assert.equal(after?.servers[0]?.boot, (before?.servers[0]?.boot ?? 0) + 1);
  await cloud.report();
  await cloud.report();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
});

test('a deleted server is gone when its host says so, silence about others means nothing, and lies pass (P9, P10)', async (t) => {
  const cloud = await computeCloud(t);
  const [kept, gone] = [await cloud.boot(), await cloud.boot()];
  await cloud.converge();
  const before = await cloud.document();
  await cloud.report([]);
  assert.equal((await cloud.show(kept)).status, 'ACTIVE');
  const old = (before?.servers ?? []).filter((one) => one.id !== kept).map(asWished);
  await cloud.report([...old, { ...asWished(before?.servers[0] as never), state: 'error', reason: 'a lie' }]);
  assert.equal((await cloud.show(kept)).status, 'ERROR');
  await cloud.report();
  assert.equal((await cloud.show(kept)).status, 'ACTIVE');

  await cloud.request('DELETE', `/compute/v2.1/servers/${gone}`);
  await cloud.report([], { generation: before?.generation ?? 0 });
  const held = () => cloud.app.store.read.selectFrom('allocations').select('consumer').distinct().execute();
  assert.equal((await held()).length, 2, 'a report of an older document frees nothing');
  await cloud.report((before?.servers ?? []).map(asWished));
  assert.equal((await held()).length, 2, 'its host still has it');
  await cloud.report();
  assert.equal((await held()).length, 1);
});

test('strangers, hosts that speak for others, and images that are not theirs (P12, P13)', async (t) => {
  const cloud = await computeCloud(t);
  assert.equal((await cloud.request('GET', '/agent/v1/document', { as: 'nobody' })).status, 401);
  assert.equal((await cloud.request('GET', '/agent/v1/document', { as: 'admin' })).status, 401);
  const image = () => cloud.request('GET', `/agent/v1/images/${cloud.imageId}`, { as: 'host' });
  assert.equal((await image()).status, 404);
  const body = { host: 'host-2', generation: 0, servers: [], volumes: [], uploads: [] };
  const report = await cloud.request('POST', '/agent/v1/report', { as: 'host', body });
  assert.equal(report.status, 400);
  await cloud.boot();
  assert.equal((await image()).status, 200);
  const bytes = {
    as: 'host' as const,
    body: new Uint8Array(10),
    headers: { 'content-type': 'application/octet-stream' },
  };
  const sent = await cloud.request('PUT', `/agent/v1/images/${cloud.imageId}/data`, bytes);
  assert.equal(sent.status, 404, 'nobody asked for it');
});

test('an agent of the release before, and one of the next (P15)', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  const document = await cloud.document();
  const [server] = (document?.servers ?? []).map(asWished);
  assert.ok(document && server);
  const { attachments: _none, ...older } = server;
  await cloud.report([older as never], { volumes: undefined, uploads: undefined } as never);
  await cloud.converge();
  assert.equal((await cloud.show(id)).status, 'ACTIVE');
  await cloud.report([{ ...server, mood: 'good' } as never], { weather: 'fair' } as never);

  const { volumes: _volumes, uploads: _uploads, ...rest } = document;
  assert.deepEqual(completed(rest as HostDocument).volumes, []);
  assert.equal(await memoryLedger().accept({ ...document, more: 1 } as never), true);
});
