import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverPorts } from './index.ts';
import { failed, networkCloud } from './testing.ts';

test('subnets: defaults, overlaps, gateways and pools', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network('10.0.0.0/24');
  const subnet = (input: object) =>
    api.post('subnets', { subnet: { network_id: network.id, ip_version: 4, cidr: '10.1.0.0/24', ...input } });
  failed(await subnet({ cidr: '10.0.0.128/25' }), 400, 'InvalidInput');
  failed(await subnet({ cidr: 'nonsense' }), 400, 'HTTPBadRequest');
  failed(await subnet({ cidr: 'fd00::/64' }), 400, 'InvalidInput');
  failed(await subnet({ gateway_ip: '10.9.0.1' }), 400, 'InvalidInput');
  failed(
    await subnet({ gateway_ip: '10.1.0.9', allocation_pools: [{ start: '10.1.0.2', end: '10.1.0.20' }] }),
    409,
    'GatewayConflictWithAllocationPools',
  );
  failed(
    await subnet({ allocation_pools: [{ start: '10.1.0.2', end: '10.1.1.2' }] }),
    400,
    'OutOfBoundsAllocationPool',
  );
  failed(await subnet({ allocation_pools: [{ start: '10.1.0.9', end: '10.1.0.2' }] }), 400, 'InvalidAllocationPool');
  const overlapping = [
    { start: '10.1.0.2', end: '10.1.0.9' },
    { start: '10.1.0.9', end: '10.1.0.12' },
  ];
  failed(await subnet({ allocation_pools: overlapping }), 409, 'OverlappingAllocationPools');
  failed(await subnet({ dns_nameservers: ['x1'] }), 400, 'HTTPBadRequest');
  failed(await subnet({ ipv6_ra_mode: 'slaac' }), 400, 'InvalidInput');
  failed(await subnet({ cidr: '10.1.0.0/31' }), 400, 'InvalidInput');
  failed(await subnet({ nosuch: 1 }), 400, 'BadRequest');
  const none = await subnet({ gateway_ip: null, cidr: '10.1.0.77/24' });
  assert.deepEqual([none.body.subnet.gateway_ip, none.body.subnet.cidr], [null, '10.1.0.0/24']);
  const { id } = none.body.subnet;
  const changed = await api.put(`subnets/${id}`, {
    subnet: {
      gateway_ip: '10.1.0.254',
      allocation_pools: [{ start: '10.1.0.5', end: '10.1.0.6' }],
      enable_dhcp: false,
    },
  });
  assert.deepEqual(changed.body.subnet.allocation_pools, [{ start: '10.1.0.5', end: '10.1.0.6' }]);
  const ports = await api.get(`ports?network_id=${network.id}`);
  assert.equal(ports.body.ports.length, 1);
  assert.equal(ports.body.ports[0].fixed_ips.length, 1);
  assert.equal((await api.del(`subnets/${id}`)).status, 204);
});

test('addresses: chosen, asked for, used up, given back', async (t) => {
  const api = await networkCloud(t);
  const network = await api.make('networks', 'network', {});
  const input = { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24', enable_dhcp: false };
  const subnet = await api.make('subnets', 'subnet', {
    ...input,
    allocation_pools: [
      { start: '10.0.0.10', end: '10.0.0.11' },
      { start: '10.0.0.20', end: '10.0.0.20' },
    ],
  });
  const port = async (body: object = {}) => api.post('ports', { port: { network_id: network.id, ...body } });
  const made: string[] = [];
  for (const expected of ['10.0.0.10', '10.0.0.11', '10.0.0.20']) {
    const { body } = await port();
    assert.equal(body.port.fixed_ips[0].ip_address, expected);
    made.push(body.port.id);
  }
  failed(await port(), 409, 'IpAddressGenerationFailure');
  assert.equal((await port({ fixed_ips: [{ ip_address: '10.0.0.99' }] })).status, 201);
  failed(await port({ fixed_ips: [{ ip_address: '10.0.0.99' }] }), 409, 'IpAddressAlreadyAllocated');
  failed(await port({ fixed_ips: [{ ip_address: '10.0.0.255' }] }), 400, 'InvalidIpForSubnet');
  failed(await port({ fixed_ips: [{ ip_address: '10.7.0.1', subnet_id: subnet.id }] }), 400, 'InvalidIpForSubnet');
  failed(await port({ fixed_ips: [{ ip_address: '10.9.0.1' }] }), 400, 'InvalidIpForNetwork');
  failed(await port({ fixed_ips: [{ subnet_id: network.id }] }), 400, 'InvalidInput');
  assert.deepEqual((await port({ fixed_ips: [] })).body.port.fixed_ips, []);
  assert.equal((await api.del(`ports/${made[0]}`)).status, 204);
  assert.equal((await port()).body.port.fixed_ips[0].ip_address, '10.0.0.10');
  failed(await api.del(`subnets/${subnet.id}`), 409, 'SubnetInUse');
  failed(await api.del(`networks/${network.id}`), 409, 'NetworkInUse');
});

test('IPv6: ports in a subnet with router advertisements address themselves', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const mac = 'fa:16:3e:00:00:01';
  const port = await api.make('ports', 'port', { network_id: network.id, mac_address: mac });
  const slaac = { ip_version: 6, cidr: 'fd00::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
  const subnet = await api.make('subnets', 'subnet', { network_id: network.id, ...slaac });
  const addresses = async (id: string) =>
    (await api.get(`ports/${id}`)).body.port.fixed_ips.map((one: { ip_address: string }) => one.ip_address);
  assert.deepEqual(await addresses(port.id), ['10.0.0.3', 'fd00::f816:3eff:fe00:1']);
  const wrong = { network_id: network.id, fixed_ips: [{ subnet_id: subnet.id, ip_address: 'fd00::9' }] };
  failed(await api.post('ports', { port: wrong }), 400, 'AllocationOnAutoAddressSubnet');
  const stateful = {
    ip_version: 6,
    cidr: 'fd01::/64',
    ipv6_ra_mode: 'dhcpv6-stateful',
    ipv6_address_mode: 'dhcpv6-stateful',
  };
  await api.make('subnets', 'subnet', { network_id: network.id, ...stateful });
  const second = await api.make('ports', 'port', { network_id: network.id, mac_address: 'fa:16:3e:00:00:02' });
  assert.deepEqual(await addresses(second.id), ['10.0.0.4', 'fd01::2', 'fd00::f816:3eff:fe00:2']);
  assert.equal((await api.del(`subnets/${subnet.id}`)).status, 204);
  assert.deepEqual(await addresses(port.id), ['10.0.0.3']);
});

test('a port keeps the addresses that a change names, and loses the others with what hung on them', async (t) => {
  const api = await networkCloud(t);
  const { network, subnet } = await api.network();
  const external = await api.external();
  const router = await api.make('routers', 'router', { external_gateway_info: { network_id: external.network.id } });
  await api.put(`routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const port = await api.make('ports', 'port', { network_id: network.id });
  const floating = await api.make('floatingips', 'floatingip', {
    floating_network_id: external.network.id,
    port_id: port.id,
  });
  const change = (body: object) => api.put(`ports/${port.id}`, { port: body });
  const two = await change({ fixed_ips: [{ subnet_id: subnet.id }, { ip_address: '10.0.0.77' }] });
  assert.deepEqual(
    two.body.port.fixed_ips.map((one: { ip_address: string }) => one.ip_address),
    ['10.0.0.3', '10.0.0.77'],
  );
  assert.equal((await api.get(`floatingips/${floating.id}`)).body.floatingip.port_id, port.id);
  await change({ fixed_ips: [{ ip_address: '10.0.0.77' }] });
  const after = (await api.get(`floatingips/${floating.id}`)).body.floatingip;
  assert.deepEqual([after.port_id, after.router_id, after.status], [null, null, 'DOWN']);
});

test('ports: MACs, security, pairs, options and who may say what', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const post = (body: object, as: 'member' | 'admin' = 'member') =>
    api.post('ports', { port: { network_id: network.id, ...body } }, as);
  const mac = 'fa:16:3e:00:00:01';
  const { port } = (await post({ mac_address: mac, allowed_address_pairs: [{ ip_address: '10.0.0.99' }] })).body;
  assert.deepEqual(port.allowed_address_pairs, [{ ip_address: '10.0.0.99', mac_address: mac }]);
  assert.equal(port.security_groups.length, 1);
  failed(await post({ mac_address: mac }), 409, 'MacAddressInUse');
  failed(await post({ mac_address: '01:00:5e:00:00:01' }), 400, 'HTTPBadRequest');
  failed(
    await post({ port_security_enabled: false, security_groups: port.security_groups }),
    409,
    'PortSecurityPortHasSecurityGroup',
  );
  failed(
    await post({ port_security_enabled: false, allowed_address_pairs: [{ ip_address: '10.0.0.9' }] }),
    409,
    'AddressPairAndPortSecurityRequired',
  );
  failed(await post({ security_groups: [network.id] }), 404, 'SecurityGroupNotFound');
  failed(await post({ 'binding:host_id': 'h' }), 403, 'PolicyNotAuthorized');
  const bound = (await post({ 'binding:host_id': 'h' }, 'admin')).body.port;
  assert.deepEqual([bound['binding:vif_type'], bound['binding:host_id']], ['ovs', 'h']);
  const change = (body: object) => api.put(`ports/${port.id}`, { port: body });
  const options = await change({ extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1300' }] });
  assert.deepEqual(options.body.port.extra_dhcp_opts, [{ opt_name: 'mtu', opt_value: '1300', ip_version: 4 }]);
  const removed = await change({ extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: null }] });
  assert.deepEqual(removed.body.port.extra_dhcp_opts, []);
  failed(await change({ port_security_enabled: false }), 409, 'PortSecurityPortHasSecurityGroup');
  const open = await change({ port_security_enabled: false, security_groups: [], allowed_address_pairs: [] });
  assert.equal(open.body.port.port_security_enabled, false);
  const [metadata] = (await api.get('ports?device_owner=network:distributed')).body.ports;
  failed(await api.put(`ports/${metadata.id}`, { port: { device_id: '' } }), 409, 'PortInUse');
  failed(await api.del(`ports/${metadata.id}`), 409, 'ServicePortInUse');
  assert.equal((await api.del(`ports/${bound.id}`)).status, 204);
  assert.equal((await api.del(`ports/${metadata.id}`)).status, 204);
  const found = await api.get(`ports?fixed_ips=ip_address_substr%3D10.0.0&mac_address=${mac}`);
  assert.equal(found.body.ports.length, 1);
});

test('nobody gets into a server or router by what he writes on a port', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const router = await api.make('routers', 'router', {}, 'other');
  const device = { device_id: router.id, device_owner: 'network:router_interface' };
  failed(await api.post('ports', { port: { network_id: network.id, ...device } }), 400, 'InvalidInput');
  const port = await api.make('ports', 'port', { network_id: network.id });
  failed(await api.put(`ports/${port.id}`, { port: device }), 400, 'InvalidInput');
  const pretended = { device_id: 'server-1', device_owner: 'compute:nova' };
  assert.equal((await api.put(`ports/${port.id}`, { port: pretended })).status, 200);
  assert.equal((await serverPorts(api.app.store.read, ['server-1'])).size, 0);
  await api.put(`ports/${port.id}`, { port: { 'binding:host_id': 'h' } }, 'admin');
  failed(await api.put(`ports/${port.id}`, { port: { device_id: 'server-2' } }), 409, 'PortInUse');
  await api.put(`networks/${network.id}`, { network: { shared: true } }, 'admin');
  const gateway = { subnet_id: (await api.get('subnets')).body.subnets[0].id };
  failed(await api.put(`routers/${router.id}/add_router_interface`, gateway, 'other'), 403, 'PolicyNotAuthorized');
});

test('of two requests for the last address one wins', async (t) => {
  const api = await networkCloud(t);
  const network = await api.make('networks', 'network', {});
  const pool = [{ start: '10.0.0.10', end: '10.0.0.10' }];
  const input = { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24', enable_dhcp: false };
  await api.make('subnets', 'subnet', { ...input, allocation_pools: pool });
  const replies = await Promise.all([1, 2, 3].map(() => api.post('ports', { port: { network_id: network.id } })));
  assert.deepEqual(
    replies.map((reply) => reply.status).toSorted((a, b) => a - b),
    [201, 409, 409],
  );
});

test('security groups: the default one, new ones, their rules', async (t) => {
  const api = await networkCloud(t);
  const [preset] = (await api.get('security-groups')).body.security_groups;
  assert.deepEqual([preset.name, preset.security_group_rules.length], ['default', 4]);
  failed(
    await api.post('security-groups', { security_group: { name: 'default' } }),
    409,
    'SecurityGroupDefaultAlreadyExists',
  );
  failed(
    await api.put(`security-groups/${preset.id}`, { security_group: { name: 'x' } }),
    409,
    'SecurityGroupCannotUpdateDefault',
  );
  failed(await api.del(`security-groups/${preset.id}`), 409, 'SecurityGroupCannotRemoveDefault');
  const group = await api.make('security-groups', 'security_group', { name: 'web' });
  assert.deepEqual(
    group.security_group_rules
      .map((one: { direction: string; ethertype: string }) => `${one.direction} ${one.ethertype}`)
      .toSorted(),
    ['egress IPv4', 'egress IPv6'],
  );
  const rule = {
    security_group_id: group.id,
    direction: 'ingress',
    protocol: 'tcp',
    port_range_min: 80,
    port_range_max: '80',
  };
  const made = await api.make('security-group-rules', 'security_group_rule', rule);
  assert.deepEqual([made.port_range_max, made.ethertype], [80, 'IPv4']);
  failed(
    await api.post('security-group-rules', { security_group_rule: { ...rule, protocol: 6 } }),
    409,
    'SecurityGroupRuleExists',
  );
  failed(await api.post('security-group-rules', { security_group_rule: rule }, 'other'), 404, 'SecurityGroupNotFound');
  const remote = { ...rule, remote_group_id: made.id };
  failed(await api.post('security-group-rules', { security_group_rule: remote }), 404, 'SecurityGroupNotFound');
  failed(await api.get(`security-group-rules/${made.id}`, undefined, 'other'), 404, 'SecurityGroupRuleNotFound');
  assert.equal((await api.get(`security-groups/${group.id}`)).body.security_group.security_group_rules.length, 3);
  assert.equal((await api.get(`security-groups/${group.id}`)).body.security_group.revision_number, 2);
  const { network } = await api.network();
  const port = await api.make('ports', 'port', { network_id: network.id, security_groups: [group.id] });
  failed(await api.del(`security-groups/${group.id}`), 409, 'SecurityGroupInUse');
  await api.del(`ports/${port.id}`);
  assert.equal((await api.del(`security-group-rules/${made.id}`)).status, 204);
  assert.equal((await api.del(`security-groups/${group.id}`)).status, 204);
});
