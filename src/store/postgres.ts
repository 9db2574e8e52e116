import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Kysely, type Transaction } from 'kysely';
import pg from 'pg';
import { withoutPassword } from './addresses.ts';
import { createChangeLog, type Change } from './changes.ts';
import type { Database } from './database.ts';
import { isConflict, isConnectionLoss, isLostTransaction, isViolation } from './dialect/postgres-errors.ts';
import {
  checkServer,
  connectPatiently,
  lendReader,
  lent,
  openPool,
  postgresDialect,
  runStatement,
} from './dialect/postgres.ts';
import { portableSchema } from './dialect/postgres-schema.ts';
import { createFollowers } from './followers.ts';
import { BEGIN, migrate } from './migrate.ts';
import { CHANGES, CHANNEL, listen, payloadsOf } from './notifications.ts';
import type { Listener, Reader, Store, Tx } from './store.ts';

/** Transactions of one controller at a time, and its readers. */
const WRITERS = 4;
const READERS = 8;
/** Attempts side by side with other transactions; the next one is alone, so that it succeeds. */
const SHARED_ATTEMPTS = 4;
/** Attempts of a transaction that violates a constraint: the second sees what the first ran into. */
const VIOLATIONS = 2;
/** Milliseconds that a transaction is begun anew after its connection was lost. */
const OUTAGE_PATIENCE = 15_000;
/** The advisory lock that every transaction shares, and one that had no luck holds alone: "potluck" in ASCII. */
const TURN = '31646235979017067';

/**
 * Opens (and migrates) a store in a PostgreSQL database, which several controllers may share. Transactions are
 * serializable, so `work` runs again when another one came in between; it must change nothing but rows. Signals reach
 * every controller. Throws OperatorError when the server cannot be used or the database is of a newer release.
 */
export async function openPostgresStore(url: string, listener: Listener): Promise<Store> {
  const writers = openPool(url, { size: WRITERS, readOnly: false });
  const readers = openPool(url, { size: READERS, readOnly: true });
  try {
    await checkServer(writers, withoutPassword(url));
    await migratePostgres(writers);
  } catch (error) {
    await Promise.all([writers.end(), readers.end()]);
    throw error;
  }
  const self = randomUUID();
  const inside = new AsyncLocalStorage<Watch>();
  const guard = () => {
    if (inside.getStore()) throw new Error('only the transaction handle may be used inside a transaction');
  };
  const read = new Kysely<Database>({
    dialect: postgresDialect(() => {
      guard();
      return lendReader(readers);
    }),
  });
  const followers = createFollowers();
  const listening = await listen(url, self, listener, followers);
  return {
    kind: 'postgres',
    read,
    snapshot(work) {
      const watch: Watch = { queries: 0, strayed: false, over: false };
      return patiently(() => snapshotOf(read, (db) => inside.run(watch, () => work(db))));
    },
    async transaction(work) {
      guard();
      const { value, actions, signals, changes } = await runTransaction(writers, self, inside, work);
      for (const action of actions) action();
      for (const signal of signals) listener.raise(signal);
      followers.changed(changes);
      return value;
    },
    follow: (follower) => followers.follow(follower),
    notify(signal) {
      void writers.query(`select pg_notify($1, $2)`, [CHANNEL, `${self} ${signal}`]).catch(() => undefined);
    },
    async close() {
      await listening.close();
      await Promise.all([writers.end(), readers.end()]);
    },
  };
}

/** The rows of one moment: what a transaction that only reads sees from its first statement on. */
const snapshotOf = <T>(read: Kysely<Database>, work: (db: Reader) => Promise<T>): Promise<T> =>
  read.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work);

/** Does what changes nothing again where the connection was lost in the middle. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + OUTAGE_PATIENCE;
  for (let times = 1; ; times++) {
    try {
      return await work();
    } catch (error) {
      if (!isConnectionLoss(error) || performance.now() > until) throw error;
      await pause(times);
    }
  }
}

async function migratePostgres(pool: pg.Pool): Promise<void> {
  const db = new Kysely<Database>({ dialect: postgresDialect(() => lendReader(pool)), plugins: [portableSchema()] });
  await migrate(db, undefined, BEGIN.postgres);
}

/** What shows that a transaction waits for something that is not the database. */
interface Watch {
  queries: number;
  strayed: boolean;
  over: boolean;
}

interface Outcome<T> {
  value: T;
  actions: (() => void)[];
  signals: Set<string>;
  changes: Change[];
}

type Attempt<T> =
  | { done: Outcome<T> }
  /** `unknown`: it was about to be committed when the connection was lost. */
  | { done: null; error: unknown; unknown: Outcome<T> | null; xid: string };

async function runTransaction<T>(
  pool: pg.Pool,
  self: string,
  inside: AsyncLocalStorage<Watch>,
  work: (tx: Tx) => Promise<T>,
): Promise<Outcome<T>> {
  const started = performance.now();
  for (let times = 1, violations = 0; ; times++) {
    const attempt = await attemptTransaction(pool, self, inside, work, times > SHARED_ATTEMPTS);
    if (attempt.done) return attempt.done;
    const { error } = attempt;
    if (isConnectionLoss(error)) {
      // A server that crashed may give the number of a transaction it lost to another one: `committed` proves nothing.
      if (attempt.unknown && (await mayBeCommitted(pool, attempt.xid))) {
        throw new Error('the database went away in the middle of a commit: whether it took place is not known', {
          cause: error,
        });
      }
      if (performance.now() - started > OUTAGE_PATIENCE) throw error;
    } else if (isViolation(error)) {
      if (++violations >= VIOLATIONS) throw error;
    } else if (!isConflict(error)) {
      throw error;
    }
    await pause(times);
  }
}

/** One attempt, from `begin` to `commit` or `rollback`. */
async function attemptTransaction<T>(
  pool: pg.Pool,
  self: string,
  inside: AsyncLocalStorage<Watch>,
  work: (tx: Tx) => Promise<T>,
  alone: boolean,
): Promise<Attempt<T>> {
  const client = await connectPatiently(pool);
  let broken = false;
  let xid = '';
  let committing: Outcome<T> | null = null;
  const watch: Watch = { queries: 0, strayed: false, over: false };
  try {
    if (alone) await client.query(`select pg_advisory_lock(${TURN})`);
    xid = await begin(client, alone);
    const actions: (() => void)[] = [];
    const signals = new Set<string>();
    const log = createChangeLog();
    const tx: Tx = {
      db: handleOf(client, watch).withPlugin(log.plugin) as unknown as Transaction<Database>,
      afterCommit: (action) => void actions.push(action),
      raise: (signal) => void signals.add(signal),
    };
    rest(watch);
    const value = await inside.run(watch, () => work(tx));
    watch.over = true;
    if (watch.strayed) throw new Error('a transaction waited for something that is not the database');
    committing = { value, actions, signals, changes: log.changes() };
    await client.query(commitOf(self, committing));
    return { done: committing };
  } catch (error) {
    watch.over = true;
    broken = isConnectionLoss(error);
    if (!broken) await client.query('rollback').catch(() => (broken = true));
    return { done: null, error, unknown: broken ? committing : null, xid };
  } finally {
    if (alone && !broken) {
      await client.query(`select pg_advisory_unlock(${TURN})`).catch(() => (broken = true));
    }
    client.release(broken);
  }
}

/** Begins a transaction, in one message, and answers its number, by which its end can be asked for later. */
async function begin(client: pg.PoolClient, alone: boolean): Promise<string> {
  const share = alone ? '' : `select pg_advisory_xact_lock_shared(${TURN});`;
  const results = (await client.query(
    `begin isolation level serializable; ${share} select pg_current_xact_id()::text as xid`,
  )) as unknown as { rows: { xid: string }[] }[];
  return results.at(-1)?.rows[0]?.xid ?? '';
}

/** Signals and changes are part of the transaction: who hears of it sees its rows. */
function commitOf(self: string, { signals, changes }: Pick<Outcome<unknown>, 'signals' | 'changes'>): string {
  const notify = (channel: string, text: string) => `pg_notify('${channel}', ${pg.escapeLiteral(`${self} ${text}`)})`;
  const calls = [
    ...[...signals].map((signal) => notify(CHANNEL, signal)),
    ...payloadsOf(changes).map((payload) => notify(CHANGES, payload)),
  ];
  return calls.length === 0 ? 'commit' : `select ${calls.join(', ')}; commit`;
}

/**
 * Whether a transaction whose commit got no answer may have taken place; if not, it certainly did not,
 * https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-PG-SNAPSHOT.
 */
async function mayBeCommitted(pool: pg.Pool, xid: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const client = await connectPatiently(pool);
    try {
      const { rows } = await client.query<{ status: string | null }>('select pg_xact_status($1::xid8) as status', [
        xid,
      ]);
      client.release();
      if (rows[0]?.status !== 'in progress') return rows[0]?.status === 'committed';
    } catch (error) {
      client.release(true);
      if (isLostTransaction(error)) return false;
      if (!isConnectionLoss(error) || attempt > 5) throw error;
    }
    await pause(attempt);
  }
}

/** A random moment, longer each time, so that two that met do not meet again. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(200, 4 * 2 ** attempt)));
}

/** The handle of one transaction on its connection. */
function handleOf(client: pg.PoolClient, watch: Watch): Kysely<Database> {
  // A connection takes one statement at a time.
  let last: Promise<unknown> = Promise.resolve();
  const query = (text: string, values: readonly unknown[]) => {
    if (watch.over) throw new Error('a transaction is over, and its handle is still used');
    watch.queries++;
    const result = last.then(() => runStatement(client, text, values));
    last = result.catch(() => undefined);
    return result.finally(() => {
      watch.queries--;
      rest(watch);
    });
  };
  return new Kysely<Database>({ dialect: postgresDialect(() => Promise.resolve(lent(query))) });
}

/** Between two statements there is only thinking, so that the next one begins before the event loop turns. */
function rest(watch: Watch): void {
  if (watch.queries > 0) return;
  setImmediate(() => {
    if (watch.queries === 0 && !watch.over) watch.strayed = true;
  });
}
