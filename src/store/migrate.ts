import { sql, type Kysely } from 'kysely';
import { OperatorError } from '../core/errors.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations/index.ts';

/** One numbered step of the schema. Steps are only ever added; a released step never changes. */
export interface Migration {
  name: string;
  up(db: Kysely<Database>): Promise<void>;
}

/** How a database begins a change of its schema, so that one process at a time is at it. */
export const BEGIN = {
  sqlite: ['begin immediate'],
  // Who waited for the lock must see what the other did, hence no snapshot; a large table may take its time.
  postgres: [
    'begin isolation level read committed',
    'set local statement_timeout = 0',
    'select pg_advisory_xact_lock(31646235979017068)',
  ],
};

/**
 * Brings the schema to this release, all missing steps in one transaction; harmless when nothing is missing.
 * Throws OperatorError when the database was written by a newer release: a downgrade could lose what it holds.
 */
export async function migrate(
  db: Kysely<Database>,
  steps: readonly Migration[] = migrations,
  begin: readonly string[] = BEGIN.sqlite,
): Promise<void> {
  await db.connection().execute(async (connection) => {
    for (const statement of begin) await sql.raw(statement).execute(connection);
    try {
      await applySteps(connection, steps);
      await sql`commit`.execute(connection);
    } catch (error) {
      await sql`rollback`.execute(connection);
      throw error;
    }
  });
}

/**
 * Applies the missing steps inside the transaction that `connection` has open, and answers their names. Throws
 * OperatorError as `migrate` does.
 */
export async function applySteps(connection: Kysely<Database>, steps: readonly Migration[]): Promise<string[]> {
  await connection.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute();
  const rows = await sql<{ name: string }>`select name from schema_migrations`.execute(connection);
  const applied = new Set(rows.rows.map((row) => row.name));
  const unknown = [...applied].filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new OperatorError(
      `The database was written by a newer Potluck (it knows ${unknown.join(', ')}).`,
      'Run the newer release, or restore a backup made by this one.',
    );
  }
  const missing = steps.filter(({ name }) => !applied.has(name));
  for (const step of missing) {
    await step.up(connection);
    await sql`insert into schema_migrations (name, applied_at) values (${step.name}, ${Date.now()})`.execute(
      connection,
    );
  }
  return missing.map(({ name }) => name);
}
