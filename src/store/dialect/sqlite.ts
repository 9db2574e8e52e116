import { DatabaseSync } from 'node:sqlite';
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { SqliteCompiler } from './lists.ts';
import { checkedParameters } from './parameters.ts';
import { inTurn } from './turns.ts';

/** Milliseconds another process (a backup, `sqlite3` by hand) may hold the lock before a statement fails. */
const BUSY_TIMEOUT = 5_000;

/** KiB of pages a connection keeps: with less, a transaction in a large database writes pages before its commit. */
const CACHE = 16_384;

/**
 * Opens one connection to a SQLite file with the settings Potluck relies on: write-ahead log, every commit on disk
 * before it is answered (https://sqlite.org/pragma.html#pragma_synchronous), foreign keys enforced.
 */
export function openSqlite(path: string, options: { readOnly?: boolean } = {}): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA foreign_keys = ON');
  database.exec('PRAGMA journal_size_limit = 67108864');
  // A statement must not fail because no file can be opened for what it takes back: thousands of hosts are as many sockets.
  database.exec('PRAGMA temp_store = MEMORY');
  database.exec(`PRAGMA cache_size = -${CACHE}`);
  if (options.readOnly) database.exec('PRAGMA query_only = ON');
  return database;
}

/** Kysely's SQLite dialect over `node:sqlite`, with prepared statements kept for reuse. */
export function sqliteDialect(database: DatabaseSync): SqliteDialect {
  const dialect = new SqliteDialect({ database: kyselyDatabase(database) });
  dialect.createQueryCompiler = () => new SqliteCompiler();
  const createDriver = dialect.createDriver.bind(dialect);
  dialect.createDriver = () => inTurn(createDriver());
  return dialect;
}

/** Prepared statements kept per connection; Kysely prints the same text for the same query. */
const MOST_STATEMENTS = 500;

function kyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = prepared.get(sql) ?? kyselyStatement(database, sql);
      // What was used last stands last, so the first is the one to do without.
      prepared.delete(sql);
      prepared.set(sql, statement);
      if (prepared.size > MOST_STATEMENTS) prepared.delete(prepared.keys().next().value ?? '');
      return statement;
    },
  };
}

function kyselyStatement(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...checkedParameters(parameters)),
    run(parameters) {
      const { changes, lastInsertRowid } = statement.run(...checkedParameters(parameters));
      return { changes, lastInsertRowid };
    },
    iterate: (parameters) => statement.iterate(...checkedParameters(parameters)),
  };
}
