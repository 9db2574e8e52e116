import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../../core/log.ts';
import { openOvsdb, type OvsdbOptions } from './client.ts';
import { startFakeOvsdb, type FakeOvsdb } from './fake.ts';
import { jsonStream } from './framing.ts';
import type { RowChange } from './replica.ts';
import { OvsdbError, parseRemote } from './rpc.ts';
import type { WireSchema } from './schema.ts';
import { rowIs } from './transact.ts';

const strings = { key: 'string', value: 'string', min: 0, max: 'unlimited' } as const;
const SCHEMA: WireSchema = {
  name: 'Zoo',
  version: '1.0.0',
  tables: {
    Cage: {
      isRoot: true,
      columns: {
        name: { type: 'string' },
        animals: { type: { key: { type: 'uuid', refTable: 'Animal' }, min: 0, max: 'unlimited' } },
        labels: { type: strings },
        locked: { type: { key: 'boolean', min: 0, max: 1 } },
      },
    },
    Animal: { columns: { name: { type: 'string' }, legs: { type: 'integer' } } },
  },
};
const TABLES = { Cage: ['name', 'animals', 'labels', 'locked', 'not-in-this-version'], Animal: ['name', 'legs'] };

async function zoo(t: TestContext): Promise<FakeOvsdb> {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-ovsdb-'));
  const fake = await startFakeOvsdb(join(directory, 'db.sock'), SCHEMA);
  t.after(async () => {
    await fake.close();
    rmSync(directory, { recursive: true });
  });
  return fake;
}

function open(t: TestContext, fake: FakeOvsdb, options: Partial<OvsdbOptions> = {}) {
  const ovsdb = openOvsdb({ address: fake.address, database: 'Zoo', tables: TABLES, log: silentLog, ...options });
  t.after(() => ovsdb.close());
  return ovsdb;
}

test('messages are cut wherever the stream is split, brackets and quotes in texts notwithstanding', () => {
  const seen: unknown[] = [];
  const bytes = Buffer.from('{"a":"}\\"{["}{"b":[1,{"c":"ü"}]}\n {"d":null}');
  const cut = jsonStream((message) => seen.push(message));
  for (const byte of bytes) cut(Buffer.from([byte]));
  assert.deepEqual(seen, [{ a: '}"{[' }, { b: [1, { c: 'ü' }] }, { d: null }]);
});

test('addresses', () => {
  assert.deepEqual(parseRemote('unix:/run/a b.sock'), { path: '/run/a b.sock' });
  assert.deepEqual(parseRemote('tcp:192.0.2.1:6641'), { host: '192.0.2.1', port: 6641 });
  assert.deepEqual(parseRemote('tcp:[2001:db8::1]:6641'), { host: '2001:db8::1', port: 6641 });
  assert.throws(() => parseRemote('ssl:192.0.2.1:6641'), /no address/);
});

test('a transaction is visible in the replica when it resolves', async (t) => {
  const changes: RowChange[] = [];
  const fake = await zoo(t);
  const ovsdb = open(t, fake, { onChange: (some) => changes.push(...some) });
  const replica = await ovsdb.ready();
  const [cage, cat] = await ovsdb.transact([
    { op: 'insert', table: 'Cage', name: 'c', row: { name: 'one', animals: ['cat'], labels: { a: '1', b: '2' } } },
    { op: 'insert', table: 'Animal', name: 'cat', row: { name: 'cat', legs: 4 } },
    { op: 'comment', comment: 'the first cage' },
  ]);
  const cageId = cage?.uuid ?? '';
  const inserted = { name: 'one', animals: [cat?.uuid], labels: { a: '1', b: '2' }, locked: [] };
  assert.deepEqual(replica.get('Cage')?.get(cageId), inserted);
  assert.equal(changes.length, 2);

  await ovsdb.transact([
    { op: 'update', table: 'Cage', where: rowIs(cageId), row: { locked: [true] } },
    {
      op: 'mutate',
      table: 'Cage',
      where: rowIs(cageId),
      mutations: [
        ['labels', 'delete', ['a']],
        ['labels', 'insert', { c: '3' }],
        ['animals', 'delete', [cat?.uuid ?? '']],
      ],
    },
  ]);
  const changed = { name: 'one', animals: [], labels: { b: '2', c: '3' }, locked: [true] };
  assert.deepEqual(replica.get('Cage')?.get(cageId), changed);
  assert.equal(replica.get('Animal')?.size, 0, 'a row that nothing refers to is gone');
  assert.deepEqual(changes.at(-1)?.before?.['name'], 'cat');
});

test('a refused operation names itself and changes nothing', async (t) => {
  const fake = await zoo(t);
  const ovsdb = open(t, fake);
  await ovsdb.ready();
  const missing = '11111111-2222-3333-4444-555555555555';
  await assert.rejects(ovsdb.transact([{ op: 'insert', table: 'Cage', row: { noSuch: 1 } }]), /no column Cage.noSuch/);
  await assert.rejects(
    ovsdb.transact([
      { op: 'insert', table: 'Cage', row: { name: 'two' } },
      { op: 'mutate', table: 'Cage', where: [['name', '==', 'two']], mutations: [['animals', 'insert', [missing]]] },
    ]),
  );
  assert.equal(fake.rows('Cage').size, 0);
});

test('after a lost connection the replica is read anew', async (t) => {
  let syncs = 0;
  const fake = await zoo(t);
  const synced = Promise.withResolvers<void>();
  const ovsdb = open(t, fake, { onSync: () => ++syncs === 2 && synced.resolve() });
  await ovsdb.ready();
  await ovsdb.transact([{ op: 'insert', table: 'Cage', row: { name: 'one' } }]);
  fake.empty();
  fake.disconnect();
  await synced.promise;
  const replica = await ovsdb.ready();
  assert.equal(replica.get('Cage')?.size, 0);
  await ovsdb.transact([{ op: 'insert', table: 'Cage', row: { name: 'two' } }]);
  assert.deepEqual(
    [...(replica.get('Cage')?.values() ?? [])].map((row) => row['name']),
    ['two'],
  );
});

test('a server that falls silent is given up, and calls to it fail', async (t) => {
  const fake = await zoo(t);
  const ovsdb = open(t, fake, { rpc: { probeAfter: 20, giveUpAfter: 20 } });
  await ovsdb.ready();
  fake.mute(true);
  await assert.rejects(ovsdb.transact([{ op: 'comment', comment: 'hello?' }]), /did not answer echo/);
  assert.equal(ovsdb.connected, false);
  fake.mute(false);
  await ovsdb.ready();
});

test('a database that is not there is named when one waits for it', async (t) => {
  const ovsdb = openOvsdb({ address: 'unix:/nonexistent/db.sock', database: 'Zoo', tables: TABLES, log: silentLog });
  t.after(() => ovsdb.close());
  await assert.rejects(ovsdb.ready(50), /Zoo is not there: no connection to unix:\/nonexistent/);
  assert.ok(!(await ovsdb.transact([]).catch((error: unknown) => error instanceof OvsdbError)));
});
