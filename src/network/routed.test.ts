import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId, PortId, ProjectId, ServerId } from '../core/ids.ts';
import { ensureLocalHost } from '../compute/index.ts';
import { systemContext } from '../http/context.ts';
import { createServerPorts, serverPorts } from './index.ts';
import { failed, networkCloud } from './testing.ts';

const RACKS = { rack1: 'host-1', rack2: 'host-2', both: 'host-3' } as const;
const wire = (name: string, id: number) => ({
  ...{ 'provider:network_type': 'vlan', 'provider:physical_network': name, 'provider:segmentation_id': id },
});

/** A network over two wires with a subnet on each, and hosts on the first, the second, and both. */
async function routedCloud(t: Parameters<typeof networkCloud>[0]) {
  const api = await networkCloud(t);
  const mapped = { rack1: ['rack1'], rack2: ['rack2'], both: ['rack1', 'rack2'] };
  for (const [name, id] of Object.entries(RACKS)) {
    await ensureLocalHost(api.app, { id: id as HostId, name, token: id });
    const bridgeMappings = Object.fromEntries(mapped[name as keyof typeof mapped].map((one) => [one, `br-${one}`]));
    await api.app.store.transaction((tx) =>
      tx.db
        .updateTable('hosts')
        .set({ capacity: JSON.stringify({ chassis: name, bridgeMappings }) })
        .where('id', '=', id as HostId)
        .execute(),
    );
  }
  const network = await api.make('networks', 'network', { name: 'racks', shared: true, ...wire('rack1', 10) }, 'admin');
  const second = { network_id: network.id, network_type: 'vlan', physical_network: 'rack2', segmentation_id: 20 };
  await api.make('segments', 'segment', second, 'admin');
  const listed = await api.get(`segments?network_id=${network.id}&sort_key=created_at`, undefined, 'admin');
  const { segments } = listed.body;
  const subnet = (segment_id: string | undefined, cidr: string) =>
    api.post('subnets', { subnet: { network_id: network.id, ip_version: 4, cidr, segment_id } }, 'admin');
  const made = [await subnet(segments[0].id, '10.1.0.0/24'), await subnet(segments[1].id, '10.2.0.0/24')];
  failed(await subnet(undefined, '10.3.0.0/24'), 400, 'SubnetsNotAllAssociatedWithSegments');
  const subnets = made.map((reply) => reply.body.subnet.id as string);
  return { api, network, segments, subnets };
}

test('a network over several wires: segments, their subnets, and what is shown of them', async (t) => {
  const { api, network, segments, subnets } = await routedCloud(t);
  const shown = (await api.get(`networks/${network.id}`, undefined, 'admin')).body.network;
  assert.deepEqual([shown.l2_adjacency, shown.segments], [false, [wire('rack1', 10), wire('rack2', 20)]]);
  assert.ok(!('provider:network_type' in shown));
  const input = { network_id: network.id, network_type: 'vlan', physical_network: 'rack2', segmentation_id: 20 };
  failed(await api.post('segments', { segment: input }, 'admin'), 409, 'VlanIdInUse');
  failed(
    await api.post('segments', { segment: { ...input, network_type: 'geneve', physical_network: null } }, 'admin'),
    400,
    'InvalidInput',
  );
  assert.equal((await api.post('segments', { segment: input })).status, 403);
  failed(await api.del(`segments/${segments[0].id}`, undefined, 'admin'), 409, 'SegmentInUse');
  assert.equal((await api.del(`subnets/${subnets[0]}`, undefined, 'admin')).status, 204);
  assert.equal((await api.del(`segments/${segments[0].id}`, undefined, 'admin')).status, 204);
  const left = (await api.get(`networks/${network.id}`, undefined, 'admin')).body.network;
  assert.deepEqual([left['provider:physical_network'], left.segments], ['rack2', undefined]);
  failed(await api.del(`segments/${segments[1].id}`, undefined, 'admin'), 409, 'SegmentInUse');
  const both = { name: 'two', segments: [wire('rack1', 10), wire('rack3', 10)] };
  assert.equal((await api.make('networks', 'network', both, 'admin')).segments.length, 2);
  const mixed = { segments: [wire('rack1', 11)], ...wire('rack1', 12) };
  failed(await api.post('networks', { network: mixed }, 'admin'), 400, 'SegmentsSetInConjunctionWithProviders');
  const agents = (await api.get('agents?host=rack2', undefined, 'admin')).body.agents;
  assert.deepEqual(agents[0].configurations.bridge_mappings, { rack2: 'br-rack2' });
});

test('a port of a routed network has addresses of the wire that its host is on', async (t) => {
  const { api, network, subnets } = await routedCloud(t);
  const post = (port: object) => api.post('ports', { port: { network_id: network.id, ...port } }, 'admin');
  const subnetOf = (port: { fixed_ips: { subnet_id: string }[] }) => port.fixed_ips.map((one) => one.subnet_id);
  const [onFirst, onSecond] = [await post({ 'binding:host_id': 'rack1' }), await post({ 'binding:host_id': 'host-2' })];
  assert.deepEqual([subnetOf(onFirst.body.port), subnetOf(onSecond.body.port)], [[subnets[0]], [subnets[1]]]);
  failed(await post({ 'binding:host_id': 'both' }), 409, 'HostConnectedToMultipleSegments');
  failed(await post({ 'binding:host_id': 'nowhere' }), 409, 'HostNotConnectedToAnySegment');
  const wish = { 'binding:host_id': 'rack1', fixed_ips: [{ subnet_id: subnets[1] }] };
  failed(await post(wish), 409, 'HostNotCompatibleWithFixedIps');

  const waiting = (await post({})).body.port;
  assert.deepEqual([waiting.ip_allocation, waiting.fixed_ips], ['deferred', []]);
  const bind = (id: string, host: string) => api.put(`ports/${id}`, { port: { 'binding:host_id': host } }, 'admin');
  assert.deepEqual(subnetOf((await bind(waiting.id, 'rack2')).body.port), [subnets[1]]);
  failed(await bind(waiting.id, 'rack1'), 409, 'HostNotCompatibleWithFixedIps');
  const named = (await post({ fixed_ips: [{ subnet_id: subnets[0] }] })).body.port;
  assert.deepEqual([named.ip_allocation, subnetOf(named)], ['immediate', [subnets[0]]]);

  const mine = await api.make('ports', 'port', { network_id: network.id });
  const context = { ...systemContext(1), projectId: 'project-demo' as ProjectId, isAdmin: false, roles: ['member'] };
  const server = { serverId: 'server-1' as ServerId, serverName: 's', hostId: 'host-2' as HostId };
  const requested = [{ portId: mine.id as PortId }, { networkId: network.id as string }];
  await api.app.store.transaction((tx) =>
    createServerPorts(tx, context, { ...server, availabilityZone: 'nova', requested, securityGroups: [] }),
  );
  const plugged = (await serverPorts(api.app.store.read, [server.serverId])).get(server.serverId) ?? [];
  const far = await api.make('networks', 'network', { name: 'far', shared: true, ...wire('rack1', 50) }, 'admin');
  await api.make('subnets', 'subnet', { network_id: far.id, ip_version: 4, cidr: '10.9.0.0/24' }, 'admin');
  const wished = { ...server, availabilityZone: 'nova', requested: [{ networkId: far.id }], securityGroups: [] };
  const unwired = api.app.store.transaction((tx) => createServerPorts(tx, context, wished));
  await assert.rejects(unwired, /physical network rack1, for which the server's host has no bridge/);
  assert.deepEqual(
    plugged.map((port) => port.addresses.map((one) => one.subnetId)),
    [[subnets[1]], [subnets[1]]],
  );
});
