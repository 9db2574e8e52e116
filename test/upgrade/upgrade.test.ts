import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Kysely, sql } from 'kysely';
import { databasePath, openSide, type Place, type Side } from '../../src/backup/index.ts';
import { directorySnapshot, keyPath, readManifest } from '../../src/backup/directory.ts';
import { loadAsItWas } from '../../src/backup/load.ts';
import { fillEveryTable } from '../../src/backup/fill.ts';
import { digestOf, type Snapshot } from '../../src/backup/snapshot.ts';
import { snapshotOf } from '../../src/backup/side.ts';
import { startController } from '../../src/controller.ts';
import { silentLog } from '../../src/core/log.ts';
import { list, signIn, text } from '../../src/machine/seed/client.ts';
import type { Database } from '../../src/store/database.ts';
import { openSqlite, sqliteDialect } from '../../src/store/dialect/sqlite.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { makeTestDatabase, TEST_SERVER } from '../../src/store/testing.ts';

/**
 * Databases of earlier releases, as backups that `test/upgrade/README.md` says the making of: each is put into either
 * kind of database as its release would have made it, and becomes one of this release.
 */
const RELEASES = readdirSync(join(import.meta.dirname, 'releases'));
/** Of the accounts in them. */
const PASSWORD = 'upgrade-test';
const KINDS = ['sqlite', ...(TEST_SERVER === undefined ? [] : ['postgres'])];
const SILENT = { raise: () => undefined, resync: () => undefined };

async function emptyPlace(t: TestContext, kind: string): Promise<Place> {
  const stateDir = mkdtempSync(join(tmpdir(), 'potluck-upgrade-'));
  t.after(() => rmSync(stateDir, { recursive: true }));
  if (kind === 'sqlite') return { stateDir };
  const database = await makeTestDatabase(TEST_SERVER ?? '');
  t.after(() => database.drop());
  return { stateDir, database: database.url };
}

/** As the release left it. */
async function placeOf(t: TestContext, kind: string, release: string): Promise<Place> {
  const backup = join(import.meta.dirname, 'releases', release);
  const place = await filled(t, kind, directorySnapshot(backup, await readManifest(backup)));
  cpSync(keyPath(backup), join(place.stateDir, 'secret.key'));
  return place;
}

async function filled(t: TestContext, kind: string, snapshot: Snapshot): Promise<Place> {
  const place = await emptyPlace(t, kind);
  const side = await openSide(place, 'write');
  if (kind === 'postgres') await side.clear();
  await loadAsItWas(side, snapshot, () => undefined);
  await side.commit();
  await side.close();
  return place;
}

/** A row in every table of the schema before `step`, with the hardest values: what real clouds have is not all. */
async function everyTable(t: TestContext, kind: string, step: string): Promise<Place> {
  const source = await emptyPlace(t, 'sqlite');
  const db = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(databasePath(source))) });
  await migrate(
    db,
    migrations.slice(
      0,
      migrations.findIndex(({ name }) => name === step),
    ),
  );
  await db.destroy();
  await fillEveryTable(databasePath(source));
  return looking(source, async (side) => filled(t, kind, await snapshotOf(side)));
}

async function looking<T>(place: Place, look: (side: Side) => Promise<T>): Promise<T> {
  const side = await openSide(place, 'read');
  try {
    return await look(side);
  } finally {
    await side.close();
  }
}

/** Tables with columns, indexes and references; in which order columns came does not show. */
async function schemaOf(place: Place): Promise<unknown> {
  return looking(place, async (side) => {
    const schema: unknown[] = [];
    if (side.kind === 'postgres') {
      for (const query of POSTGRES_SCHEMA) schema.push(await side.query(query));
      return schema;
    }
    for (const { name } of await side.tables()) {
      for (const query of SQLITE_SCHEMA) schema.push([name, await side.query(query, [name])]);
    }
    return schema;
  });
}

const SQLITE_SCHEMA = [
  'select name, type, "notnull", dflt_value, pk from pragma_table_info(?) order by 1',
  'select name, "unique" from pragma_index_list(?) order by 1',
  'select "table", "from", "to" from pragma_foreign_key_list(?) order by 1, 2',
];
const POSTGRES_SCHEMA = [
  `select table_name, column_name, data_type, collation_name, is_nullable, column_default, is_identity
    from information_schema.columns where table_schema = current_schema() order by 1, 2`,
  'select tablename, indexname, indexdef from pg_indexes where schemaname = current_schema() order by 1, 2',
  `select conrelid::regclass::text as of, conname, pg_get_constraintdef(oid) as definition from pg_constraint
    where connamespace = current_schema()::regnamespace and contype <> 'n' order by 1, 2`,
];

const rowsOf = (place: Place) =>
  looking(place, async (side) => {
    const tables = await digestOf(await snapshotOf(side), () => undefined);
    return new Map(tables.map(({ name, rows }) => [name, rows]));
  });

const opened = async (place: Place, work: (store: Store) => Promise<unknown> = async () => undefined) => {
  const store = await openStore(place, SILENT);
  try {
    await work(store);
  } finally {
    await store.close();
  }
};

/** Before several controllers could share a database. */
const STEP = '0040-controllers';
const MAKERS: [string, (t: TestContext, kind: string) => Promise<Place>][] = [
  [`a full database before ${STEP}`, (t, kind) => everyTable(t, kind, STEP)],
  ...RELEASES.map((name): (typeof MAKERS)[number] => [`a database of ${name}`, (t, kind) => placeOf(t, kind, name)]),
];

for (const kind of KINDS) {
  for (const [what, make] of MAKERS) {
    test(`${kind}: ${what} becomes what a fresh one is, once and twice, and a downgrade is refused`, async (t) => {
      const fresh = await emptyPlace(t, kind);
      await opened(fresh);
      const place = await make(t, kind);
      const before = await rowsOf(place);
      assert.ok((before.get('servers') ?? 0) > 0, 'it is populated');
      for (let times = 0; times < 2; times++) await opened(place);
      assert.deepEqual(await schemaOf(place), await schemaOf(fresh));
      const after = await rowsOf(place);
      const lost = [...before].filter(([name, rows]) => (after.get(name) ?? 0) < rows);
      assert.deepEqual(lost, [], 'no row went');
      if (place.database === undefined) {
        const copies = readdirSync(place.stateDir).filter((name) => name.includes('.before-'));
        assert.equal(copies.length, 1, `a copy is kept beside ${databasePath(place)}`);
      }
      await opened(place, (store) =>
        store.transaction((tx) => sql`insert into schema_migrations values ('9999-later', 1)`.execute(tx.db)),
      );
      await assert.rejects(opened(place), /written by a newer Potluck .it knows 9999-later/);
    });
  }

  for (const release of RELEASES) {
    test(`${kind}: a controller goes on with the cloud of ${release}`, async (t) => {
      const place = await placeOf(t, kind, release);
      const controller = await startController(
        {
          ...{ stateDir: place.stateDir, ...(place.database !== undefined && { database: place.database }) },
          ...{ listen: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1:5000', region: 'RegionOne' },
          ...{ ovnNorthbound: null, onServerFailure: 'stop', enforceImageFormat: true },
        },
        { log: silentLog, adminPassword: null, localHosts: [] },
      );
      t.after(() => controller.close());
      const bound = controller.server.server.address();
      const url = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
      const demo = await signIn(url, { username: 'demo', password: PASSWORD, project: 'demo' });
      const names = async (endpoint: Parameters<typeof demo.get>[0], path: string, key: string) =>
        list(await demo.get(endpoint, path), key).map((one) => text(one, 'name'));
      assert.deepEqual(await names('compute/v2.1', '/servers/detail', 'servers'), ['hello']);
      assert.ok((await names('image/v2', '/images', 'images')).includes('tiny'));
      assert.ok((await names('network/v2.0', '/networks', 'networks')).includes('demo'));
      assert.deepEqual(await names('volume/v3', `/${demo.project}/volumes/detail`, 'volumes'), ['data']);
      const made = await demo.send('POST', 'network/v2.0', '/networks', { network: { name: 'since' } });
      assert.ok(made['network']);
    });
  }
}
