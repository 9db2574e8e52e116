import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { HostDocument } from './document.ts';
import { judge, openLedger } from './ledger.ts';

const document = (generation: number, host = 'h'): HostDocument => ({
  ...{ host, generation, servers: [], networks: [], volumes: [], uploads: [] },
});

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ledger-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('older documents, and other content under the same number, are refused', () => {
  assert.equal(judge(null, document(7)), null);
  assert.equal(judge(document(7), document(8)), null);
  assert.match(judge(document(7), document(6)) ?? '', /older than 7/);
  const { host, ...rest } = document(7);
  assert.equal(judge(document(7), { ...rest, host }), null);
  const port = { id: 'p', mac: 'm', cidrs: [] };
  assert.match(
    judge(document(7), { ...document(7), networks: [{ id: 'n', mtu: 1, metadataPort: port }] }) ?? '',
    /other content/,
  );
  assert.match(judge(document(7), document(8, 'other')) ?? '', /for host other/);
});

test('what was accepted and done is there after a restart (P4)', async (t) => {
  const path = directory(t);
  const ledger = await openLedger(path);
  assert.equal(await ledger.accept(document(3)), true);
  assert.equal(await ledger.accept(document(3)), false);
  await Promise.all(['a', 'b', 'c'].map((id, boot) => ledger.record(id, { build: 1, boot })));
  await ledger.forget('b');
  const again = await openLedger(path);
  assert.equal(again.document?.generation, 3);
  assert.deepEqual(again.servers(), ['a', 'c']);
  assert.deepEqual(again.done('c'), { build: 1, boot: 2, layersGib: [], ended: null });
  assert.deepEqual(readdirSync(path), ['ledger.json']);
});

test('a damaged ledger is an error with a way out, not an empty one', async (t) => {
  const path = directory(t);
  writeFileSync(join(path, 'ledger.json'), '{"version":1,');
  await assert.rejects(openLedger(path), /cannot be read/);
});

test('what counts already and is not on the disk yet can be waited for, also after a failure', async (t) => {
  const path = directory(t);
  const ledger = await openLedger(path);
  const onDisk = () => JSON.parse(readFileSync(join(path, 'ledger.json'), 'utf8')) as { document: HostDocument };
  await Promise.all([ledger.accepted(), ledger.settled()]);
  const accepting = ledger.accept(document(3));
  assert.equal(ledger.document?.generation, 3);
  const recording = ledger.record('a', { build: 1 });
  await ledger.accepted();
  assert.equal(onDisk().document.generation, 3);
  await ledger.settled();
  assert.match(JSON.stringify(onDisk()), /"a":\{"build":1/);
  await Promise.all([accepting, recording]);

  renameSync(path, `${path}.away`);
  await assert.rejects(ledger.accept(document(4)));
  await assert.rejects(ledger.accepted());
  renameSync(`${path}.away`, path);
  await ledger.accepted();
  assert.equal(onDisk().document.generation, 4);
});
