import { openSqlite } from '../store/dialect/sqlite.ts';
import { PASSING } from './snapshot.ts';
import { quoted } from './side.ts';

interface Column {
  name: string;
  type: string;
  notnull: number;
  pk: number;
}

/**
 * For tests: a row in every table of a SQLite database that has none, whatever its columns are, so that no table and no
 * later step of the schema is forgotten. Texts are the hardest ones; references lead to rows that are there.
 */
export async function fillEveryTable(path: string): Promise<void> {
  const database = openSqlite(path);
  try {
    database.exec('PRAGMA foreign_keys = OFF; begin immediate');
    const tables = database
      .prepare(`select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name`)
      .all() as { name: string }[];
    for (const { name } of tables.filter((table) => !PASSING.has(table.name))) {
      if (database.prepare(`select 1 from ${quoted(name)}`).get()) continue;
      const columns = database.prepare('select * from pragma_table_info(?)').all(name) as unknown as Column[];
      const references = database.prepare('select "table", "from", "to" from pragma_foreign_key_list(?)').all(name);
      const values = columns.map((column) => {
        const reference = references.find(({ from }) => from === column.name);
        if (!reference) return valueOf(column);
        const [parent, key] = [quoted(String(reference['table'])), quoted(String(reference['to']))];
        const row = database.prepare(`select ${key} as value from ${parent} limit 1`).get();
        return (row?.['value'] as string | number | undefined) ?? valueOf({ ...column, pk: 1 });
      });
      const names = columns.map((column) => quoted(column.name)).join(', ');
      database
        .prepare(`insert into ${quoted(name)} (${names}) values (${columns.map(() => '?').join(', ')})`)
        .run(...values);
    }
    database.exec('commit');
  } finally {
    database.close();
  }
}

/** The key of every row, so that what refers to one that comes later leads somewhere. */
const KEY = 'row-1';

function valueOf({ name, type, notnull, pk }: Column): string | number | null {
  const kind = type.toLowerCase();
  if (kind === 'real') return 0.1;
  if (kind !== 'text') return name === 'number' || pk ? 7 : Number.MAX_SAFE_INTEGER;
  if (pk || name === 'id') return KEY;
  return notnull ? 'naïve "quoted"\n\t\\ 漢 🥘' : null;
}
