import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { openSqlite, sqliteDialect } from './sqlite.ts';

test('lists of values to compare with have few lengths, and the values of an insert their own', async () => {
  const db = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(':memory:')) });
  const listed = (length: number) => {
    const holders = Array.from({ length }, (_, index) => `holder-${index}`);
    return db.selectFrom('leases').select('name').where('holder', 'in', holders).compile().parameters;
  };
  const lengths = new Set(Array.from({ length: 500 }, (_, length) => listed(length + 1).length));
  assert.deepEqual([...lengths], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
  assert.deepEqual(listed(3), ['holder-0', 'holder-1', 'holder-2', 'holder-2']);
  const row = { name: 'a', holder: 'b', deadline: 1 };
  assert.equal(db.insertInto('leases').values(row).compile().parameters.length, 3);
  await db.destroy();
});
