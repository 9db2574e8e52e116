import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { Kysely, type Transaction } from 'kysely';
import type { Follower } from './changes.ts';
import type { Database } from './database.ts';
import { openSqlite, sqliteDialect } from './dialect/sqlite.ts';
import { createFollowers } from './followers.ts';
import { createGroupCommit } from './group-commit.ts';
import { keepBeforeMigration } from './keep.ts';
import { migrate } from './migrate.ts';

/** Reads rows: either the store's read side or an open transaction, so that a query function serves both. */
export type Reader = Kysely<Database>;

/** An open write transaction. Nothing but its handle may be used while it lasts, and no I/O. */
export interface Tx {
  db: Transaction<Database>;
  /** Registers what is done once the transaction is committed: raising signals, never something that must happen. */
  afterCommit(action: () => void): void;
  /** Raises a signal once the transaction is committed, however often it is asked for. */
  raise(signal: string): void;
}

/** Whom a store tells of signals. */
export interface Listener {
  /** A transaction of this process, or of another controller, raised a signal. */
  raise(signal: string): void;
  /** Signals of other controllers may have been missed: every one counts as raised. */
  resync(): void;
}

export interface Store {
  readonly kind: 'sqlite' | 'postgres';
  /** Committed rows only; refuses to be used inside a transaction, which would read the past. */
  readonly read: Reader;
  /**
   * Runs `work` on the rows of one moment, with its handle and no other, so that what several selects answer fits
   * together.
   */
  snapshot<T>(work: (db: Reader) => Promise<T>): Promise<T>;
  /**
   * Runs `work` as if alone among writers; its rows are durable when the promise resolves, or none is written. On
   * PostgreSQL it runs again when another transaction came in between: it must change nothing but rows.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Raises a signal in the other controllers, outside of a transaction; lost when the database is away. */
  notify(signal: string): void;
  /** Tells of what transactions change, of every controller, from now on; answers how to stop that. */
  follow(follower: Follower): () => void;
  close(): Promise<void>;
}

/** The store of a controller: the database it was given, or a SQLite file in its state directory. */
export async function openStore(
  where: { stateDir: string; database?: string | undefined },
  listener: Listener,
): Promise<Store> {
  if (where.database === undefined) {
    return openSqliteStore(join(where.stateDir, 'controller.db'), (signal) => listener.raise(signal));
  }
  // Only who needs it pays for it.
  const { openPostgresStore } = await import('./postgres.ts');
  return openPostgresStore(where.database, listener);
}

/**
 * Opens (and migrates) a store in a SQLite file; `raise` carries out what transactions ask to be raised. Throws
 * OperatorError for a database of a newer release.
 */
export async function openSqliteStore(path: string, raise: (signal: string) => void = () => undefined): Promise<Store> {
  const database = openSqlite(path);
  keepBeforeMigration(database, path);
  const writer = new Kysely<Database>({ dialect: sqliteDialect(database) });
  await migrate(writer);
  const followers = createFollowers();
  const writes = createGroupCommit(writer, raise, followers);
  const inTransaction = new AsyncLocalStorage<boolean>();
  const guard = () => {
    if (inTransaction.getStore()) throw new Error('only the transaction handle may be used inside a transaction');
  };
  const reader = new Kysely<Database>({ dialect: guardedDialect(path, guard) });
  return {
    kind: 'sqlite',
    notify: () => undefined,
    follow: (follower) => followers.follow(follower),
    read: reader,
    snapshot: (work) => reader.transaction().execute((db) => inTransaction.run(true, () => work(db))),
    transaction: (work) => {
      guard();
      return writes.transaction((tx) => inTransaction.run(true, () => work(tx)));
    },
    async close() {
      await writes.idle();
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function guardedDialect(path: string, guard: () => void) {
  const dialect = sqliteDialect(openSqlite(path, { readOnly: true }));
  const createDriver = dialect.createDriver.bind(dialect);
  dialect.createDriver = () => {
    const driver = createDriver();
    const acquire = driver.acquireConnection.bind(driver);
    driver.acquireConnection = () => {
      guard();
      return acquire();
    };
    return driver;
  };
  return dialect;
}
