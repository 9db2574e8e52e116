import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import { PASSING, type Snapshot, type Table, type Value } from './snapshot.ts';

/** One connection to either database, in one transaction, as far as copying needs it. */
export interface Side {
  kind: 'sqlite' | 'postgres';
  /** For people, without a password. */
  shown: string;
  query(text: string, values?: readonly Value[]): Promise<Record<string, Value>[]>;
  /** The rows of a query, some at a time. */
  pages(text: string): AsyncIterable<Value[][]>;
  /** Tables with their columns and those of the primary key. */
  tables(): Promise<(Table & { key: string[] })[]>;
  insert(table: Table, rows: readonly Value[][]): Promise<void>;
  /** For the steps of the schema, which the same transaction applies. */
  schema: Kysely<Database>;
  /** Lets rows come in any order; `checkReferences` looks afterwards. */
  suspendReferences(): Promise<void>;
  /** Throws when a row refers to one that is not there, and lets counted columns go on after the largest number. */
  checkReferences(): Promise<void>;
  /** Removes every table. */
  clear(): Promise<void>;
  commit(): Promise<void>;
  /** Rolls back what was not committed. */
  close(): Promise<void>;
}

/** Rows that are held in memory at a time. */
export const PAGE = 500;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What a database holds at the moment at which its transaction began. */
export async function snapshotOf(side: Side): Promise<Snapshot> {
  const all = await side.tables();
  const known = all.some(({ name }) => name === 'schema_migrations');
  const migrations = known ? await side.query('select name from schema_migrations') : [];
  const keys = new Map(all.map(({ name, key }) => [name, key]));
  return {
    migrations: migrations.map(({ name }) => String(name)),
    tables: all.filter(({ name }) => !PASSING.has(name)).map(({ name, columns }) => ({ name, columns })),
    rows({ name, columns }) {
      const key = keys.get(name) ?? [];
      const order = (key.length > 0 ? key : columns).map((column) => `${quoted(column)} nulls first`).join(', ');
      return side.pages(`select ${columns.map(quoted).join(', ')} from ${quoted(name)} order by ${order}`);
    },
  };
}
