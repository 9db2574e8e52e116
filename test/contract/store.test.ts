import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { createSignals, type Signals } from '../../src/core/signals.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { openSqliteStore, type Reader, type Store, type Tx } from '../../src/store/store.ts';
import { makeTestDatabase } from '../../src/store/testing.ts';

/** What every store promises, on each database that there is; PostgreSQL where POTLUCK_TEST_DATABASE names a server. */

interface Opened {
  store: Store;
  signals: Signals;
  /** Another controller on the same database, where that can be. */
  another: (() => Promise<Opened>) | null;
}

const KINDS: Record<string, (t: TestContext) => Promise<Opened>> = {
  async sqlite(t) {
    const directory = mkdtempSync(join(tmpdir(), 'potluck-contract-'));
    const signals = createSignals();
    const store = await openSqliteStore(join(directory, 'controller.db'), (name) => signals.raise(name));
    t.after(async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    });
    return { store, signals, another: null };
  },
};

const server = process.env.POTLUCK_TEST_DATABASE;
if (server !== undefined) {
  KINDS.postgres = async (t) => {
    const database = await makeTestDatabase(server);
    const stores: Store[] = [];
    t.after(async () => {
      await Promise.all(stores.map((store) => store.close()));
      await database.drop();
    });
    const another = async (): Promise<Opened> => {
      const signals = createSignals();
      const store = await openPostgresStore(database.url, signals);
      stores.push(store);
      return { store, signals, another };
    };
    return another();
  };
}

const insert = (tx: Tx, operation: string, at = 1) =>
  tx.db.insertInto('audit').values({ at, request_id: 'r', operation }).execute();
const operations = async (store: Store) =>
  (await store.read.selectFrom('audit').select('operation').orderBy('id').execute()).map((row) => row.operation);
const put = (tx: Tx, name: string, holder: string, deadline: number) =>
  tx.db.insertInto('leases').values({ name, holder, deadline }).execute();

for (const [kind, open] of Object.entries(KINDS)) {
  test(`${kind}: a value that no column can hold is the client’s mistake, and changes nothing`, async (t) => {
    const { store } = await open(t);
    const refused = { name: 'ApiError', status: 400 };
    for (const value of [2 ** 53, 2 ** 63, 1e30, -1e30, Number.POSITIVE_INFINITY, Number.NaN]) {
      const reading = store.read.selectFrom('audit').select('id').where('at', '<', value).execute();
      await assert.rejects(reading, refused, `reading ${value}`);
      const writing = store.transaction((tx) => insert(tx, 'lost', value));
      await assert.rejects(writing, refused, `writing ${value}`);
    }
    await assert.rejects(
      store.transaction((tx) => insert(tx, 'a\0b')),
      refused,
    );
    await assert.rejects(store.read.selectFrom('audit').select('id').where('operation', '=', '\0').execute(), refused);
    await store.transaction((tx) => insert(tx, 'kept \ud800', Number.MAX_SAFE_INTEGER));
    assert.deepEqual(await operations(store), ['kept \ufffd']);
  });

  test(`${kind}: a snapshot sees one moment, whatever is committed meanwhile`, async (t) => {
    const { store } = await open(t);
    const count = async (db: Reader) => (await db.selectFrom('audit').select('id').execute()).length;
    await store.transaction((tx) => insert(tx, 'before'));
    const [begun, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const seen = store.snapshot(async (db) => {
      const first = await count(db);
      begun.resolve();
      await written.promise;
      await assert.rejects(async () => store.transaction(async () => undefined), /only the transaction handle/);
      return [first, await count(db)];
    });
    await begun.promise;
    await store.transaction((tx) => insert(tx, 'meanwhile'));
    written.resolve();
    assert.deepEqual(await seen, [1, 1]);
    assert.equal(await count(store.read), 2);
  });

  test(`${kind}: all rows of a transaction or none, and signals after the commit alone`, async (t) => {
    const { store, signals } = await open(t);
    let acted = 0;
    const failed = store.transaction(async (tx) => {
      tx.afterCommit(() => acted++);
      tx.raise('lost');
      await insert(tx, 'lost');
      throw new Error('no');
    });
    await assert.rejects(failed, /no/);
    const answer = await store.transaction(async (tx) => {
      tx.afterCommit(() => acted++);
      tx.raise('kept');
      tx.raise('kept');
      await insert(tx, 'kept');
      assert.equal(signals.count('kept'), 0);
      return 7;
    });
    assert.deepEqual([answer, await operations(store)], [7, ['kept']]);
    assert.deepEqual([acted, signals.count('lost'), signals.count('kept')], [1, 0, 1]);
  });

  test(`${kind}: a transaction does nothing but rows`, async (t) => {
    const { store } = await open(t);
    const refused = (work: (tx: Tx) => Promise<unknown>, why: RegExp) => assert.rejects(store.transaction(work), why);
    await refused(() => operations(store), /only the transaction handle/);
    await refused(() => store.transaction((tx) => insert(tx, 'inner')), /only the transaction handle/);
    const waits = async (tx: Tx) => {
      await insert(tx, 'slow');
      await turn();
      await turn();
      await turn();
    };
    await refused(waits, /waited for something/);
    await refused(
      async (tx) =>
        tx.db
          .selectFrom('audit')
          .select('id')
          .where('id', '=', {} as never)
          .execute(),
      /parameter 1/,
    );
    await assert.rejects(store.read.insertInto('audit').values({ at: 1, request_id: 'r', operation: 'x' }).execute());
    await refused((tx) => insert(tx, 'a\0b'), /U\+0000/);
    assert.deepEqual(await operations(store), []);
    // Several statements at once are carried out one after the other.
    await store.transaction((tx) => Promise.all(['a', 'b', 'c'].map((name) => insert(tx, name))));
    assert.deepEqual(await operations(store), ['a', 'b', 'c']);
  });

  test(`${kind}: what one transaction decides by, no other changes`, async (t) => {
    const first = await open(t);
    const stores = [first.store, (await first.another?.())?.store ?? first.store];
    const { store } = first;
    // Write skew: each may leave as long as the other stays.
    await store.transaction(async (tx) => {
      for (const name of ['a', 'b']) await put(tx, name, 'on duty', 0);
    });
    const leave = (name: string, by: Store) =>
      by.transaction(async (tx) => {
        const rows = await tx.db.selectFrom('leases').select('name').where('holder', '=', 'on duty').execute();
        if (rows.length < 2) return false;
        await tx.db.updateTable('leases').set({ holder: 'gone' }).where('name', '=', name).execute();
        return true;
      });
    const left = await Promise.all(['a', 'b'].map((name, index) => leave(name, stores[index] ?? store)));
    assert.equal(left.filter(Boolean).length, 1);
    // A sum that is read and written by many; none is lost.
    await store.transaction((tx) => put(tx, 'sum', '', 0));
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        (stores[n % 2] ?? store).transaction(async (tx) => {
          const row = await tx.db
            .selectFrom('leases')
            .select('deadline')
            .where('name', '=', 'sum')
            .executeTakeFirstOrThrow();
          await tx.db
            .updateTable('leases')
            .set({ deadline: row.deadline + 1 })
            .where('name', '=', 'sum')
            .execute();
        }),
      ),
    );
    // The last of something, by a condition in the update itself.
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (stores[n % 2] ?? store).transaction(async (tx) => {
          const won = await tx.db
            .updateTable('leases')
            .set({ holder: `${n}` })
            .where('name', '=', 'sum')
            .where('holder', '=', '')
            .returning('name')
            .executeTakeFirst();
          return won === undefined ? 0 : 1;
        }),
      ),
    );
    assert.equal(
      taken.reduce<number>((sum, one) => sum + one, 0),
      1,
    );
    const sum = await store.read.selectFrom('leases').select('deadline').where('name', '=', 'sum').executeTakeFirst();
    assert.equal(sum?.deadline, 40);
    // A name that both found free is made once; the other sees it.
    const made = await Promise.all(
      stores.map((one) =>
        one.transaction(async (tx) => {
          const known = await tx.db.selectFrom('leases').select('name').where('name', '=', 'new').executeTakeFirst();
          if (known) return 'known';
          await put(tx, 'new', '', 0);
          return 'made';
        }),
      ),
    );
    assert.deepEqual(made.toSorted(), ['known', 'made']);
  });

  test(`${kind}: values come back as they were, and sort by their bytes`, async (t) => {
    const { store } = await open(t);
    const texts = [
      'ä',
      'a',
      'B',
      'Z',
      '_',
      'z\u{1f354}',
      '漢字',
      "'; drop table audit; --",
      '\\',
      '%',
      'x'.repeat(2_000_000),
    ];
    await store.transaction(async (tx) => {
      for (const [index, text] of texts.entries()) await insert(tx, text, 2 ** 53 - 1 - index);
    });
    const rows = await store.read.selectFrom('audit').select(['operation', 'at']).orderBy('operation').execute();
    const bytewise = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(
      rows.map((row) => row.operation),
      bytewise,
    );
    for (const row of rows) assert.equal(row.at, 2 ** 53 - 1 - texts.indexOf(row.operation));
    const { fn } = store.read;
    const sums = store.read.selectFrom('audit').select([fn.countAll<number>().as('n'), fn.min('at').as('least')]);
    assert.deepEqual({ ...(await sums.executeTakeFirst()) }, { n: texts.length, least: 2 ** 53 - texts.length });
    const missing = await store.read.selectFrom('audit').select('target').where('target', 'is', null).execute();
    assert.equal(missing.length, texts.length);
    const ids = await store.read.selectFrom('audit').select('id').orderBy('id').execute();
    assert.deepEqual(
      ids.map((row) => row.id),
      texts.map((_, index) => index + 1),
    );
  });

  test(`${kind}: many at once come to their end`, async (t) => {
    const { store } = await open(t);
    await Promise.all(Array.from({ length: 200 }, (_, n) => store.transaction((tx) => insert(tx, `${n}`))));
    const reads = await Promise.all(Array.from({ length: 50 }, () => operations(store)));
    for (const read of reads) assert.equal(new Set(read).size, 200);
  });

  test(`${kind}: who follows hears what a transaction changed, with what the caller asked for as it was`, async (t) => {
    const { store, another } = await open(t);
    const heard: string[] = [];
    const follow = (one: Store, name: string) =>
      one.follow({
        changed: (changes) => heard.push(...changes.map(({ kind, to, id }) => `${name} ${kind} ${to} ${id}`)),
        missed: () => undefined,
      });
    const group = { project_id: 'p1', user_id: 'u', policy: 'affinity' as const, created_at: 1 };
    const leave = follow(store, 'here');
    const other = await another?.();
    if (other) follow(other.store, 'there');
    await store.transaction(async ({ db }) => {
      const made = await db
        .insertInto('server_groups')
        .values([
          { ...group, id: 'a', name: 'a' },
          { ...group, id: 'b', name: 'b' },
        ])
        .executeTakeFirst();
      assert.equal(made.numInsertedOrUpdatedRows, 2n);
      const rows = await db.deleteFrom('server_groups').where('id', '=', 'b').returning('name').execute();
      assert.deepEqual(
        rows.map((row) => row.name),
        ['b'],
      );
      const none = await db.deleteFrom('server_groups').where('id', '=', 'z').executeTakeFirst();
      assert.equal(none.numDeletedRows, 0n);
    });
    await assert.rejects(
      store.transaction(async ({ db }) => {
        await db.deleteFrom('server_groups').execute();
        throw new Error('no');
      }),
    );
    const told = ['server-groups project:p1 a', 'server-groups project:p1 b'];
    const heardBy = (name: string) => heard.filter((one) => one.startsWith(name));
    assert.deepEqual(
      heardBy('here'),
      told.map((one) => `here ${one}`),
    );
    if (other) {
      const deadline = Date.now() + 5_000;
      while (heard.length < 4 && Date.now() < deadline) await turn();
      assert.deepEqual(
        heardBy('there'),
        told.map((one) => `there ${one}`),
      );
    }
    leave();
    await store.transaction(({ db }) => db.deleteFrom('server_groups').execute());
    assert.equal(heard.filter((one) => one.startsWith('here')).length, 2);
  });
}
