import { sql, type Kysely } from 'kysely';
import { OperatorError } from '../core/errors.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations/index.ts';

/** One numbered step of the schema. Steps are only ever added; a released step never changes. */
export interface Migration {
  name: string;
  up(db: Kysely<Database>): Promise<void>;
}

/**
 * Brings the schema to this release, all missing steps in one transaction; harmless when nothing is missing.
 * Throws OperatorError when the database was written by a newer release: a downgrade could lose what it holds.
 */
export async function migrate(db: Kysely<Database>, steps: readonly Migration[] = migrations): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`create table if not exists schema_migrations (name text primary key, applied_at bigint not null)`.execute(
      connection,
    );
    await sql`begin immediate`.execute(connection);
    try {
      const rows = await sql<{ name: string }>`select name from schema_migrations`.execute(connection);
      const applied = new Set(rows.rows.map((row) => row.name));
      const unknown = [...applied].filter((name) => !steps.some((step) => step.name === name));
      if (unknown.length > 0) {
        throw new OperatorError(
          `The database was written by a newer Potluck (it knows ${unknown.join(', ')}).`,
          'Run the newer release, or restore a backup made by this one.',
        );
      }
      for (const step of steps) {
        if (applied.has(step.name)) continue;
        await step.up(connection);
        await sql`insert into schema_migrations (name, applied_at) values (${step.name}, ${Date.now()})`.execute(
          connection,
        );
      }
      await sql`commit`.execute(connection);
    } catch (error) {
      await sql`rollback`.execute(connection);
      throw error;
    }
  });
}
