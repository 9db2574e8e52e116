import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '../../core/log.ts';
import { startFakeOvsdb } from '../../engines/ovsdb/fake.ts';
import { openOvsdb } from '../../engines/ovsdb/index.ts';
import { networkCloud } from '../testing.ts';
import { diffOvn } from './diff.ts';
import { northboundColumns } from './northbound.ts';
import { planOvn } from './plan.ts';
import { createOvnReconciler } from './reconcile.ts';
import { readNetworkRows } from './rows.ts';
import { northboundSchema } from './testing.ts';

/** A small generator of numbers, the same for the same seed (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test('ports that are looked at alone leave nothing to do for a look at everything', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-nb-'));
  const fake = await startFakeOvsdb(join(directory, 'nb.sock'), northboundSchema());
  t.after(async () => {
    await fake.close();
    rmSync(directory, { recursive: true });
  });
  const cloud = await networkCloud(t);
  const { app, make, put, del } = cloud;
  const passes: { event: string; operations: number; ports?: number }[] = [];
  app.log = createLog('info', (line) => void passes.push(JSON.parse(line)));
  app.config.ovnNorthbound = fake.address;
  const options = { database: 'OVN_Northbound', tables: northboundColumns(), log: app.log };
  const ovsdb = openOvsdb({ address: fake.address, ...options });
  t.after(() => ovsdb.close());
  const readChassis = async () => new Map([['host-1', 'chassis-1']]);
  const reconciler = createOvnReconciler(app, { readChassis });

  const nets = [await cloud.network('10.0.0.0/24'), await cloud.network('10.1.0.0/24')];
  const groups = [await make('security-groups', 'security_group', { name: 'web' })];
  const policy = await make('qos/policies', 'policy', { name: 'slow' }, 'admin');
  const limit = { max_kbps: 1000, direction: 'egress' };
  await make(`qos/policies/${policy.id}/bandwidth_limit_rules`, 'bandwidth_limit_rule', limit, 'admin');
  const next = numbers(20_261_121);
  const pick = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  const ports: string[] = [];
  const wish = () => ({
    name: `p${next(100)}`,
    device_owner: 'compute:nova',
    device_id: `server-${next(50)}`,
    admin_state_up: next(4) > 0,
    security_groups: next(3) > 0 ? [groups[0].id] : [],
    dns_name: pick(['', 'web', `web-${next(5)}`]),
    extra_dhcp_opts: next(4) === 0 ? [{ opt_name: 'mtu', opt_value: `${1300 + next(9)}` }] : [],
    qos_policy_id: next(4) === 0 ? policy.id : null,
  });
  const step = async () => {
    const what = ports.length < 3 ? 0 : next(6);
    if (what <= 1) {
      const port = await make('ports', 'port', { ...wish(), network_id: pick(nets).network.id }, 'admin');
      ports.push(port.id);
    } else if (what === 2) {
      const [id = ''] = ports.splice(next(ports.length), 1);
      assert.equal((await del(`ports/${id}`, undefined, 'admin')).status, 204);
    } else if (what === 3) {
      const host = { 'binding:host_id': pick(['host-1', '']), port_security_enabled: true };
      assert.equal((await put(`ports/${pick(ports)}`, { port: host }, 'admin')).status, 200);
    } else {
      const { device_owner: _owner, ...change } = wish();
      const reply = await put(`ports/${pick(ports)}`, { port: change }, 'admin');
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
    }
    // Now and then something that concerns more than ports.
    if (next(15) === 0) await put(`networks/${pick(nets).network.id}`, { network: { name: `n${next(9)}` } });
  };
  await reconciler.run();
  for (let round = 0; round < 60; round++) {
    for (let steps = 1 + next(4); steps > 0; steps--) await step();
    await reconciler.run();
    const { rows } = await readNetworkRows(app.store.read, readChassis);
    assert.deepEqual(diffOvn(planOvn(rows), await ovsdb.ready()), [], `round ${round}`);
  }
  const changed = passes.filter(({ event }) => event === 'ovn-changed');
  const alone = changed.filter((pass) => pass.ports !== undefined);
  assert.ok(alone.length > 25, `${alone.length} of ${changed.length} passes looked at ports alone`);
});
