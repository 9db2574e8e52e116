import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { migrations } from './migrations/index.ts';
import { openPostgresStore } from './postgres.ts';
import { openSqliteStore, type Listener, type Store } from './store.ts';

/** Where tests make their databases: the address of a PostgreSQL server and any database on it; else SQLite is used. */
export const TEST_SERVER = process.env.POTLUCK_TEST_DATABASE;

export interface TestStore extends Store {
  /** The address of its PostgreSQL database. */
  database?: string;
}

/** A store on a fresh database for one test, gone with its `close`: a file in `directory`, or one of the test server. */
export async function openTestStore(directory: string, listener: Listener): Promise<TestStore> {
  if (TEST_SERVER === undefined) {
    return openSqliteStore(join(directory, 'controller.db'), (name) => listener.raise(name));
  }
  const database = await makeTestDatabase(TEST_SERVER);
  const store = await openPostgresStore(database.url, listener);
  return {
    ...store,
    database: database.url,
    async close() {
      await store.close();
      await database.drop();
    },
  };
}

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/**
 * A database of this release's schema, copied from a template that is migrated once, or from another test's database to
 * which nobody is connected.
 */
export async function makeTestDatabase(server: string, from?: TestDatabase): Promise<TestDatabase> {
  const names = migrations.map(({ name }) => name).join(' ');
  const template = `potluck_template_${createHash('sha256').update(names).digest('hex').slice(0, 16)}`;
  const name = `potluck_test_${randomUUID().replaceAll('-', '')}`;
  await asking(server, async (client) => {
    if (from) return client.query(`create database ${name} template ${nameOf(from.url)} strategy file_copy`);
    // One process at a time looks for the template, and makes it under a name that is given last.
    await client.query('select pg_advisory_lock(1)');
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (rows.length === 0) {
      await client.query(`create database ${name}_new template template0 encoding 'UTF8'`);
      const store = await openPostgresStore(databaseUrl(server, `${name}_new`), SILENT);
      await store.close();
      await client.query(`alter database ${name}_new rename to ${template}`);
    }
    return client.query(`create database ${name} template ${template} strategy file_copy`);
  });
  return {
    url: databaseUrl(server, name),
    drop: () => asking(server, (client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

const SILENT: Listener = { raise: () => undefined, resync: () => undefined };

async function asking(server: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const nameOf = (url: string) => /^[a-z]+:\/\/[^/?]*\/([^?]*)/i.exec(url)?.[1] ?? '';

/** The same server's address with another database. */
function databaseUrl(server: string, name: string): string {
  return server.replace(/^([a-z]+:\/\/[^/?]*)(\/[^?]*)?/i, `$1/${name}`);
}
