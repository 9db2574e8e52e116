import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { startController } from '../../src/controller.ts';
import { silentLog } from '../../src/core/log.ts';
import { waitFor } from '../../src/machine/wait.ts';
import { localHost } from '../../src/sim/cloud.ts';
import { startSimHost } from '../../src/sim/host.ts';
import { seedSimCloud } from '../../src/sim/seed.ts';
import { makeTestDatabase, TEST_SERVER } from '../../src/store/testing.ts';
import { check } from './check.ts';
import type { Record } from './load.ts';

/** Each kind of fault that the checker is there for: what is done to sound rows, and what it must say. */
const FAULTS: [name: string, statements: string, said: RegExp][] = [
  ['a port that is lost', `delete from ports where id = $port`, /^create-port .* is not there$/],
  ['a volume that is lost', `delete from volumes where id = $volume`, /^create-volume .* is not there$/],
  ['a deletion that is lost', `update servers set deleted = 0 where id = $gone`, /its deletion was answered/],
  ['a change without its audit row', `delete from audit where request_id = $request`, /is not in the audit$/],
  ['a request done twice', `${copyOf('audit', 'id = $audit', { id: 0 })}`, /^a request: /],
  ['a server that got stuck', `update servers set task_state = 'deleting' where id = $server`, /^server .* ended as/],
  [
    'an address given twice',
    copyOf('port_addresses', 'port_id = $port', { port_id: 'x' }),
    /^an address of a subnet: /,
  ],
  ['a MAC address given twice', copyOf('ports', 'id = $port', { id: 'x' }), /^a MAC address: /],
  ['a floating address given twice', copyOf('floating_ips', 'id = $floating', { id: 'x' }), /^a floating address: /],
  [
    'an address translated twice',
    `update floating_ips set port_id = $port, fixed_ip_address = '10.0.0.1'`,
    /^an address that a floating one leads to: /,
  ],
  [
    'capacity that is not counted',
    `update inventories set used = used - 1 where used > 0 and resource_class = 'VCPU'`,
    /^more of a host than promised: /,
  ],
  ['too much promised', `update inventories set total = 0 where used > 0`, /^more of a host than it has: /],
  ['a server without its share', `delete from allocations where consumer = $server`, /^a server without its share: /],
  [
    'a share of nobody',
    copyOf('allocations', 'consumer = $server', { consumer: 'x' }),
    /^a share without a server: x$/,
  ],
  ['a server in two places', copyOf('allocations', 'consumer = $server', { provider: 'x' }), /^a server’s place: /],
  [
    'a volume of two servers',
    copyOf('volume_attachments', 'volume_id = $volume', { id: 'x', number: 0, server_id: 'x' }),
    /^a volume: /,
  ],
  [
    'a device of two volumes',
    copyOf('volume_attachments', 'volume_id = $volume', { id: 'x', number: 0, volume_id: 'x' }),
    /^a device of a server: /,
  ],
  [
    'a volume with a server that is gone',
    `update volume_attachments set server_id = 'x' where volume_id = $volume`,
    /^a volume with a server that is gone: /,
  ],
  [
    'a volume that is said to be free',
    `update volumes set status = 'available' where id = $volume`,
    /^a volume that is not what its attachments say: /,
  ],
];

/** A row once more, with these values in it. */
function copyOf(table: string, where: string, values: { [column: string]: string | number }): string {
  return `insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(row) || '${JSON.stringify(values)}')).*
    from ${table} row where ${where}`;
}

/** What the database itself would refuse is planted too: keys and references are not what is tested. */
async function plant(url: string, statement: string, names: { [name: string]: string }): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set session_replication_role = replica');
  const { rows } = await client.query<{ name: string; table: string; constraint: string | null }>(
    `select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table, c.conname as constraint
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
     join pg_class r on r.oid = i.indrelid where i.indisunique and r.relnamespace = 'public'::regnamespace`,
  );
  for (const { name, table, constraint } of rows) {
    await client.query(
      constraint === null
        ? `drop index ${name}`
        : `alter table ${table} drop constraint ${pg.escapeIdentifier(constraint)} cascade`,
    );
  }
  const text = statement.replaceAll(/\$(\w+)/g, (_all, name: string) => pg.escapeLiteral(names[name] ?? ''));
  const { rowCount } = await client.query(text);
  await client.end();
  assert.ok(rowCount, `nothing was planted by: ${text}`);
}

test(
  'the checker finds each kind of fault that is planted, and none where there is none',
  { skip: TEST_SERVER === undefined, timeout: 180_000 },
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'potluck-check-'));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    const sound = await makeTestDatabase(TEST_SERVER ?? '');
    t.after(() => sound.drop());
    const { records, names } = await aLittleLoad(sound.url, directory);
    assert.deepEqual(await check(sound.url, records), []);
    const lost: Record = { ...(records[0] ?? assert.fail()), kind: 'create-server', id: randomUUID() };
    assert.match((await check(sound.url, [...records, lost])).join(), /create-server .* is not there/);
    for (const [name, statement, said] of FAULTS) {
      const faulty = await makeTestDatabase(TEST_SERVER ?? '', sound);
      await plant(faulty.url, statement, names);
      const found = await check(faulty.url, records);
      await faulty.drop();
      assert.ok(
        found.some((line) => said.test(line)),
        `${name} was not found; said was: ${found.join('; ')}`,
      );
    }
  },
);

/** A cloud with some of everything, which has come to rest and ended: what was answered, and what the faults are about. */
async function aLittleLoad(database: string, directory: string) {
  const [adminPassword, demoPassword] = ['admin-password', 'demo-password'];
  const host = localHost(randomUUID(), 'sim-1', 'token-of-sim-1');
  const controller = await startController(
    {
      ...{ stateDir: directory, database, listen: '127.0.0.1', port: 0, region: 'RegionOne', ovnNorthbound: null },
      ...{ publicUrl: 'http://127.0.0.1', onServerFailure: 'stop', enforceImageFormat: true },
    },
    { log: silentLog, adminPassword, localHosts: [host] },
  );
  const address = controller.server.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const agent = startSimHost({ host, controller: url, log: silentLog });
  try {
    const seeded = await seedSimCloud({ url, stateDir: directory, adminPassword, demoPassword, hosts: 1 });
    const { networks } = (await seeded.demo.get('network/v2.0', '/networks?name=demo')) as {
      networks: { id: string }[];
    };
    const records: Record[] = [];
    const note = (kind: Record['kind'], id: string, requestId: string) =>
      void records.push({ kind, id, requestId, status: 200, times: 1, milliseconds: 1 });
    const send = async (kind: Record['kind'], method: string, path: string, body?: object) => {
      const reply = await fetch(url + path, {
        ...{ method, headers: { 'x-auth-token': seeded.demo.token, 'content-type': 'application/json' } },
        ...(body && { body: JSON.stringify(body) }),
      });
      const answer = await reply.text();
      assert.ok(reply.ok, `${path}: ${reply.status} ${answer}`);
      const made = method === 'POST' ? (Object.values(JSON.parse(answer) as object)[0] as { id: string }).id : '';
      const id = method === 'POST' ? made : (path.split('/').at(-1) ?? '');
      note(kind, id, reply.headers.get('x-openstack-request-id') ?? '');
      return id;
    };
    const { images } = (await seeded.demo.get('image/v2', '/images')) as { images: { id: string }[] };
    const { flavors } = (await seeded.demo.get('compute/v2.1', '/flavors')) as {
      flavors: { id: string; name: string }[];
    };
    const server = {
      ...{ imageRef: images[0]?.id, flavorRef: flavors.find(({ name }) => name === 'tiny')?.id },
      networks: [{ uuid: networks[0]?.id }],
    };
    const servers = [];
    for (const name of ['one', 'two']) {
      servers.push(await send('create-server', 'POST', '/compute/v2.1/servers', { server: { ...server, name } }));
    }
    const [first = '', gone = ''] = servers;
    const port = await send('create-port', 'POST', '/network/v2.0/ports', { port: { network_id: networks[0]?.id } });
    const floating = { floatingip: { floating_network_id: seeded.publicNetwork } };
    const floatings = [];
    for (let n = 0; n < 2; n++) {
      floatings.push(await send('create-floatingip', 'POST', '/network/v2.0/floatingips', floating));
    }
    const volume = await send('create-volume', 'POST', '/volume/v3/volumes', { volume: { size: 1 } });
    const { read } = controller.app.store;
    const isActive = async () =>
      (await read.selectFrom('servers').select('vm_state').execute()).every((one) => one.vm_state === 'active');
    await waitFor('the servers', isActive, { timeout: 30_000, every: 20, hint: '' });
    const stateOf = async () => (await read.selectFrom('volumes').select('status').execute())[0]?.status;
    const becomes = (state: string) =>
      waitFor('the volume', async () => (await stateOf()) === state, { timeout: 30_000, every: 20, hint: '' });
    await becomes('available');
    const attachment = { volumeAttachment: { volumeId: volume } };
    await send('attach', 'POST', `/compute/v2.1/servers/${first}/os-volume_attachments`, attachment);
    await becomes('in-use');
    await send('delete-server', 'DELETE', `/compute/v2.1/servers/${gone}`);
    const isGone = async () =>
      (
        await read
          .selectFrom('servers')
          .select('deleted')
          .where('id', '=', gone as never)
          .execute()
      )[0]?.deleted !== 0;
    await waitFor('the deletion', isGone, { timeout: 30_000, every: 20, hint: '' });
    const request = records.find(({ kind }) => kind === 'create-port')?.requestId ?? '';
    const audit = await read.selectFrom('audit').select('id').where('target', '=', port).executeTakeFirstOrThrow();
    return {
      records,
      names: { server: first, gone, port, volume, floating: floatings[0] ?? '', request, audit: String(audit.id) },
    };
  } finally {
    await agent.close();
    await controller.close();
  }
}
