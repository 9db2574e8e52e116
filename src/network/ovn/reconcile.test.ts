import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startFakeOvsdb, type FakeOvsdb } from '../../engines/ovsdb/fake.ts';
import { openOvsdb, type Ovsdb } from '../../engines/ovsdb/index.ts';
import { silentLog } from '../../core/log.ts';
import { testCloud } from '../../http/testing.ts';
import { networkService } from '../service.ts';
import { diffOvn } from './diff.ts';
import { northboundColumns } from './northbound.ts';
import { planOvn } from './plan.ts';
import { createOvnReconciler } from './reconcile.ts';
import { cloudRows, northboundSchema } from './testing.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

async function fakeOvn(t: TestContext): Promise<{ fake: FakeOvsdb; ovsdb: Ovsdb }> {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-nb-'));
  const fake = await startFakeOvsdb(join(directory, 'nb.sock'), northboundSchema());
  const options = { database: 'OVN_Northbound', tables: northboundColumns(), log: silentLog };
  const ovsdb = openOvsdb({ address: fake.address, ...options });
  t.after(async () => {
    ovsdb.close();
    await fake.close();
    rmSync(directory, { recursive: true });
  });
  return { fake, ovsdb };
}

const counts = (fake: FakeOvsdb) =>
  Object.fromEntries(Object.keys(northboundSchema().tables).map((table) => [table, fake.rows(table).size]));

test('from nothing to a cloud, to a smaller one, to nothing: each step once', async (t) => {
  const { fake, ovsdb } = await fakeOvn(t);
  const replica = await ovsdb.ready();
  const empty = { ...cloudRows(0), networks: [], subnets: [] };
  const sizes = [cloudRows(50), cloudRows(20), empty];
  for (const rows of sizes) {
    const plan = planOvn(rows);
    await ovsdb.transact(diffOvn(plan, replica));
    assert.deepEqual(diffOvn(plan, replica), [], 'a second run has nothing to do');
    for (const [table, count] of Object.entries(counts(fake))) {
      assert.equal(count, plan[table as keyof typeof plan].size, table);
    }
  }
});

test('a change touches what changed and nothing else', async (t) => {
  const { fake, ovsdb } = await fakeOvn(t);
  const replica = await ovsdb.ready();
  const rows = cloudRows(20);
  await ovsdb.transact(diffOvn(planOvn(rows), replica));
  const port = rows.ports.find((one) => one.device_owner === 'compute:nova');
  assert.ok(port);

  port.admin_state_up = 0;
  const disabled = diffOvn(planOvn(rows), replica);
  assert.equal(disabled.length, 1);
  assert.deepEqual(disabled[0], { ...disabled[0], op: 'update', row: { enabled: [false] } });
  await ovsdb.transact(disabled);

  const others = { ...rows, ports: rows.ports.filter((one) => one !== port) };
  const removed = diffOvn(planOvn(others), replica);
  assert.ok(removed.every((one) => one.op === 'mutate'));
  assert.equal(removed.length, 4, 'its switch, its names, its group, the drop group');
  await ovsdb.transact(removed);
  assert.ok(![...fake.rows('Logical_Switch_Port').values()].some((row) => row['name'] === port.id));
});

test('rows, attachments and keys of others stay; a doubled row of ours goes', async (t) => {
  const { fake, ovsdb } = await fakeOvn(t);
  const replica = await ovsdb.ready();
  const plan = planOvn(cloudRows(10));
  await ovsdb.transact(diffOvn(plan, replica));
  const [id, row] = [...fake.rows('Logical_Switch')].at(-1) ?? [];
  const [twinOf, twin] = [...fake.rows('NAT')].at(-1) ?? [];
  assert.ok(id && row && twinOf && twin);
  const [router] = fake.rows('Logical_Router').keys();
  await ovsdb.transact([
    { op: 'insert', table: 'Logical_Switch', row: { name: 'theirs' } },
    { op: 'insert', table: 'Logical_Switch_Port', name: 'lsp', row: { name: 'theirs' } },
    { op: 'insert', table: 'NAT', name: 'twin', row: twin },
    {
      op: 'mutate',
      table: 'Logical_Router',
      where: [['_uuid', '==', router ?? '']],
      mutations: [['nat', 'insert', ['twin']]],
    },
    {
      op: 'mutate',
      table: 'Logical_Switch',
      where: [['_uuid', '==', id]],
      mutations: [
        ['ports', 'insert', ['lsp']],
        ['external_ids', 'insert', { their: 'mark', 'neutron:old': 'mark' }],
      ],
    },
  ]);
  assert.equal(fake.rows('NAT').size, plan.NAT.size + 1);
  await ovsdb.transact(diffOvn(plan, replica));
  assert.deepEqual(diffOvn(plan, replica), []);
  assert.equal(fake.rows('NAT').size, plan.NAT.size);
  const names = (table: string) => [...fake.rows(table).values()].map((one) => one['name']);
  assert.ok(names('Logical_Switch').includes('theirs'));
  assert.ok(names('Logical_Switch_Port').includes('theirs'));
  const ids = fake.rows('Logical_Switch').get(id)?.['external_ids'] as Record<string, string>;
  assert.equal(ids['their'], 'mark');
  assert.equal(ids['neutron:old'], undefined);
});

test('ports become ACTIVE when OVN says so, and DOWN again', async (t) => {
  const { fake } = await fakeOvn(t);
  const cloud = await testCloud(t, [networkService]);
  cloud.app.config.ovnNorthbound = fake.address;
  const reconciler = createOvnReconciler(cloud.app, { readChassis: () => Promise.resolve(new Map()) });
  const { id, status } = await boundPort(cloud);
  await reconciler.run();
  assert.equal(await status(), 'DOWN');
  const [uuid] = [...fake.rows('Logical_Switch_Port')].find(([, row]) => row['name'] === id) ?? [];
  const seen = cloud.app.signals.count('ovn-ports');
  const ports = cloud.app.signals.count('ports');
  fake.change('Logical_Switch_Port', uuid ?? '', { up: [true] });
  await cloud.app.signals.wait('ovn-ports', seen, 5_000);
  await reconciler.run();
  assert.equal(await status(), 'ACTIVE');
  assert.equal(cloud.app.signals.count('ports'), ports + 1);
  await reconciler.run();
  assert.equal(cloud.app.signals.count('ports'), ports + 1, 'nothing changed, nothing is told');
  fake.change('Logical_Switch_Port', uuid ?? '', { up: [false] });
  await cloud.app.signals.wait('ovn-ports', seen + 1, 5_000);
  await reconciler.run();
  assert.equal(await status(), 'DOWN');
});

test('without OVN every bound port counts as up', async (t) => {
  const cloud = await testCloud(t, [networkService]);
  const { status, unbind } = await boundPort(cloud);
  const reconciler = createOvnReconciler(cloud.app, { readChassis: () => Promise.resolve(new Map()) });
  await reconciler.run();
  assert.equal(await status(), 'ACTIVE');
  await unbind();
  await reconciler.run();
  assert.equal(await status(), 'DOWN');
});

async function boundPort(cloud: Awaited<ReturnType<typeof testCloud>>) {
  const network = await cloud.request('POST', '/network/v2.0/networks', { body: { network: { name: 'n' } } });
  const port = await cloud.request('POST', '/network/v2.0/ports', {
    body: { port: { network_id: network.body.network.id } },
  });
  const path = `/network/v2.0/ports/${port.body.port.id}`;
  const bind = async (host: string) => {
    const reply = await cloud.request('PUT', path, { as: 'admin', body: { port: { 'binding:host_id': host } } });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
  };
  await bind('host-1');
  return {
    id: port.body.port.id as string,
    unbind: () => bind(''),
    status: async () => (await cloud.request('GET', path)).body.port.status as string,
  };
}
