import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Kysely, sql } from 'kysely';
import type { HostId, ServerId } from '../core/ids.ts';
import type { Database } from '../store/database.ts';
import { openSqlite, sqliteDialect } from '../store/dialect/sqlite.ts';
import { migrate } from '../store/migrate.ts';
import { migrations } from '../store/migrations/index.ts';
import { openSqliteStore } from '../store/store.ts';
import { claim, hostRooms, mendAccounts, release, releaseAll } from './index.ts';

const HOST = 'host-1' as HostId;

test('hosts and servers of before 0027 have their accounts, which then are kept', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'controller.db');
  const old = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(path)) });
  await migrate(
    old,
    migrations.slice(
      0,
      migrations.findIndex((one) => one.name === '0027-placement'),
    ),
  );
  await sql`insert into hosts (id, uuid, name, enabled, forced_down, generation, reported_generation, vcpus, memory_mib,
      disk_gib, vcpus_used, memory_used_mib, disk_used_gib, servers, created_at, updated_at)
    values ('host-1', 'uuid-1', 'alpha', 1, 0, 1, 0, 4, 4096, 100, 2, 1024, 0, 1, 1, 1)`.execute(old);
  const columns = await sql<{ name: string; notnull: number; dflt_value: string | null }>`
    select name, "notnull", dflt_value from pragma_table_info('servers')`.execute(old);
  const values: Record<string, unknown> = { id: 'server-1', project_id: 'p', user_id: 'u', host_id: 'host-1' };
  Object.assign(values, { vcpus: 2, memory_mib: 1024, disk_gib: 0, deleted: 0, created_at: 1, updated_at: 1 });
  const needed = columns.rows.filter((column) => column.notnull === 1 && column.dflt_value === null);
  for (const { name } of needed) values[name] ??= name === 'number' ? 1 : '';
  await old
    .insertInto('servers')
    .values(values as never)
    .execute();
  await old.destroy();

  const store = await openSqliteStore(path);
  t.after(() => store.close());
  const room = async () => (await hostRooms(store.read)).get(HOST);
  assert.deepEqual((await room())?.used, { vcpus: 2, memoryMib: 1024, diskGib: 0 });
  assert.deepEqual((await room())?.free, { vcpus: 62, memoryMib: 4096 - 512 - 1024 - 64 - 64, diskGib: 100 });

  const account = (serverId: string) => ({ hostId: HOST, serverId: serverId as ServerId, projectId: 'p', userId: 'u' });
  const amount = (memoryMib: number) => ({ vcpus: 1, memoryMib, diskGib: 10 });
  const taken = await Promise.all(
    ['a', 'b', 'c'].map((id) => store.transaction((tx) => claim(tx, account(id), amount(1100), 2))),
  );
  assert.deepEqual(taken, [1, 2, null]);
  assert.deepEqual((await room())?.used, { vcpus: 4, memoryMib: 3224, diskGib: 20 });
  await store.transaction((tx) => release(tx, account('a'), { vcpus: 0, memoryMib: 100, diskGib: 0 }, 3));
  await store.transaction((tx) => releaseAll(tx, 'b' as ServerId, 3));
  assert.deepEqual((await room())?.used, { vcpus: 3, memoryMib: 2024, diskGib: 10 });
  const entitled = [
    { ...account('server-1'), amount: { vcpus: 2, memoryMib: 1024, diskGib: 0 } },
    { ...account('a'), amount: amount(1000) },
  ];
  const volumes = new Map([[HOST, 0]]);
  const elsewhere = new Set<string>();
  const due = { hosts: volumes, servers: entitled, known: async () => elsewhere };
  const mend = () => store.transaction((tx) => mendAccounts(tx, due, 4));
  assert.deepEqual(await mend(), []);
  await store.transaction((tx) => tx.db.deleteFrom('consumers').where('uuid', '=', 'a').execute());
  volumes.set(HOST, 7);
  assert.deepEqual(await mend(), ['server a', 'sums of alpha']);
  assert.deepEqual(await mend(), []);
  assert.deepEqual((await room())?.used, { vcpus: 3, memoryMib: 2024, diskGib: 10 });
  assert.equal((await room())?.free.diskGib, 83);
  // A server that is on its way to another host keeps what it has here; one that is gone does not.
  await store.transaction((tx) => claim(tx, account('moving'), amount(100), 5));
  elsewhere.add('moving');
  assert.deepEqual(await mend(), []);
  elsewhere.clear();
  assert.deepEqual(await mend(), ['server moving', 'sums of alpha']);
});
