import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureLocalHost } from '../../src/compute/index.ts';
import type { HostId } from '../../src/core/ids.ts';
import { inNamespace } from './guest.ts';
import { startWorld, type Row } from './world.ts';

const BRIDGE = 'br-rack1';
const HTTP = 8080;

/**
 * Provider networks against real OVN and Open vSwitch: guests on the operator's own wires, which end at a bridge of the
 * switch; a router outside of the cloud is played by the namespace of the switch.
 */
test('guests on wires of the operator', { timeout: 240_000 }, async (t) => {
  const world = await startWorld(t);
  const { daemons, cloud } = world;
  await daemons.vsctl('add-br', BRIDGE, '--', 'set', 'Bridge', BRIDGE, 'datapath_type=netdev', 'fail_mode=standalone');
  await daemons.vsctl('set', 'Open_vSwitch', '.', `external_ids:ovn-bridge-mappings=public:br-ex,rack1:${BRIDGE}`);
  const id = 'host-1' as HostId;
  await ensureLocalHost(cloud.app, { id, name: 'alpha', token: 'host' });
  const capacity = JSON.stringify({ chassis: daemons.chassis, bridgeMappings: { public: 'br-ex', rack1: BRIDGE } });
  await cloud.app.store.transaction((tx) =>
    tx.db.updateTable('hosts').set({ capacity }).where('id', '=', id).execute(),
  );

  const outside = inNamespace(daemons.namespace, daemons.directory);
  world.undo.push(() => outside.stop());
  await outside.ip('link', 'set', BRIDGE, 'up');
  await outside.does('ethtool', '-K', BRIDGE, 'tx', 'off');
  await outside.listen(HTTP, 'outside sees');
  /** The router's place on a wire: the bridge itself, or one tag of it. */
  const router = async (address: string, tag?: number) => {
    const device = tag === undefined ? BRIDGE : `lan${tag}`;
    if (tag !== undefined) {
      // The switch tags by itself: not every kernel has VLAN interfaces.
      const port = ['add-port', BRIDGE, device, `tag=${tag}`, '--', 'set', 'Interface', device, 'type=internal'];
      await daemons.vsctl(...port);
      await outside.ip('link', 'set', device, 'up');
      await outside.does('ethtool', '-K', device, 'tx', 'off');
    }
    await outside.ip('addr', 'add', address, 'dev', device);
  };
  const wire = (type: string, tag?: number) => ({
    'provider:network_type': type,
    'provider:physical_network': 'rack1',
    ...(tag !== undefined && { 'provider:segmentation_id': tag }),
  });
  const network = (body: object) => world.post('networks', 'network', { shared: true, mtu: 1442, ...body }, 'admin');
  const subnet = (network_id: string, cidr: string, more: object = {}) =>
    world.post('subnets', 'subnet', { network_id, ip_version: 4, cidr, ...more }, 'admin');

  await t.test('a flat network: DHCP, the way out, and the way in where a rule lets it', async () => {
    await router('10.30.0.1/24');
    const flat = await network({ name: 'flat', ...wire('flat') });
    await subnet(flat.id, '10.30.0.0/24');
    const guest = await world.boot(await world.serverPort(flat.id));
    assert.equal(guest.lease['ip'], guest.address);
    assert.equal(await guest.hears('10.30.0.1', HTTP), `outside sees ${guest.address}`);
    assert.equal(await outside.pings(guest.address), false);
    const group = await world.post('security-groups', 'security_group', { name: 'ping' });
    const rule = { security_group_id: group.id, direction: 'ingress', ethertype: 'IPv4', protocol: 'icmp' };
    await world.post('security-group-rules', 'security_group_rule', rule);
    const open = await world.boot(await world.serverPort(flat.id, { security_groups: [group.id] }));
    assert.equal(await outside.pings(open.address), true);
  });

  await t.test('a VLAN network on the same wire: its frames are tagged, and apart from the others', async () => {
    await router('10.31.0.1/24', 31);
    const vlan = await network({ name: 'vlan', ...wire('vlan', 31) });
    await subnet(vlan.id, '10.31.0.0/24');
    const guest = await world.boot(await world.serverPort(vlan.id));
    assert.equal(await guest.hears('10.31.0.1', HTTP), `outside sees ${guest.address}`);
    await router('10.32.0.1/24', 32);
    const other = await network({ name: 'other', ...wire('vlan', 32) });
    await subnet(other.id, '10.31.0.0/24');
    const stranger = await world.boot(await world.serverPort(other.id));
    assert.equal(await stranger.hears('10.31.0.1', HTTP), null);
  });

  await t.test('a routed network: an address of the wire that the host is on, and a router to the others', async () => {
    const elsewhere = { 'provider:network_type': 'flat', 'provider:physical_network': 'rack2' };
    const routed = await network({ name: 'racks', segments: [elsewhere, wire('vlan', 33)] });
    const path = `/network/v2.0/segments?network_id=${routed.id}`;
    const { segments } = (await cloud.request('GET', path, { as: 'admin' })).body as {
      segments: (Row & { physical_network: string })[];
    };
    const on = (name: string) => ({ segment_id: segments.find((one) => one.physical_network === name)?.id });
    await subnet(routed.id, '10.41.0.0/24', on('rack2'));
    await subnet(routed.id, '10.42.0.0/24', on('rack1'));
    await router('10.42.0.1/24', 33);
    await router('10.41.0.1/24');
    const port = await world.serverPort(routed.id);
    assert.deepEqual(port.fixed_ips, []);
    const guest = await world.boot(await world.port(port.id));
    assert.match(guest.address, /^10\.42\.0\./);
    assert.equal(guest.lease['ip'], guest.address);
    assert.equal(await guest.hears('10.41.0.1', HTTP), `outside sees ${guest.address}`);
  });
});
