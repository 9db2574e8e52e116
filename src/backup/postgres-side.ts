import { Kysely } from 'kysely';
import pg from 'pg';
import { OperatorError } from '../core/errors.ts';
import { withoutPassword } from '../store/addresses.ts';
import type { Database } from '../store/database.ts';
import { portableSchema } from '../store/dialect/postgres-schema.ts';
import { checkServer, clientConfig, lent, openPool, postgresDialect, runStatement } from '../store/dialect/postgres.ts';
import { PAGE, quoted, type Side } from './side.ts';
import type { Value } from './snapshot.ts';

const COLUMNS = `select table_name as "table", column_name as name from information_schema.columns
  where table_schema = current_schema() and table_name in (select tablename from pg_tables where schemaname = current_schema())`;
const KEYS = `select t.relname as "table", a.attname as name, array_position(i.indkey::int[], a.attnum::int) as position
  from pg_index i join pg_class t on t.oid = i.indrelid join pg_attribute a on a.attrelid = t.oid and a.attnum = any(i.indkey)
  where i.indisprimary and t.relnamespace = current_schema()::regnamespace order by 1, 3`;
const REFERENCES = `select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`;
const COUNTED = `select table_name as "table", column_name as name from information_schema.columns
  where table_schema = current_schema() and is_identity = 'YES'`;

/**
 * A PostgreSQL database, in one transaction: reading sees one moment, writing is there for others with `commit`, all of
 * it or nothing. Throws OperatorError when the server cannot be used.
 */
export async function openPostgresSide(url: string, access: 'read' | 'write'): Promise<Side> {
  const shown = withoutPassword(url);
  const pool = openPool(url, { size: 1, readOnly: false });
  try {
    await checkServer(pool, shown);
  } finally {
    await pool.end();
  }
  const client = new pg.Client({ ...clientConfig(url, null), query_timeout: 0 });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    `begin isolation level ${access === 'read' ? 'repeatable read read only' : 'read committed'}; set local statement_timeout = 0`,
  );
  const query = async (text: string, values: readonly Value[] = []) =>
    (await client.query(text, [...values])).rows as Record<string, Value>[];
  let references: Record<string, Value>[] = [];
  return {
    kind: 'postgres',
    shown,
    query,
    async *pages(text) {
      await query(`declare page no scroll cursor for ${text}`);
      for (;;) {
        const rows = (await query(`fetch ${PAGE} from page`)).map((row) => Object.values(row));
        if (rows.length > 0) yield rows;
        if (rows.length < PAGE) break;
      }
      await query('close page');
    },
    async tables() {
      const [columns, keys] = [await query(COLUMNS), await query(KEYS)];
      const names = [...new Set(columns.map(({ table }) => String(table)))].sort();
      const of = (rows: Record<string, Value>[], table: string) =>
        rows.filter((row) => row['table'] === table).map((row) => String(row['name']));
      return names.map((name) => ({ name, columns: of(columns, name).sort(), key: of(keys, name) }));
    },
    async insert({ name, columns }, rows) {
      const tuples = rows.map((_, row) => `(${columns.map((_, i) => `$${row * columns.length + i + 1}`).join(', ')})`);
      const into = `insert into ${quoted(name)} (${columns.map(quoted).join(', ')}) values ${tuples.join(', ')}`;
      await query(into, rows.flat());
    },
    schema: new Kysely<Database>({
      dialect: postgresDialect(() => Promise.resolve(lent((text, values) => runStatement(client, text, values)))),
      plugins: [portableSchema()],
    }),
    async suspendReferences() {
      references = await query(REFERENCES);
      for (const { table, name } of references) {
        await query(`alter table ${String(table)} drop constraint ${quoted(String(name))}`);
      }
    },
    async checkReferences() {
      for (const { table, name, definition } of references) {
        const add = `alter table ${String(table)} add constraint ${quoted(String(name))} ${String(definition)}`;
        await query(add).catch((cause: unknown) => {
          throw new OperatorError(
            `A row of table ${String(table)} refers to one that is not there.`,
            'Take another backup of the cloud it came from.',
            { cause },
          );
        });
      }
      for (const { table, name } of await query(COUNTED)) {
        const [of, column] = [quoted(String(table)), quoted(String(name))];
        await query(
          `select setval(pg_get_serial_sequence($1, $2), coalesce((select max(${column}) from ${of}), 0) + 1, false)`,
          [of, String(name)],
        );
      }
    },
    async clear() {
      const rows = await query('select tablename as name from pg_tables where schemaname = current_schema()');
      if (rows.length === 0) return;
      await query(`drop table ${rows.map(({ name }) => quoted(String(name))).join(', ')} cascade`);
    },
    async commit() {
      await query('commit');
    },
    // What is not committed ends with the connection.
    close: () => client.end(),
  };
}

/** Connections of controllers to the database. */
export async function controllersOf(side: Side): Promise<number> {
  const [row] = await side.query(
    `select count(*) as count from pg_stat_activity
      where datname = current_database() and application_name = 'potluck' and pid <> pg_backend_pid()`,
  );
  return Number(row?.['count'] ?? 0);
}
