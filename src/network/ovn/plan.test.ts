import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OWNER } from '../tables.ts';
import { ruleAcl } from './acl.ts';
import { rankFor } from './hash.ts';
import { planOvn } from './plan.ts';
import type { NetworkRows, RuleRow } from './rows.ts';
import { cloudRows, portRow, subnetRow } from './testing.ts';

const first = <T>(map: Map<string, T>): T => {
  const [value] = map.values();
  assert.ok(value !== undefined);
  return value;
};

/** One project's network with one more port. */
function withPort(more: Partial<NetworkRows['ports'][number]>, addresses: string[] = ['10.0.1.99']): NetworkRows {
  const rows = cloudRows(10);
  const network = rows.networks[1];
  const subnet = rows.subnets[1];
  assert.ok(network && subnet);
  rows.ports.push(portRow({ id: 'p', network_id: network.id, mac_address: 'fa:16:3e:00:00:99', ...more }));
  for (const address of addresses) rows.addresses.push({ port_id: 'p', subnet_id: subnet.id, address });
  return rows;
}

const rule = (more: Partial<RuleRow>): RuleRow => ({
  id: 'r',
  security_group_id: 'a-b',
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  remote_address_group_id: null,
  ...more,
});

test('security group rules as match expressions', () => {
  const match = (more: Partial<RuleRow>) => ruleAcl(rule(more), true).match;
  assert.equal(match({}), 'outport == @pg_a_b && ip4');
  assert.equal(match({ direction: 'egress', ethertype: 'IPv6' }), 'inport == @pg_a_b && ip6');
  const tcp = { protocol: 'tcp', port_range_min: 80, port_range_max: 80 };
  assert.equal(match(tcp), 'outport == @pg_a_b && ip4 && tcp && tcp.dst == 80');
  assert.equal(match({ ...tcp, protocol: '6' }), 'outport == @pg_a_b && ip4 && tcp && tcp.dst == 80');
  assert.equal(
    match({ ...tcp, protocol: 'udp', port_range_max: 90 }),
    'outport == @pg_a_b && ip4 && udp && udp.dst >= 80 && udp.dst <= 90',
  );
  assert.equal(
    match({ protocol: 'icmp', port_range_min: 8, port_range_max: 0 }),
    'outport == @pg_a_b && ip4 && icmp4 && icmp4.type == 8 && icmp4.code == 0',
  );
  assert.equal(
    match({ ethertype: 'IPv6', protocol: 'ipv6-icmp', port_range_min: 128 }),
    'outport == @pg_a_b && ip6 && icmp6 && icmp6.type == 128',
  );
  assert.equal(match({ protocol: 'vrrp' }), 'outport == @pg_a_b && ip4 && ip.proto == 112');
  assert.equal(match({ remote_ip_prefix: '10.1.2.3/8' }), 'outport == @pg_a_b && ip4 && ip4.src == 10.0.0.0/8');
  assert.equal(match({ remote_ip_prefix: '0.0.0.0/0' }), 'outport == @pg_a_b && ip4');
  assert.equal(
    match({ direction: 'egress', remote_group_id: 'c-d' }),
    'inport == @pg_a_b && ip4 && ip4.dst == $pg_c_d_ip4',
  );
  assert.equal(ruleAcl(rule({}), false).action, 'allow-stateless');
});

test('a server port: addresses, checks, DHCP, and the host it belongs to', () => {
  const pairs = JSON.stringify([
    { mac_address: 'fa:16:3e:00:00:99', ip_address: '10.0.1.200' },
    { mac_address: '00:00:5e:00:01:01', ip_address: '10.0.1.201' },
  ]);
  const plan = planOvn(withPort({ allowed_address_pairs: pairs, dns_name: 'web', binding_host_id: 'host-1' }));
  const port = plan.Logical_Switch_Port.get('p');
  assert.deepEqual(port?.addresses, ['fa:16:3e:00:00:99 10.0.1.99', '00:00:5e:00:01:01']);
  assert.deepEqual(port.port_security, ['fa:16:3e:00:00:99 10.0.1.99 10.0.1.200', '00:00:5e:00:01:01 10.0.1.201']);
  assert.deepEqual(port.options, { 'requested-chassis': 'chassis-1' });
  const options = plan.DHCP_Options.get(port.dhcpv4_options[0] ?? '');
  assert.equal(options?.cidr, '10.0.1.0/24');
  assert.equal(options.options['router'], '10.0.1.1');
  assert.equal(options.options['dns_server'], '{9.9.9.9}');
  assert.equal(options.options['classless_static_route'], '{169.254.169.254/32,10.0.1.2, 0.0.0.0/0,10.0.1.1}');
  assert.ok(plan.Port_Group.get('neutron_pg_drop')?.ports.includes('p'));
});

test('without port security there are no checks and no default drop', () => {
  const plan = planOvn(withPort({ port_security_enabled: 0 }));
  const port = plan.Logical_Switch_Port.get('p');
  assert.deepEqual(port?.port_security, []);
  assert.deepEqual(port.addresses, ['fa:16:3e:00:00:99 10.0.1.99', 'unknown']);
  assert.ok(!plan.Port_Group.get('neutron_pg_drop')?.ports.includes('p'));
});

test('extra DHCP options make options of the port’s own; DHCP can be switched off', () => {
  const extra = [
    { opt_name: 'bootfile-name', opt_value: 'pxelinux.0', ip_version: 4 },
    { opt_name: '121', opt_value: '10.9.0.0/16,10.0.1.7', ip_version: 4 },
    { opt_name: 'no-such-option', opt_value: '1', ip_version: 4 },
  ];
  const plan = planOvn(withPort({ extra_dhcp_opts: JSON.stringify(extra) }));
  const port = plan.Logical_Switch_Port.get('p');
  assert.deepEqual(port?.dhcpv4_options, ['p-v4']);
  const options = plan.DHCP_Options.get('p-v4')?.options ?? {};
  assert.equal(options['bootfile_name'], '"pxelinux.0"');
  assert.equal(
    options['classless_static_route'],
    '{169.254.169.254/32,10.0.1.2, 0.0.0.0/0,10.0.1.1, 10.9.0.0/16,10.0.1.7}',
  );
  const off = JSON.stringify([{ opt_name: 'dhcp_disabled', opt_value: 'true', ip_version: 4 }]);
  assert.deepEqual(planOvn(withPort({ extra_dhcp_opts: off })).Logical_Switch_Port.get('p')?.dhcpv4_options, []);
});

test('a router: gateway on a ranked group of hosts, source NAT, floating addresses, routes', () => {
  const rows = cloudRows(10);
  const [router] = rows.routers;
  assert.ok(router);
  router.routes = JSON.stringify([{ destination: '192.168.0.0/16', nexthop: '10.0.1.50' }]);
  const plan = planOvn(rows);
  const planned = first(plan.Logical_Router);
  assert.equal(planned.ports.length, 2);
  const gateway = plan.Logical_Router_Port.get(router.gateway_port_id ?? '');
  assert.deepEqual(gateway?.networks, ['172.24.0.3/16']);
  assert.deepEqual(gateway.ha_chassis_group, [router.id]);
  assert.deepEqual(gateway.options, { gateway_mtu: '1442' });
  assert.equal(first(plan.HA_Chassis_Group).ha_chassis.length, 3);
  assert.deepEqual(
    [...plan.NAT.values()].map((nat) => [nat.type, nat.external_ip, nat.logical_ip]),
    [
      ['snat', '172.24.0.3', '10.0.1.0/24'],
      ['dnat_and_snat', '172.24.128.4', '10.0.1.10'],
      ['dnat_and_snat', '172.24.128.9', '10.0.1.15'],
    ],
  );
  assert.deepEqual(
    [...plan.Logical_Router_Static_Route.values()].map((route) => [route.ip_prefix, route.nexthop]),
    [
      ['0.0.0.0/0', '172.24.0.1'],
      ['192.168.0.0/16', '10.0.1.50'],
    ],
  );
  const lsp = plan.Logical_Switch_Port.get(router.gateway_port_id ?? '');
  assert.deepEqual(lsp?.options['router-port'], `lrp-${router.gateway_port_id}`);
  assert.equal(lsp.options['nat-addresses'], 'router');

  rows.routers[0] = { ...router, enable_snat: 0 };
  assert.ok(![...planOvn(rows).NAT.values()].some((nat) => nat.type === 'snat'));
  assert.equal(planOvn({ ...rows, chassis: new Map() }).HA_Chassis_Group.size, 0, 'no hosts yet, no gateway group');

  const [wired, ...others] = [...new Set(rows.chassis.values())];
  const reach = new Map([[wired ?? '', ['public']], ...others.map((one): [string, string[]] => [one, []])]);
  const outside = [...planOvn({ ...rows, reach }).HA_Chassis.values()].map((one) => one.chassis_name);
  assert.deepEqual([...new Set(outside)], [wired], 'only a host on the wire is a gateway to it');
});

test('IPv6: advertisements as the subnet says, DHCPv6 unless addresses come from them', () => {
  const rows = cloudRows(10);
  const network = rows.networks[1]?.id ?? '';
  const server = rows.ports.find((port) => port.device_owner === 'compute:nova')?.id ?? '';
  const inner = rows.ports.find((port) => port.device_owner === OWNER.routerInterface)?.id ?? '';
  const plan = (mode: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless') => {
    const more = { ip_version: 6, ipv6_ra_mode: mode, ipv6_address_mode: mode } as const;
    const subnet = subnetRow({ id: 's6', network_id: network, cidr: 'fd00::/64', gateway_ip: 'fd00::1', ...more });
    const dns = { ...subnet, dns_nameservers: '["2620:fe::fe"]' };
    const addresses = [
      { port_id: inner, subnet_id: 's6', address: 'fd00::1' },
      { port_id: server, subnet_id: 's6', address: 'fd00::99' },
    ];
    return planOvn({ ...rows, subnets: [...rows.subnets, dns], addresses: [...rows.addresses, ...addresses] });
  };
  const slaac = plan('slaac');
  assert.deepEqual(slaac.Logical_Router_Port.get(inner)?.ipv6_ra_configs, {
    address_mode: 'slaac',
    mtu: '1442',
    send_periodic: 'true',
    rdnss: '2620:fe::fe',
  });
  assert.deepEqual(slaac.Logical_Switch_Port.get(server)?.dhcpv6_options, []);
  const stateful = plan('dhcpv6-stateful');
  assert.equal(stateful.Logical_Router_Port.get(inner)?.ipv6_ra_configs['address_mode'], 'dhcpv6_stateful');
  assert.deepEqual(stateful.Logical_Switch_Port.get(server)?.dhcpv6_options, ['s6']);
  assert.equal(plan('dhcpv6-stateless').DHCP_Options.get('s6')?.options['dhcpv6_stateless'], 'true');
});

test('the network’s own ports: metadata is a localport, floating addresses’ holders are nothing', () => {
  const plan = planOvn(withPort({ device_owner: OWNER.metadata, port_security_enabled: 0 }));
  assert.equal(plan.Logical_Switch_Port.get('p')?.type, 'localport');
  assert.equal(planOvn(withPort({ device_owner: OWNER.floatingIp })).Logical_Switch_Port.get('p'), undefined);
  const localnet = [...plan.Logical_Switch_Port.values()].find((port) => port.type === 'localnet');
  assert.deepEqual(localnet?.options, { network_name: 'public' });
});

test('a host that comes moves only the gateways that it takes', () => {
  const hosts = Array.from({ length: 20 }, (_, host) => `host-${host}`);
  const routers = Array.from({ length: 1000 }, (_, router) => `router-${router}`);
  const before = routers.map((router) => rankFor(router, hosts)[0]);
  const after = routers.map((router) => rankFor(router, [...hosts, 'new'])[0]);
  const moved = after.filter((host, index) => host !== before[index]);
  assert.ok(moved.every((host) => host === 'new'));
  assert.ok(moved.length > 20 && moved.length < 90, `${moved.length} of 1000`);
  const most = Math.max(...hosts.map((host) => before.filter((one) => one === host).length));
  assert.ok(most < 90, `${most} of 1000 on one of 20`);
});
