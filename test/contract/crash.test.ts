import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pg from 'pg';
import { createSignals } from '../../src/core/signals.ts';
import { isLostTransaction } from '../../src/store/dialect/postgres-errors.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { makeTestDatabase } from '../../src/store/testing.ts';
import { startCluster } from '../support/postgres.ts';

const skip = process.env.POTLUCK_TEST_DATABASE === undefined;

test(
  'a PostgreSQL that crashes under load loses nothing, does nothing twice, and wakes who waited',
  { skip },
  async (t) => {
    const cluster = await startCluster({ durable: true });
    t.after(() => cluster.stop());
    const { url } = await makeTestDatabase(cluster.url);
    const heard = createSignals();
    const [one, two] = await Promise.all([openPostgresStore(url, createSignals()), openPostgresStore(url, heard)]);
    t.after(() => Promise.all([one.close(), two.close()]));
    await one.transaction(async (tx) => {
      tx.raise('news');
      await tx.db.insertInto('leases').values({ name: 'sum', holder: '', deadline: 0 }).execute();
    });
    await heard.wait('news', 0, 5_000);
    assert.equal(heard.count('news'), 1);
    let answered = 0;
    let unknown = 0;
    let over = false;
    // A failure ends the work below too: a test that fails must not go on for ever.
    t.after(() => (over = true));
    const add = async () => {
      while (!over) {
        const done = await one
          .transaction(async ({ db }) => {
            const change = {
              deadline: (await db.selectFrom('leases').select('deadline').executeTakeFirstOrThrow()).deadline + 1,
            };
            await db.updateTable('leases').set(change).execute();
          })
          .then(
            () => true,
            (error: unknown) => {
              assert.match(String(error), /is not known/);
              return false;
            },
          );
        if (done) answered++;
        else unknown++;
      }
    };
    const adding = Promise.all([add(), add(), add()]);
    const reading = (async () => {
      while (!over) {
        await two.read.selectFrom('leases').selectAll().execute();
        await sleep(5);
      }
    })();
    for (const end of [() => cluster.crash(), () => cluster.restart(), () => cluster.crash()]) {
      const before = answered;
      while (answered < before + 20) await sleep(5);
      await end();
    }
    const before = answered;
    while (answered < before + 20) await sleep(5);
    over = true;
    await Promise.all([adding, reading]);
    const row = await one.read.selectFrom('leases').select('deadline').executeTakeFirstOrThrow();
    assert.ok(
      row.deadline >= answered && row.deadline <= answered + unknown,
      `${row.deadline} of ${answered}, ${unknown}`,
    );
    // What may have been missed while the connection was away counts as raised.
    await heard.wait('news', 1, 10_000);
    assert.ok(heard.count('news') > 1);
  },
);

test('a transaction that a crash took is known as such', { skip }, async (t) => {
  const { url } = await makeTestDatabase(process.env.POTLUCK_TEST_DATABASE ?? '');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.after(() => client.end());
  await assert.rejects(client.query("select pg_xact_status('999999999999')"), isLostTransaction);
});
