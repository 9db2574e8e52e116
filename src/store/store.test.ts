import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { openSqliteStore, type Store, type Tx } from './store.ts';

async function temporaryStore(t: TestContext): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-store-'));
  const store = await openSqliteStore(join(directory, 'controller.db'));
  t.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return store;
}

const insert = (tx: Tx, operation: string) =>
  tx.db.insertInto('audit').values({ at: 1, request_id: 'r', operation }).execute();
const operations = async (store: Store) =>
  (await store.read.selectFrom('audit').select('operation').orderBy('id').execute()).map((row) => row.operation);

test('a transaction that throws writes nothing and raises no signal', async (t) => {
  const store = await temporaryStore(t);
  let raised = false;
  const failed = store.transaction(async (tx) => {
    tx.afterCommit(() => (raised = true));
    await insert(tx, 'lost');
    throw new Error('no');
  });
  await assert.rejects(failed, /no/);
  assert.deepEqual(await operations(store), []);
  assert.equal(raised, false);
});

test('transactions run one after the other', async (t) => {
  const store = await temporaryStore(t);
  await Promise.all(['a', 'b', 'c'].map((name) => store.transaction((tx) => insert(tx, name))));
  assert.deepEqual(await operations(store), ['a', 'b', 'c']);
});

test('reading past the transaction, or waiting inside it, is refused', async (t) => {
  const store = await temporaryStore(t);
  await assert.rejects(
    store.transaction(async () => operations(store)),
    /only the transaction handle/,
  );
  await assert.rejects(
    store.transaction(async (tx) => {
      await insert(tx, 'slow');
      await turn();
      await turn();
    }),
    /waited for something/,
  );
  assert.deepEqual(await operations(store), []);
});

test('a parameter that is not a primitive is refused', async (t) => {
  const store = await temporaryStore(t);
  const bad = { id: 1 } as unknown as string;
  await assert.rejects(
    store.read.selectFrom('audit').selectAll().where('operation', '=', bad).execute(),
    /parameter 1/,
  );
});
