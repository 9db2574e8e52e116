import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { noteBackup, type Place } from '../backup/index.ts';
import { makeTestDatabase, TEST_SERVER } from '../store/testing.ts';
import { openStore } from '../store/store.ts';
import { judgeDatabase } from './database-diagnosis.ts';
import { readDatabaseFacts, type DatabaseFacts } from './database-facts.ts';
import { judgeDisk } from './disk-diagnosis.ts';

const NOW = Date.UTC(2026, 0, 31);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const look = (facts: DatabaseFacts, now = NOW) =>
  judgeDatabase(facts, now).map(({ what, state, detail }) => `${state} ${what}: ${detail}`);

test('what the database says of the cloud is judged, a controller alive or dead', async (t) => {
  const stateDir = mkdtempSync(join(tmpdir(), 'potluck-doctor-'));
  t.after(() => rmSync(stateDir, { recursive: true }));
  const database = TEST_SERVER === undefined ? null : await makeTestDatabase(TEST_SERVER);
  if (database) t.after(() => database.drop());
  const place: Place = { stateDir, ...(database && { database: database.url }) };
  const store = await openStore(place, { raise: () => undefined, resync: () => undefined });
  const host = (name: string, more: object) => ({
    ...{ id: name, uuid: name, name, token_hash: null, enabled: 1, forced_down: 0, generation: 1 },
    ...{ reported_generation: 1, vcpus: 1, memory_mib: 1, disk_gib: 1, created_at: 0, updated_at: 0, last_seen: null },
    ...more,
  });
  const hosts = [
    host('busy', { last_seen: NOW - MINUTE / 2, restored: '{"servers":["kept"]}' }),
    host('off', { last_seen: NOW - 3 * DAY }),
    host('shelf', { enabled: 0 }),
  ];
  await store.transaction(async (tx) => {
    for (const row of hosts)
      await tx.db
        .insertInto('hosts')
        .values(row as never)
        .execute();
    await sql`insert into host_certificates (fingerprint, host_id, key_hash, issued_at, not_after)
      values ('f', 'off', 'k', 0, ${NOW + DAY * 3})`.execute(tx.db);
  });
  await store.transaction(async (tx) => {
    await sql`insert into projects (id, name, is_domain, description, enabled, options, extra, created_at)
      values ('there', 'p', 0, '', 1, '{}', '{}', 0)`.execute(tx.db);
    for (const [id, owner] of [
      ['i', 'gone'],
      ['j', 'there'],
    ])
      await sql`insert into images (id, owner, status, visibility, min_disk, min_ram, protected, os_hidden, created_at, updated_at)
        values (${id}, ${owner}, 'queued', 'private', 0, 0, 0, 0, 0, 0)`.execute(tx.db);
  });
  assert.deepEqual(look(await readDatabaseFacts(place)).slice(1, 8), [
    'warning backup: there is none that `potluck backup` took',
    'good host busy: reports, with 0 servers',
    'warning host off: has not reported for 3 days; nothing is on it',
    'warning host off: its certificate ends in 3 days, and was not renewed',
    'good host shelf: never reported; it is disabled and empty',
    'warning restore: hosts keep 1 servers and 0 volumes that a restore knew nothing of',
    'warning project: gone is deleted and has left behind: image i',
  ]);
  for (const at of [0, NOW]) await noteBackup(place, { at, path: "/srv/it's", machine: 'm' });
  const facts = await readDatabaseFacts(place);
  assert.ok(facts.bytes > 0 && facts.migrations.length > 0);
  const [size, backup] = look(facts);
  assert.match(size ?? '', /^good database: \d+ MiB/);
  assert.equal(backup, "good backup: the last one is of 2026-01-31T00:00:00Z, /srv/it's on m");
  assert.match(look(facts, NOW + 4 * DAY)[1] ?? '', /^warning backup: .*: 4 days old$/);
  await store.transaction((tx) => sql`insert into schema_migrations values ('9999-later', 1)`.execute(tx.db));
  assert.match(
    look(await readDatabaseFacts(place))[0] ?? '',
    /^bad database: .* newer release \(it knows 9999-later\)/,
  );
  await store.close();
});

test('a log that grows, a host that is gone with its servers, a turn that nobody takes, a full disk are wrong', () => {
  const host = { name: 'a', enabled: true, lastSeen: NOW - 5 * MINUTE, servers: 2, notAfter: null, kept: 0 };
  const leases = [{ name: 'ovn', deadline: NOW - MINUTE }];
  const cloud = { backup: null, hosts: [host], strayVolumes: 0, leases, leftovers: [] };
  const facts: DatabaseFacts = {
    ...{ kind: 'postgres', shown: 'db', bytes: 1, walBytes: 2 * 1024 ** 3, longestTransaction: 7200, migrations: [] },
    cloud,
  };
  assert.deepEqual(look(facts).slice(1), [
    'bad database: 1 MiB, and 2048 MiB of write-ahead log, which grows until the disk is full',
    'warning database: a transaction has been open for 120 minutes: nothing is tidied up behind it',
    'warning backup: there is none that `potluck backup` took',
    'bad host a: has not reported for 5 minutes, and has 2 servers',
    'bad leases: nobody holds ovn',
  ]);
  assert.deepEqual(
    [100, 3000, 9000].map((free) => judgeDisk(['/var'], free).state),
    ['bad', 'warning', 'good'],
  );
});
