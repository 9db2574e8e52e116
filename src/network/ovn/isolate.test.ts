import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../core/log.ts';
import { startFakeOvsdb } from '../../engines/ovsdb/fake.ts';
import { openOvsdb, type Operation } from '../../engines/ovsdb/index.ts';
import { diffOvn } from './diff.ts';
import { isolate, rememberRefusals } from './isolate.ts';
import { northboundColumns, OvnRefusal, portStates, type Northbound } from './northbound.ts';
import { switchName } from './model.ts';
import { planOvn } from './plan.ts';
import { statusChanges } from './status.ts';
import { cloudRows, northboundSchema } from './testing.ts';

test('what OVN refuses keeps nothing else out, and says why', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-nb-'));
  const fake = await startFakeOvsdb(join(directory, 'nb.sock'), northboundSchema());
  const options = { database: 'OVN_Northbound', tables: northboundColumns(), log: silentLog };
  const ovsdb = openOvsdb({ address: fake.address, ...options });
  t.after(async () => {
    ovsdb.close();
    await fake.close();
    rmSync(directory, { recursive: true });
  });
  const rows = cloudRows(30);
  const [port, other] = rows.ports.filter((one) => one.device_owner === 'compute:nova');
  const network = rows.networks.at(-1);
  const [floating] = rows.floatingIps;
  assert.ok(port && other && network && floating);
  const badSwitch = switchName(network.id);
  const bad = new Set<string>([port.id, badSwitch, floating.floating_ip_address]);
  let attempts = 0;
  const badName = (operation: Operation): string[] => {
    const values = operation.op === 'insert' ? [operation.row['name'], operation.row['external_ip']] : [];
    return values.filter((value) => typeof value === 'string').filter((name) => bad.has(name));
  };
  const northbound: Pick<Northbound, 'replica' | 'apply'> = {
    replica: () => ovsdb.ready(),
    async apply(operations) {
      attempts++;
      const [hit] = operations.flatMap(badName);
      if (hit !== undefined) throw new OvnRefusal('one transaction', `it does not like ${hit}`);
      await ovsdb.transact(operations);
    },
  };
  const plan = planOvn(rows);
  const replica = await ovsdb.ready();
  const refused = await isolate(plan, northbound, new Set());
  assert.deepEqual([...refused.keys()].toSorted(), [
    `Logical_Switch/${network.id}`,
    `Logical_Switch_Port/${port.id}`,
    `NAT/${floating.id}`,
  ]);
  assert.ok(attempts < 60, `${attempts} attempts`);

  const refusals = rememberRefusals();
  refusals.add(plan, replica, refused, 0);
  assert.deepEqual(diffOvn(plan, replica, refusals.standing(plan, replica, 1)), [], 'all the rest is there');
  const changes = statusChanges(rows, portStates(replica), refusals.reasonOf);
  const of = (id: string) => [...changes.ports, ...changes.floatingIps].find((change) => change.id === id);
  assert.deepEqual(of(port.id), { id: port.id, from: 'DOWN', to: 'ERROR', reason: `it does not like ${port.id}` });
  assert.equal(of(floating.id)?.to, 'ERROR');
  const orphan = rows.ports.find((one) => one.network_id === network.id && one.device_owner === 'compute:nova');
  assert.equal(of(orphan?.id ?? '')?.reason, `it does not like ${badSwitch}`, 'a port without its switch');
  assert.equal(of(other.id), undefined);

  bad.clear();
  assert.ok(diffOvn(plan, replica, refusals.standing(plan, replica, 60_000)).length > 0, 'tried again after a while');
  assert.deepEqual(await isolate(plan, northbound, new Set()), new Map());
  assert.equal(refusals.standing(plan, replica, 60_001).size, 0);
  assert.equal(refusals.reasonOf(port.id), null);
});
