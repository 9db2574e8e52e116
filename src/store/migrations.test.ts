import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Kysely } from 'kysely';
import { fillEveryTable } from '../backup/fill.ts';
import type { Database } from './database.ts';
import { openSqlite, sqliteDialect } from './dialect/sqlite.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openSqliteStore } from './store.ts';

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'potluck-migrations-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

async function migrated(path: string, count: number): Promise<void> {
  const db = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(path)) });
  await migrate(db, migrations.slice(0, count));
  await db.destroy();
}

/** Not in which order they came. */
const COLUMNS = 'select name, type, "notnull", dflt_value, pk from pragma_table_info(?) order by name';

/** Tables with their columns and indexes; where a table came from does not show. */
function schemaOf(path: string): unknown {
  const database = openSqlite(path, { readOnly: true });
  const all = (text: string, ...values: string[]) => database.prepare(text).all(...values);
  const schema = all(
    `select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name`,
  ).map(({ name }) => ({
    name,
    columns: all(COLUMNS, String(name)),
    indexes: all('select name, "unique" from pragma_index_list(?) order by name', String(name)),
    references: all('select "table", "from", "to" from pragma_foreign_key_list(?) order by 1, 2', String(name)),
  }));
  database.close();
  return schema;
}

/** Where an older release's database stopped: every later step must carry one that is full. */
const OLDER = migrations.findIndex(({ name }) => name === '0040-controllers');

test('a full database of an older release becomes what a fresh one is, once and twice, and can be taken back', async (t) => {
  const [fresh, old] = [join(directory(t), 'controller.db'), join(directory(t), 'controller.db')];
  await (await openSqliteStore(fresh)).close();
  await migrated(old, OLDER);
  await fillEveryTable(old);
  const before = schemaOf(old);
  for (let times = 0; times < 2; times++) await (await openSqliteStore(old)).close();
  assert.deepEqual(schemaOf(old), schemaOf(fresh));
  const copies = readdirSync(join(old, '..')).filter((name) => name.includes('.before-'));
  assert.deepEqual(copies, ['controller.db.before-0040-controllers']);
  assert.deepEqual(schemaOf(join(old, '..', copies[0] ?? '')), before);
  const database = openSqlite(old);
  assert.deepEqual(database.prepare('select count(*) as count from servers').get()?.['count'], 1);
  database.exec(`insert into schema_migrations values ('9999-later', 1)`);
  database.close();
  await assert.rejects(openSqliteStore(old), /written by a newer Potluck .it knows 9999-later/);
});
