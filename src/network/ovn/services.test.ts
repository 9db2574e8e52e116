import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QosRulesTable } from '../tables.ts';
import { planOvn } from './plan.ts';
import type { NetworkRows } from './rows.ts';
import { cloudRows } from './testing.ts';

const limit = (policy: string, more: Partial<QosRulesTable>): QosRulesTable => ({
  id: `${policy} ${more.kind} ${more.direction}`,
  qos_policy_id: policy,
  kind: 'bandwidth_limit',
  direction: 'egress',
  kbps: null,
  burst_kbits: null,
  dscp_mark: null,
  ...more,
});

/** One project's server port, its network, its router and its floating address. */
function parts(rows: NetworkRows) {
  const [port] = rows.ports.filter((one) => one.device_owner === 'compute:nova');
  const network = rows.networks.find((one) => one.id === port?.network_id);
  const [router] = rows.routers;
  const [floating] = rows.floatingIps;
  assert.ok(port && network && router && floating);
  return { port, network, router, floating };
}

test('limits and marks: a port’s own policy, its network’s, the router’s and the floating address’s', () => {
  const rows = cloudRows(10);
  const { port, network, router, floating } = parts(rows);
  rows.qosRules.push(
    limit('p', { kbps: 1000, burst_kbits: 0 }),
    limit('p', { kbps: 2000, burst_kbits: 300, direction: 'ingress' }),
    limit('p', { kind: 'dscp_marking', dscp_mark: 26 }),
    limit('n', { kind: 'minimum_bandwidth', kbps: 50 }),
  );
  port.qos_policy_id = 'p';
  network.qos_policy_id = 'n';
  router.gateway_qos_policy_id = 'p';
  floating.qos_policy_id = 'p';
  const plan = planOvn(rows);
  const own = plan.QoS.get(`${port.id} from-lport`);
  assert.deepEqual(
    [own?.match, own?.bandwidth, own?.action],
    [`inport == "${port.id}"`, { rate: 1000, burst: 800 }, { dscp: 26 }],
  );
  assert.deepEqual(plan.QoS.get(`${port.id} to-lport`)?.bandwidth, { rate: 2000, burst: 300 });
  const other = rows.ports.find((one) => one.network_id === network.id && one !== port && one.binding_host_id !== '');
  assert.equal(plan.Logical_Switch_Port.get(other?.id ?? '')?.options['qos_min_rate'], '50000');
  assert.equal(plan.Logical_Switch_Port.get(port.id)?.options['qos_min_rate'], undefined);
  assert.equal(plan.Logical_Switch.get(network.id)?.qos_rules.length, 2);
  const public_ = plan.Logical_Switch.get(floating.floating_network_id);
  assert.equal(public_?.qos_rules.length, 4);
  const gateway = router.gateway_port_id ?? '';
  assert.equal(
    plan.QoS.get(`${floating.id} to-lport`)?.match,
    `outport == "${gateway}" && ip4.dst == ${floating.floating_ip_address} && is_chassis_resident("cr-lrp-${gateway}")`,
  );
});

test('forwarded ports are load balancers of the router', () => {
  const rows = cloudRows(10);
  const { port, router, floating } = parts(rows);
  const forwarding = { floating_ip_id: floating.id, internal_port_id: port.id, internal_ip_address: '10.0.1.10' };
  rows.floatingIps[0] = { ...floating, port_id: null, fixed_ip_address: null };
  rows.forwardings.push(
    {
      ...forwarding,
      id: 'a',
      protocol: 'tcp',
      external_first: 2222,
      external_last: 2222,
      internal_first: 22,
      internal_last: 22,
    },
    {
      ...forwarding,
      id: 'b',
      protocol: 'udp',
      external_first: 50,
      external_last: 51,
      internal_first: 60,
      internal_last: 61,
    },
  );
  const plan = planOvn(rows);
  const keys = plan.Logical_Router.get(router.id)?.load_balancer ?? [];
  const address = floating.floating_ip_address;
  assert.deepEqual(
    keys.map((key) => plan.Load_Balancer.get(key)?.vips),
    [{ [`${address}:2222`]: '10.0.1.10:22' }, { [`${address}:50`]: '10.0.1.10:60', [`${address}:51`]: '10.0.1.10:61' }],
  );
  assert.ok(!plan.NAT.has(floating.id));
});

test('names of a network’s ports, short, full and backwards', () => {
  const rows = cloudRows(10);
  const { port, network } = parts(rows);
  port.dns_name = 'web';
  const records = planOvn(rows).DNS.get(network.id)?.records ?? {};
  assert.equal(records['web'], '10.0.1.10');
  assert.equal(records['web.openstacklocal'], '10.0.1.10');
  assert.equal(records['10.1.0.10.in-addr.arpa'], 'web.openstacklocal');
  assert.equal(records['host-10-0-1-11'], '10.0.1.11');
  network.dns_domain = 'example.org.';
  const plan = planOvn(rows);
  assert.equal(plan.DNS.get(network.id)?.records['web.example.org'], '10.0.1.10');
  const [subnet] = rows.subnets.filter((one) => one.network_id === network.id);
  assert.equal(plan.DHCP_Options.get(subnet?.id ?? '')?.options['domain_name'], '"example.org"');
});

test('address scopes: no translation within one, no way between two; address groups are sets', () => {
  const rows = cloudRows(20);
  const { router, network } = parts(rows);
  const [outside, first, second] = rows.subnets;
  const [, , otherNetwork] = rows.networks;
  assert.ok(outside && first && second && otherNetwork);
  first.subnetpool_id = 'pool-a';
  second.subnetpool_id = 'pool-b';
  outside.subnetpool_id = 'pool-a';
  // The second project's network hangs on the first one's router, too.
  const inner = rows.ports.find(
    (one) => one.device_owner === 'network:router_interface' && one.device_id !== router.id,
  );
  assert.ok(inner);
  inner.device_id = router.id;
  const scopes = new Map([
    ['pool-a', 'scope-a'],
    ['pool-b', 'scope-b'],
  ]);
  const plan = planOvn({ ...rows, scopes });
  const sources = [...plan.NAT.values()].filter((nat) => nat.type === 'snat').map((nat) => nat.logical_ip);
  assert.deepEqual(sources, [second.cidr]);
  assert.deepEqual(
    plan.Logical_Router.get(router.id)?.policies.map((key) => plan.Logical_Router_Policy.get(key)?.match),
    [`ip4.src == ${first.cidr} && ip4.dst == ${second.cidr}`, `ip4.src == ${second.cidr} && ip4.dst == ${first.cidr}`],
  );

  const [rule] = rows.rules.filter((one) => one.direction === 'ingress' && one.protocol === 'tcp');
  assert.ok(rule);
  Object.assign(rule, { remote_ip_prefix: null, remote_address_group_id: 'g-1' });
  rows.addressGroups.push({ id: 'g-1', addresses: '["192.0.2.0/24", "2001:db8::/32"]' });
  const groups = planOvn(rows);
  assert.match(groups.ACL.get(rule.id)?.match ?? '', /ip4\.src == \$ag_g_1_ip4/);
  assert.deepEqual(groups.Address_Set.get('ag_g_1_ip4')?.addresses, ['192.0.2.0/24']);
  assert.equal(groups.Logical_Switch.get(network.id)?.dns_records.length, 1);
});

test('a routed network has a port to each of its wires', () => {
  const rows = cloudRows(10);
  const [network] = rows.networks;
  assert.ok(network);
  const wire = { network_id: network.id, network_type: 'vlan' } as const;
  rows.segments.push(
    { ...wire, id: 's1', network_type: 'flat', physical_network: 'public', segmentation_id: null },
    { ...wire, id: 's2', physical_network: 'rack2', segmentation_id: 7 },
  );
  const localnets = [...planOvn(rows).Logical_Switch_Port.values()].filter((port) => port.type === 'localnet');
  assert.deepEqual(
    localnets.map((port) => [port.name, port.options['network_name'], port.tag_request]),
    [
      [`provnet-${network.id}`, 'public', []],
      ['provnet-s2', 'rack2', [7]],
    ],
  );
});
