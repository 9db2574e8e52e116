import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, networkCloud } from './testing.ts';

test('QoS policies: rules, what they are put on, and the default', async (t) => {
  const api = await networkCloud(t);
  failed(await api.post('qos/policies', { policy: { name: 'mine' } }), 403, 'PolicyNotAuthorized');
  const policy = await api.make('qos/policies', 'policy', { name: 'slow', shared: true }, 'admin');
  const rules = `qos/policies/${policy.id}/bandwidth_limit_rules`;
  const limit = { max_kbps: 1000, max_burst_kbps: 500 };
  const made = await api.make(rules, 'bandwidth_limit_rule', limit, 'admin');
  assert.deepEqual(made, { id: made.id, ...limit, direction: 'egress', qos_policy_id: policy.id });
  failed(await api.post(rules, { bandwidth_limit_rule: limit }, 'admin'), 409, 'QoSRuleParameterConflict');
  await api.make(`qos/policies/${policy.id}/dscp_marking_rules`, 'dscp_marking_rule', { dscp_mark: '26' }, 'admin');
  failed(
    await api.post(`qos/policies/${policy.id}/dscp_marking_rules`, { dscp_marking_rule: { dscp_mark: 7 } }, 'admin'),
    400,
    'HTTPBadRequest',
  );
  const minimum = `qos/policies/${policy.id}/minimum_bandwidth_rules`;
  failed(
    await api.post(minimum, { minimum_bandwidth_rule: { min_kbps: 2000 } }, 'admin'),
    409,
    'QoSRuleParameterConflict',
  );
  failed(
    await api.post(minimum, { minimum_bandwidth_rule: { min_kbps: 5, direction: 'ingress' } }, 'admin'),
    400,
    'QosRuleNotSupported',
  );
  const changed = await api.put(
    `qos/alias_bandwidth_limit_rules/${made.id}`,
    { alias_bandwidth_limit_rule: { max_kbps: 2000 } },
    'admin',
  );
  assert.equal(changed.body.alias_bandwidth_limit_rule.max_kbps, 2000);
  const shown = (await api.get(`qos/policies/${policy.id}`)).body.policy;
  assert.deepEqual(
    shown.rules.map((rule: { type: string }) => rule.type),
    ['bandwidth_limit', 'dscp_marking'],
  );

  const { network } = await api.network('10.0.0.0/24', 'member', { qos_policy_id: policy.id });
  const port = await api.make('ports', 'port', { network_id: network.id });
  assert.deepEqual([port.qos_policy_id, port.qos_network_policy_id], [null, policy.id]);
  failed(await api.del(`qos/policies/${policy.id}`, undefined, 'admin'), 409, 'QosPolicyInUse');
  await api.put(`networks/${network.id}`, { network: { qos_policy_id: null } });
  assert.equal((await api.del(`qos/policies/${policy.id}`, undefined, 'admin')).status, 204);

  const own = { name: 'default', is_default: true, project_id: 'project-demo' };
  const preset = await api.make('qos/policies', 'policy', own, 'admin');
  failed(await api.post('qos/policies', { policy: own }, 'admin'), 409, 'QoSPolicyDefaultAlreadyExists');
  assert.equal((await api.make('networks', 'network', {})).qos_policy_id, preset.id);
});

test('ports of a floating address lead to ports of servers', async (t) => {
  const api = await networkCloud(t);
  const external = await api.external();
  const { network, subnet } = await api.network();
  const port = await api.make('ports', 'port', { network_id: network.id });
  const floating = await api.make('floatingips', 'floatingip', { floating_network_id: external.network.id });
  const path = `floatingips/${floating.id}/port_forwardings`;
  const input = { protocol: 'tcp', external_port: 2222, internal_port: 22, internal_port_id: port.id };
  failed(await api.post(path, { port_forwarding: input }), 404, 'ExternalGatewayForFloatingIPNotFound');
  const router = await api.make('routers', 'router', { external_gateway_info: { network_id: external.network.id } });
  await api.put(`routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const made = await api.make(path, 'port_forwarding', input);
  assert.deepEqual(
    [made.external_port, made.external_port_range, made.internal_ip_address],
    [2222, '2222:2222', port.fixed_ips[0].ip_address],
  );
  failed(await api.post(path, { port_forwarding: input }), 400, 'BadRequest');
  const ranges = { ...input, external_port: undefined, internal_port: undefined };
  failed(
    await api.post(path, {
      port_forwarding: { ...ranges, external_port_range: '80:90', internal_port_range: '80:81' },
    }),
    400,
    'InvalidInput',
  );
  const shown = (await api.get(`floatingips/${floating.id}`)).body.floatingip;
  assert.deepEqual([shown.router_id, shown.status, shown.port_forwardings.length], [router.id, 'ACTIVE', 1]);
  failed(
    await api.put(`floatingips/${floating.id}`, { floatingip: { port_id: port.id } }),
    409,
    'FloatingIPPortForwardingInUse',
  );
  failed(await api.del(`ports/${port.id}`), 409, 'ServicePortInUse');
  failed(
    await api.put(`routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id }),
    409,
    'RouterInterfaceInUseByFloatingIP',
  );
  failed(await api.get(path, undefined, 'other'), 404, 'FloatingIPNotFound');
  const moved = await api.put(`${path}/${made.id}`, { port_forwarding: { external_port: 2200 } });
  assert.equal(moved.body.port_forwarding.external_port, 2200);
  assert.equal((await api.get(`${path}?external_port=2200`)).body.port_forwardings.length, 1);
  assert.equal((await api.del(`${path}/${made.id}`)).status, 204);
  assert.equal((await api.get(`floatingips/${floating.id}`)).body.floatingip.router_id, null);
});

test('names of ports, a fresh MAC address, zones and agents', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network('10.0.0.0/24', 'member', { dns_domain: 'Example.org.' });
  const port = await api.make('ports', 'port', { network_id: network.id, dns_name: 'Web' });
  const address = port.fixed_ips[0].ip_address;
  assert.deepEqual(port.dns_assignment, [{ hostname: 'web', ip_address: address, fqdn: 'web.example.org.' }]);
  const nameless = await api.make('ports', 'port', { network_id: network.id });
  assert.equal(nameless.dns_assignment[0].hostname, 'host-10-0-0-4');
  failed(await api.post('ports', { port: { network_id: network.id, dns_name: 'a b' } }), 400, 'HTTPBadRequest');
  const fresh = await api.put(`ports/${port.id}`, { port: { mac_address: null } }, 'admin');
  assert.notEqual(fresh.body.port.mac_address, port.mac_address);
  failed(
    await api.post('networks', { network: { availability_zone_hints: ['moon'] } }),
    404,
    'AvailabilityZoneNotFound',
  );
  assert.deepEqual((await api.get('agents')).body, { agents: [] });
  assert.deepEqual((await api.get('agents', undefined, 'admin')).body, { agents: [] });
});
