import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { silentLog } from '../../core/log.ts';
import { startFakeOvsdb } from '../../engines/ovsdb/fake.ts';
import type { WireSchema } from '../../engines/ovsdb/schema.ts';
import { openSwitch, type SwitchPort } from './switch.ts';

const strings = { key: 'string', value: 'string', min: 0, max: 'unlimited' } as const;
const refs = (refTable: string) => ({ key: { type: 'uuid', refTable }, min: 0, max: 'unlimited' }) as const;

/** The part of Open vSwitch's schema that we use, and one table above it. */
const SCHEMA: WireSchema = {
  name: 'Open_vSwitch',
  version: '8.3.1',
  tables: {
    Open_vSwitch: { isRoot: true, columns: { bridges: { type: refs('Bridge') } } },
    Bridge: { columns: { name: { type: 'string' }, ports: { type: refs('Port') } } },
    Port: { columns: { name: { type: 'string' }, interfaces: { type: refs('Interface') } } },
    Interface: {
      columns: {
        name: { type: 'string' },
        external_ids: { type: strings },
        mtu_request: { type: { key: 'integer', min: 0, max: 1 } },
      },
    },
  },
};

async function setUp(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-switch-'));
  const fake = await startFakeOvsdb(join(directory, 'db.sock'), SCHEMA);
  const ovs = openSwitch(fake.address, silentLog);
  t.after(async () => {
    ovs.close();
    await fake.close();
    rmSync(directory, { recursive: true });
  });
  const bridge = () => {
    fake.change('Bridge', 'b0000000-0000-4000-8000-000000000000', { name: 'br-int', ports: [] });
    fake.change('Open_vSwitch', 'a0000000-0000-4000-8000-000000000000', {
      bridges: ['b0000000-0000-4000-8000-000000000000'],
    });
  };
  /** What the server says of others' changes takes a moment. */
  const until = async (check: () => Promise<boolean>) => {
    while (!(await check())) await turn();
  };
  const tryPlug = (device: string) =>
    ovs.plug([port(device)]).then(
      () => true,
      () => false,
    );
  const interfaces = () => [...fake.rows('Interface').values()].map((row) => row['name']);
  return { fake, ovs, bridge, until, tryPlug, interfaces };
}

const port = (device: string, change: Partial<SwitchPort> = {}): SwitchPort => ({
  ...{ device, ids: { 'iface-id': `port of ${device}` }, mark: 'port', mtu: 1442 },
  ...change,
});

test('ports come once, are mended, and go; what others have plugged in stays', async (t) => {
  const { fake, ovs, bridge, until, tryPlug, interfaces } = await setUp(t);
  await assert.rejects(ovs.plug([port('tap1')]), /no bridge br-int/);
  bridge();
  await until(() => tryPlug('theirs'));
  const [[uuid] = ['']] = fake.rows('Interface');
  fake.change('Interface', uuid, { external_ids: {} });
  await ovs.plug([port('tap1'), port('tap2'), port('plo1', { mark: 'metadata' })]);
  assert.deepEqual(interfaces(), ['theirs', 'tap1', 'tap2', 'plo1']);
  assert.deepEqual(await ovs.plugged('port'), ['tap1', 'tap2']);

  const before = fake.transactions.length;
  await ovs.plug([port('tap1'), port('tap2')]);
  assert.equal(fake.transactions.length, before, 'nothing to do, nothing is asked');

  const [changed = ''] = [...fake.rows('Interface')].find(([, row]) => row['name'] === 'tap1') ?? [];
  const foreign = { 'ovn-installed': 'true', 'iface-id': 'another', potluck: 'metadata' };
  fake.change('Interface', changed, { external_ids: foreign });
  await until(async () => (await ovs.plugged('metadata')).length === 2);
  await ovs.plug([port('tap1', { mtu: 9000 })]);
  const { external_ids: ids, mtu_request: mtu } = fake.rows('Interface').get(changed) ?? {};
  assert.deepEqual(
    [ids, mtu],
    [{ 'ovn-installed': 'true', 'iface-id': 'port of tap1', 'iface-status': 'active', potluck: 'port' }, [9000]],
  );

  await ovs.unplug(['tap1', 'tap2', 'unknown']);
  assert.deepEqual(interfaces(), ['theirs', 'plo1']);
});

test('a database that was started again, perhaps empty, is read anew', async (t) => {
  const { fake, ovs, bridge, until, tryPlug, interfaces } = await setUp(t);
  bridge();
  await until(() => tryPlug('tap1'));
  fake.disconnect();
  await ovs.plug([port('tap2')]);
  assert.deepEqual(interfaces(), ['tap1', 'tap2']);
  fake.empty();
  bridge();
  await until(async () => (await ovs.plugged('port')).length === 0);
  await until(() => tryPlug('tap1'));
  assert.deepEqual(interfaces(), ['tap1']);
});
