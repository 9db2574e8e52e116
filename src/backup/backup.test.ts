import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { makeTestDatabase, TEST_SERVER } from '../store/testing.ts';
import { loadSecrets } from '../store/secrets.ts';
import { openSqliteStore } from '../store/store.ts';
import { openSide, takeBackup, type Place } from './backup.ts';
import { fillEveryTable } from './fill.ts';
import { moveDatabase } from './move.ts';
import { restoreBackup } from './restore.ts';
import { snapshotOf } from './side.ts';
import { differences, digestOf, type TableDigest } from './snapshot.ts';

const SILENT = () => undefined;
const TAKE = { potluck: '0', now: new Date(0), withKey: true, withImages: true, onPart: SILENT };
const PUT = { now: new Date(0), force: false, onPart: SILENT };

/** A cloud with rows in every table, an image, and a key. */
async function populated(t: TestContext): Promise<Place & { root: string }> {
  const root = mkdtempSync(join(tmpdir(), 'potluck-backup-'));
  t.after(() => rmSync(root, { recursive: true }));
  const stateDir = join(root, 'controller');
  mkdirSync(join(stateDir, 'images'), { recursive: true });
  const store = await openSqliteStore(join(stateDir, 'controller.db'));
  await loadSecrets(stateDir, store);
  await store.close();
  await fillEveryTable(join(stateDir, 'controller.db'));
  writeFileSync(join(stateDir, 'images', randomUUID()), 'an image');
  return { root, stateDir };
}

async function digests(place: Place): Promise<TableDigest[]> {
  const side = await openSide(place, 'read');
  try {
    return await digestOf(await snapshotOf(side), SILENT);
  } finally {
    await side.close();
  }
}

const CHANGED = new Set(['hosts', 'token_revocations']);
const unchanged = (tables: TableDigest[]) => tables.filter(({ name }) => !CHANGED.has(name));

test('a backup of every table, taken while the cloud runs, is put back whole', async (t) => {
  const place = await populated(t);
  const before = await digests(place);
  assert.deepEqual(
    before.filter(({ rows }) => rows === 0).map(({ name }) => name),
    [],
    'each table has a row',
  );
  const backup = join(place.root, 'backup');
  const store = await openSqliteStore(join(place.stateDir, 'controller.db'));
  const manifest = await takeBackup(place, backup, TAKE);
  await store.close();
  assert.deepEqual(differences(before, manifest.tables), []);
  assert.equal(manifest.images?.length, 1);
  assert.equal(statSync(join(backup, 'secret.key')).mode & 0o777, 0o600);
  assert.equal(statSync(backup).mode & 0o777, 0o700);

  const fresh: Place = { stateDir: join(place.root, 'fresh') };
  await restoreBackup(backup, fresh, PUT);
  assert.deepEqual(differences(unchanged(before), unchanged(await digests(fresh))), []);
  assert.equal(readdirSync(join(fresh.stateDir, 'images')).length, 1);
  const again = await openSqliteStore(join(fresh.stateDir, 'controller.db'));
  await loadSecrets(fresh.stateDir, again);
  const hosts = await again.read.selectFrom('hosts').select('restored').execute();
  assert.ok(hosts.length > 0 && hosts.every(({ restored }) => restored === 'waits'));

  // Neither over a database that is there, nor under a controller's feet.
  await assert.rejects(restoreBackup(backup, fresh, PUT), /There is a database already/);
  await assert.rejects(restoreBackup(backup, fresh, { ...PUT, force: true }), /A controller has .* open/);
  await again.close();
  const { keptAs } = await restoreBackup(backup, fresh, { ...PUT, force: true });
  assert.ok(keptAs !== null && existsSync(keptAs));
  assert.deepEqual(
    readdirSync(fresh.stateDir).filter((name) => /part|restoring/.test(name)),
    [],
  );
});

test('what is damaged, newer or unfinished is refused by name, and changes nothing', async (t) => {
  const place = await populated(t);
  const backup = join(place.root, 'backup');
  await takeBackup(place, backup, TAKE);
  await assert.rejects(takeBackup(place, backup, TAKE), /is there already/);
  const before = await digests(place);
  const put = () => restoreBackup(backup, place, { ...PUT, force: true });

  const key = join(backup, 'secret.key');
  writeFileSync(key, 'other');
  await assert.rejects(put(), /secret\.key is not what was written/);
  rmSync(key);
  await assert.rejects(put(), /secret\.key is not what was written/);
  writeFileSync(join(backup, 'tables', 'servers.ndjson.gz'), 'cut');
  await assert.rejects(put(), /tables\/servers\.ndjson\.gz is not what was written/);
  rmSync(join(backup, 'manifest.json'));
  await assert.rejects(put(), /is not a backup/);

  const newer = join(place.root, 'newer');
  const store = await openSqliteStore(join(place.stateDir, 'controller.db'));
  await store.transaction((tx) => sql`insert into schema_migrations values ('9999-later', 1)`.execute(tx.db));
  await store.close();
  await takeBackup(place, newer, TAKE);
  await assert.rejects(restoreBackup(newer, { stateDir: join(place.root, 'x') }, PUT), /newer Potluck.*9999-later/);
  assert.deepEqual(differences(before, await digests(place)), []);
});

test('a database moves to PostgreSQL and back, row by row', { skip: TEST_SERVER === undefined }, async (t) => {
  const place = await populated(t);
  const before = await digests(place);
  const database = await makeTestDatabase(TEST_SERVER ?? '');
  t.after(() => database.drop());
  const there: Place = { stateDir: place.stateDir, database: database.url };
  const back: Place = { stateDir: join(place.root, 'back') };
  await assert.rejects(moveDatabase(place, there, PUT), /There is a database already/);
  assert.deepEqual(differences(before, await moveDatabase(place, there, { ...PUT, force: true })), []);
  assert.deepEqual(differences(before, await moveDatabase(there, back, PUT)), []);
  assert.deepEqual(differences(before, await digests(back)), []);
  const backup = join(place.root, 'backup');
  assert.deepEqual(differences(before, (await takeBackup(there, backup, TAKE)).tables), []);
  await restoreBackup(backup, there, { ...PUT, force: true });
});
