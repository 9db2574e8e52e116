import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { sql } from 'kysely';
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

test('transactions that share a commit fail each for itself, and answer once all is on disk', async (t) => {
  const store = await temporaryStore(t);
  const seen: string[] = [];
  const write = (name: string, fails = false) =>
    store.transaction(async (tx) => {
      // What the one before has written is seen; what it took back is not.
      const { count } = await tx.db
        .selectFrom('audit')
        .select((select) => select.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      await insert(tx, name);
      tx.afterCommit(() => seen.push(name));
      if (fails) throw new Error(`not ${name}`);
      return count;
    });
  const results = await Promise.allSettled([
    write('a'),
    write('b', true),
    write('c'),
    store.read.selectFrom('audit').selectAll().execute(),
  ]);
  assert.deepEqual(
    results.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    [0, 'Error: not b', 1, []],
  );
  assert.deepEqual(await operations(store), ['a', 'c']);
  assert.deepEqual(seen, ['a', 'c']);
});

test('a commit that ends early keeps nothing of anybody in it, and who waits has the next', async (t) => {
  const store = await temporaryStore(t);
  const ends = (tx: Tx) => sql`rollback`.execute(tx.db).then(() => insert(tx, 'outside'));
  const results = await Promise.allSettled([
    store.transaction((tx) => insert(tx, 'a')),
    store.transaction(ends),
    store.transaction((tx) => insert(tx, 'c')),
  ]);
  assert.deepEqual(
    results.map((one) => one.status),
    ['rejected', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(
    (await operations(store)).filter((name) => name !== 'outside'),
    ['c'],
  );
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

test('ten thousand who read at once are answered in the order in which they asked', async (t) => {
  const store = await temporaryStore(t);
  const answered: number[] = [];
  const read = async (number: number) => {
    await store.read.selectFrom('audit').select('id').execute();
    answered.push(number);
  };
  const numbers = Array.from({ length: 10_000 }, (_, number) => number);
  await Promise.all(numbers.map(read));
  assert.deepEqual(answered, numbers);
  // The connection is free again after a failure, and for who wants it for longer.
  await assert.rejects(sql`select nothing`.execute(store.read));
  assert.deepEqual(await store.snapshot((db) => db.selectFrom('audit').select('id').execute()), []);
});

test('a parameter that is not a primitive is refused', async (t) => {
  const store = await temporaryStore(t);
  const bad = { id: 1 } as unknown as string;
  await assert.rejects(
    store.read.selectFrom('audit').selectAll().where('operation', '=', bad).execute(),
    /parameter 1/,
  );
});
