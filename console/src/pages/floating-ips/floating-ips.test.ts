import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FloatingIp, Port, Router, Subnet } from '../../api/queries/network.ts';
import { bindFloatingIp, createFloatingIp, unbindFloatingIp } from './operations.ts';
import { targets } from './targets.ts';

const port = (id: string, device: string, owner: string, subnet: string) =>
  ({ id, device_id: device, device_owner: owner, fixed_ips: [{ subnet_id: subnet, ip_address: `${id}.1` }] }) as Port;

test('an address leads to servers behind a router to its network', () => {
  const given = {
    external: 'ext',
    ports: [
      port('r', 'router', 'network:router_interface', 'inside'),
      port('a', 'web', 'compute:nova', 'inside'),
      port('b', 'db', 'compute:nova', 'elsewhere'),
      port('c', 'bound', 'compute:nova', 'inside'),
      port('d', 'six', 'compute:nova', 'inside6'),
      port('e', 'foreign', 'compute:nova', 'inside'),
    ],
    subnets: [
      { id: 'inside', ip_version: 4 },
      { id: 'elsewhere', ip_version: 4 },
      { id: 'inside6', ip_version: 6 },
    ] as Subnet[],
    routers: [{ id: 'router', external_gateway_info: { network_id: 'ext' } }] as Router[],
    floatingIps: [{ port_id: 'c' }] as FloatingIp[],
    serverName: (id: string) => (id === 'foreign' ? undefined : id),
  };
  assert.deepEqual(targets(given), [{ port: 'a', server: 'web', address: 'a.1' }]);
  assert.deepEqual(targets({ ...given, external: 'other' }), []);
});

test('binding, and letting go', () => {
  const address = { id: 'f', floating_ip_address: '203.0.113.5' };
  const network = { id: 'n', name: 'public' };
  assert.deepEqual(createFloatingIp({ network, port: '', description: '' }).request.body, {
    floatingip: { floating_network_id: 'n' },
  });
  assert.deepEqual(bindFloatingIp(address, 'p').request.body, { floatingip: { port_id: 'p' } });
  assert.equal(unbindFloatingIp(address).command?.join(' '), 'openstack floating ip unset --port 203.0.113.5');
});
