import { Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { openSqlite, sqliteDialect } from '../../src/store/dialect/sqlite.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Store, Tx } from '../../src/store/store.ts';

/** A store on which things can be tried out. */
export interface Rehearsal {
  store: Store;
  /** Does the work, and takes back all that it wrote; may be nested. */
  rehearse: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * A store in memory with one connection, so that a request with all its transactions can be taken back and the next
 * one finds the world as it was. Transactions are savepoints, one at a time.
 */
export async function rehearsalStore(raise: (signal: string) => void): Promise<Rehearsal> {
  const db = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(':memory:')) });
  await migrate(db);
  let last: Promise<unknown> = Promise.resolve();
  let depth = 0;
  const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const mine = last.then(() => runOne(db, raise, work));
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    store: {
      ...{ kind: 'sqlite', notify: () => undefined, follow: () => () => undefined },
      ...{ read: db, snapshot: (work) => work(db), transaction, close: () => db.destroy() },
    },
    async rehearse(work) {
      const point = sql.raw(`rehearsal${depth++}`);
      await sql`savepoint ${point}`.execute(db);
      try {
        return await work();
      } finally {
        await last;
        depth--;
        await sql`rollback to ${point}`.execute(db);
        await sql`release ${point}`.execute(db);
      }
    },
  };
}

async function runOne<T>(
  db: Kysely<Database>,
  raise: (signal: string) => void,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const actions: (() => void)[] = [];
  const value = await db.connection().execute(async (connection) => {
    await sql`savepoint one`.execute(connection);
    try {
      const done = await work({
        db: connection as unknown as Transaction<Database>,
        afterCommit: (action) => void actions.push(action),
        raise: (signal) => void actions.push(() => raise(signal)),
      });
      await sql`release one`.execute(connection);
      return done;
    } catch (error) {
      await sql`rollback to one`.execute(connection);
      await sql`release one`.execute(connection);
      throw error;
    }
  });
  for (const action of actions) action();
  return value;
}
