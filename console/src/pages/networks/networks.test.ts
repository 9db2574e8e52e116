import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network, Port, Router, Subnet } from '../../api/queries/network.ts';
import { freeRange, rangeVersion } from './addresses.ts';
import { connectSubnet, routeBy, setGateway } from './operations.ts';
import { shareNetwork, sharedWith } from './share.ts';
import { changesOf, NEW_SUBNET, problemsOf, valuesOf } from './subnets/input.ts';
import { changeSubnet, createSubnet } from './subnets/operations.ts';
import { shellText } from '../../how/operation.ts';
import { topology } from './topology.ts';

const network = (id: string, more: Partial<Network> = {}) =>
  ({ id, name: id, project_id: 'p', shared: false, 'router:external': false, ...more }) as Network;
const port = (device: string, on: string, owner: string, address = '10.0.0.5') =>
  ({
    id: `${device}-${on}`,
    device_id: device,
    network_id: on,
    device_owner: owner,
    project_id: 'p',
    fixed_ips: [{ subnet_id: `${on}-sub`, ip_address: address }],
  }) as Port;

const input = {
  projectId: 'p',
  networks: [
    network('outside', { 'router:external': true, project_id: 'op' }),
    network('b'),
    network('a'),
    network('foreign', { project_id: 'q' }),
  ],
  subnets: [{ id: 'a-sub', network_id: 'a', cidr: '10.0.0.0/24' }] as Subnet[],
  routers: [
    {
      id: 'r',
      name: 'r',
      project_id: 'p',
      external_gateway_info: { network_id: 'outside', external_fixed_ips: [{ ip_address: '203.0.113.9' }] },
    },
    { id: 'other', name: 'other', project_id: 'q', external_gateway_info: null },
  ] as Router[],
  ports: [
    port('r', 'b', 'network:router_interface'),
    port('web', 'b', 'compute:nova'),
    port('both', 'a', 'compute:nova'),
    port('both', 'b', 'compute:nova'),
  ],
  servers: ['web', 'both'].map((id) => ({ id, name: id })),
};

test('a drawing has a layer for the outside, routers, networks and servers', () => {
  const { nodes, lines, outline, width, height } = topology(input);
  const at = (id: string) => nodes.find((node) => node.id === id);
  assert.deepEqual(
    ['outside', 'r', 'b', 'web'].map((id) => at(id)?.y),
    [24, 134, 244, 354],
  );
  assert.equal(at('foreign'), undefined);
  assert.equal(at('other'), undefined);
  assert.equal(nodes.filter(({ id }) => id === 'both').length, 1);
  assert.deepEqual(lines.map(({ from, to }) => `${from} ${to}`).toSorted(), [
    'a both',
    'b both',
    'b web',
    'outside r',
    'r b',
  ]);
  // Networks with a router come first, beside each other without touching.
  const [b, a] = [at('b'), at('a')];
  assert.ok(b !== undefined && a !== undefined && b.x + b.width < a.x);
  for (const node of nodes) assert.ok(node.x >= 0 && node.x + node.width <= width && node.y + node.height <= height);
  assert.deepEqual(
    outline.map((one) => [
      one.network.name,
      one.routers.map((r) => `${r.router.name} ${r.outside}`),
      one.servers.map(({ name }) => name),
    ]),
    [
      ['b', ['r outside'], ['web', 'both']],
      ['a', [], ['both']],
    ],
  );
});

test('hundreds of servers are one box, and nothing is an empty drawing', () => {
  const many = Array.from({ length: 300 }, (_, index) => `s${index}`);
  const { nodes, lines } = topology({
    ...input,
    ports: many.map((id) => port(id, 'a', 'compute:nova')),
    servers: many.map((id) => ({ id, name: id })),
  });
  assert.equal(nodes.filter(({ kind }) => kind === 'server').length, 0);
  assert.equal(nodes.find(({ kind }) => kind === 'more')?.name, '300');
  assert.deepEqual(lines.filter(({ from }) => from === 'a').length, 1);
  assert.deepEqual(topology({ ...input, networks: [], routers: [], ports: [], servers: [] }).nodes, []);
});

test('ranges are known by their form, and a free one is proposed', () => {
  assert.deepEqual(
    ['10.0.0.0/24', '2001:db8::/64', '10.0.0.0', '10.0.0.300/24', '10.0.0.0/33', 'x/24'].map(rangeVersion),
    [4, 6, null, null, null, null],
  );
  assert.equal(freeRange(['192.168.10.0/24', '192.168.11.0/25']), '192.168.12.0/24');
});

test('requests and commands say the same', () => {
  const made = createSubnet({ id: 'n', name: 'net' }, { name: 's', cidr: '2001:db8::/64', version: 6 });
  assert.deepEqual(made.request.body, {
    subnet: {
      network_id: 'n',
      name: 's',
      cidr: '2001:db8::/64',
      ip_version: 6,
      ipv6_ra_mode: 'slaac',
      ipv6_address_mode: 'slaac',
    },
  });
  const router = { id: 'r', name: 'r' };
  assert.deepEqual(setGateway(router, null).request.body, { router: { external_gateway_info: null } });
  assert.equal(connectSubnet(router, { id: 's', name: 's' }).command?.join(' '), 'openstack router add subnet r s');
});

test('of a range of addresses only what differs is sent', () => {
  const subnet = {
    ...{ id: 's', name: 's', cidr: '10.0.0.0/24', gateway_ip: '10.0.0.1', enable_dhcp: true, host_routes: [] },
    dns_nameservers: ['9.9.9.9'],
    allocation_pools: [{ start: '10.0.0.2', end: '10.0.0.254' }],
  } as unknown as Subnet;
  const before = valuesOf(subnet);
  assert.deepEqual(changesOf(before, before), {});
  assert.deepEqual(changesOf(before, { ...before, gateway: '' }), {});
  const changed = changesOf(before, {
    ...{ ...before, dns: '', automatic: false, noGateway: true },
    ...{ pools: [['10.0.0.9', '10.0.0.19'] as const], routes: [['10.8.0.0/16', '10.0.0.5'] as const] },
  });
  assert.deepEqual(changed, {
    ...{ gateway_ip: null, enable_dhcp: false, dns_nameservers: [] },
    allocation_pools: [{ start: '10.0.0.9', end: '10.0.0.19' }],
    host_routes: [{ destination: '10.8.0.0/16', nexthop: '10.0.0.5' }],
  });
  assert.equal(
    shellText(changeSubnet(subnet, changed).command ?? []).replaceAll(' \\\n ', ''),
    'openstack subnet set --gateway none --no-dhcp --no-dns-nameservers --no-allocation-pool --allocation-pool start=10.0.0.9,end=10.0.0.19 --no-host-route --host-route destination=10.8.0.0/16,gateway=10.0.0.5 s',
  );
  assert.deepEqual(changesOf(NEW_SUBNET, { ...NEW_SUBNET, dns: '9.9.9.9' }), { dns_nameservers: ['9.9.9.9'] });
  assert.deepEqual(problemsOf(before), { dns: null, gateway: null, pools: null, routes: null });
  const wrong = {
    dns: 'x',
    gateway: '1',
    pools: [['10.0.0.1', ''] as const],
    routes: [['10.8.0.0', '10.0.0.1'] as const],
  };
  assert.deepEqual(problemsOf({ ...before, ...wrong }), {
    ...{ dns: 'address', gateway: 'address', pools: 'pool', routes: 'route' },
  });
  const routes = [{ destination: '0.0.0.0/0', nexthop: '10.0.0.5' }];
  assert.equal(
    shellText(routeBy({ id: 'r', name: 'r' }, routes).command ?? []),
    'openstack router set --no-route --route destination=0.0.0.0/0,gateway=10.0.0.5 r',
  );
});

test('a network is shared with one project, or with all', () => {
  const net = { id: 'n', name: 'net' };
  assert.deepEqual(shareNetwork(net, 'q').request.body, {
    rbac_policy: {
      ...{ object_type: 'network', object_id: 'n', action: 'access_as_shared', target_tenant: 'q' },
    },
  });
  assert.ok(shareNetwork(net, '*').command?.includes('--target-all-projects'));
  const policy = (id: string, action: string) => ({ id, action, object_id: 'n', target_tenant: '*' });
  const all = [policy('a', 'access_as_external'), policy('b', 'access_as_shared')];
  assert.deepEqual(
    sharedWith(all).map(({ id }) => id),
    ['b'],
  );
});
