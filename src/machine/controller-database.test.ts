import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTestDatabase, TEST_SERVER } from '../store/testing.ts';
import {
  addressOf,
  DATABASE_OPTIONS,
  databaseSettings,
  databaseWords,
  requireMovedDatabase,
} from './controller-database.ts';
import { parseCommand } from './options.ts';
import { pathsOf } from './paths.ts';

const said = (...args: string[]) => {
  const parsed = parseCommand({ name: 'up', summary: '', options: DATABASE_OPTIONS }, args);
  return parsed ?? assert.fail();
};

test('which database is said once, and changed or taken back when it is said again', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-database-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'address');
  writeFileSync(file, 'postgres://potluck:secret@db.example.org/potluck\n', { mode: 0o644 });
  const first = databaseSettings(said('--database-file', file), null);
  assert.deepEqual(first, { databaseFile: file });
  assert.deepEqual(databaseSettings(said(), first), first);
  assert.deepEqual(databaseWords(first), ['--database-file', file]);
  assert.equal(addressOf(first).database, 'postgres://potluck:secret@db.example.org/potluck');
  const second = databaseSettings(said('--database', 'postgres:///potluck?host=/run/postgresql'), first);
  assert.deepEqual(databaseWords(second), ['--database', 'postgres:///potluck?host=/run/postgresql']);
  assert.deepEqual(databaseSettings(said('--database', 'sqlite'), second), {});
  assert.throws(() => databaseSettings(said('--database', 'postgres://a:secret@b/c'), null), /has a password/);
  assert.throws(() => databaseSettings(said('--database-file', join(directory, 'none')), null), /There is no file/);
});

test('a cloud is not left behind in its old database', async (t) => {
  const state = mkdtempSync(join(tmpdir(), 'potluck-database-'));
  t.after(() => rmSync(state, { recursive: true }));
  const paths = pathsOf({ state });
  mkdirSync(paths.controller);
  await requireMovedDatabase(paths, {});
  writeFileSync(join(paths.controller, 'secret.key'), '');
  await assert.rejects(requireMovedDatabase(paths, {}), /not in the database it is told to use, SQLite/);
  writeFileSync(join(paths.controller, 'controller.db'), '');
  await requireMovedDatabase(paths, {});
  const nobody = { database: 'postgres://nobody@127.0.0.1:1/none' };
  await assert.rejects(requireMovedDatabase(paths, nobody), /cannot be used/);
  if (TEST_SERVER === undefined) return;
  await assert.rejects(
    requireMovedDatabase(paths, { database: TEST_SERVER }),
    /is not in the database it is told to use, postgres:/,
  );
  const made = await makeTestDatabase(TEST_SERVER);
  t.after(() => made.drop());
  await requireMovedDatabase(paths, { database: made.url });
});
