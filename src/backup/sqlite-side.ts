import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { OperatorError } from '../core/errors.ts';
import type { Database } from '../store/database.ts';
import { openSqlite, sqliteDialect } from '../store/dialect/sqlite.ts';
import { PAGE, quoted, type Side } from './side.ts';
import type { Value } from './snapshot.ts';

/**
 * A SQLite file. Reading sees one moment while a controller goes on writing. To be written, the file must be new: what
 * is in it does not count before `commit`. Throws OperatorError when there is no file to read.
 */
export async function openSqliteSide(path: string, access: 'read' | 'write'): Promise<Side> {
  if (access === 'read' && !existsSync(path)) {
    throw new OperatorError(`There is no database ${path}.`, 'Give the state directory of the cloud: --state-dir DIR');
  }
  const database = openSqlite(path, { readOnly: access === 'read' });
  database.exec('PRAGMA foreign_keys = OFF');
  database.exec(access === 'read' ? 'begin' : 'begin immediate');
  const rowsOf = (text: string, values: readonly Value[] = []) =>
    database.prepare(text).all(...values) as Record<string, Value>[];
  // A read transaction begins with the first read.
  rowsOf('select count(*) from sqlite_master');
  const names = () =>
    rowsOf(`select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name`);
  let open = true;
  return {
    kind: 'sqlite',
    shown: path,
    query: async (text, values) => rowsOf(text, values),
    async *pages(text) {
      const statement = database.prepare(text);
      let page: Value[][] = [];
      for (const row of statement.iterate() as Iterable<Record<string, Value>>) {
        page.push(Object.values(row));
        if (page.length < PAGE) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
    tables: async () =>
      names().map(({ name }) => {
        const columns = rowsOf('select name, pk from pragma_table_info(?) order by name', [String(name)]);
        const key = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a['pk']) - Number(b['pk']));
        return {
          name: String(name),
          columns: columns.map((column) => String(column['name'])).sort(),
          key: key.map((column) => String(column['name'])),
        };
      }),
    async insert({ name, columns }, rows) {
      const values = columns.map(() => '?').join(', ');
      const insert = database.prepare(
        `insert into ${quoted(name)} (${columns.map(quoted).join(', ')}) values (${values})`,
      );
      for (const row of rows) insert.run(...row);
    },
    schema: new Kysely<Database>({ dialect: sqliteDialect(database) }),
    suspendReferences: async () => undefined,
    async checkReferences() {
      const [broken] = rowsOf('select * from pragma_foreign_key_check limit 1');
      if (broken) throw new OperatorError(brokenReference(broken), 'Take another backup of the cloud it came from.');
    },
    async clear() {
      for (const { name } of names()) database.exec(`drop table ${quoted(String(name))}`);
    },
    async commit() {
      database.exec('commit');
      open = false;
    },
    async close() {
      if (open) database.exec('rollback');
      // Everything into the one file.
      if (access === 'write') database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

const brokenReference = (row: Record<string, Value>) =>
  `A row of table ${String(row['table'])} refers to one of ${String(row['parent'])} that is not there.`;

/** Whether another process has the file open: only a lone connection may leave the write-ahead log. */
export function isInUse(path: string): boolean {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 200');
    database.exec('PRAGMA journal_mode = DELETE');
    return false;
  } catch {
    return true;
  } finally {
    database.close();
  }
}
