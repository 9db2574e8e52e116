import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network, Port, Router, Subnet } from '../../api/queries/network.ts';
import { freeRange, rangeVersion } from './addresses.ts';
import { connectSubnet, createSubnet, setGateway } from './operations.ts';
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
  const made = createSubnet({ id: 'n', name: 'net' }, { name: 's', cidr: '2001:db8::/64', version: 6, dns: [] });
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
