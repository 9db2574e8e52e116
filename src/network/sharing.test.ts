import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, networkCloud } from './testing.ts';

test('what is shared is seen and used by those it is shared with, and stays while they use it', async (t) => {
  const api = await networkCloud(t);
  const { network, subnet } = await api.network();
  failed(await api.get(`networks/${network.id}`, undefined, 'other'), 404, 'NetworkNotFound');
  const policy = {
    object_type: 'network',
    object_id: network.id,
    action: 'access_as_shared',
    target_tenant: 'project-other',
  };
  failed(await api.post('rbac-policies', { rbac_policy: policy }, 'other'), 400, 'InvalidInput');
  failed(
    await api.post('rbac-policies', { rbac_policy: { ...policy, target_tenant: '*' } }),
    403,
    'PolicyNotAuthorized',
  );
  const rbac = await api.make('rbac-policies', 'rbac_policy', policy);
  assert.deepEqual(Object.keys(rbac).toSorted(), [
    'action',
    'id',
    'object_id',
    'object_type',
    'project_id',
    'target_tenant',
    'tenant_id',
  ]);
  failed(await api.post('rbac-policies', { rbac_policy: policy }), 409, 'DuplicateRbacPolicy');
  assert.equal((await api.get(`networks/${network.id}`, undefined, 'other')).body.network.shared, true);
  assert.equal((await api.get(`networks/${network.id}`)).body.network.shared, false);
  assert.equal((await api.get('networks?shared=true', undefined, 'other')).body.networks.length, 1);
  assert.equal((await api.get(`subnets/${subnet.id}`, undefined, 'other')).status, 200);
  const port = await api.make('ports', 'port', { network_id: network.id }, 'other');
  failed(await api.del(`rbac-policies/${rbac.id}`), 409, 'RbacPolicyInUse');
  failed(await api.put(`rbac-policies/${rbac.id}`, { rbac_policy: { target_tenant: 'x' } }), 409, 'RbacPolicyInUse');
  assert.equal((await api.del(`ports/${port.id}`, undefined, 'other')).status, 204);
  assert.equal((await api.del(`rbac-policies/${rbac.id}`)).status, 204);
  failed(await api.get(`networks/${network.id}`, undefined, 'other'), 404, 'NetworkNotFound');

  // The attributes of old are policies for everybody.
  await api.put(`networks/${network.id}`, { network: { shared: true } }, 'admin');
  const [all] = (await api.get(`rbac-policies?object_id=${network.id}`, undefined, 'admin')).body.rbac_policies;
  assert.equal(all.target_tenant, '*');
  assert.equal((await api.del(`rbac-policies/${all.id}`, undefined, 'admin')).status, 204);
  assert.equal((await api.get(`networks/${network.id}`, undefined, 'admin')).body.network.shared, false);

  const group = await api.make('security-groups', 'security_group', { name: 'web' });
  const share = { object_type: 'security_group', object_id: group.id, action: 'access_as_shared' };
  await api.make('rbac-policies', 'rbac_policy', { ...share, target_tenant: 'project-other' });
  assert.equal((await api.get(`security-groups/${group.id}`, undefined, 'other')).body.security_group.shared, true);
  failed(await api.del(`security-groups/${group.id}`, undefined, 'other'), 403, 'PolicyNotAuthorized');
  assert.equal((await api.del(`security-groups/${group.id}`)).status, 204);
  assert.deepEqual((await api.get('rbac-policies')).body.rbac_policies, []);
});

test('address groups and default rules make up security groups', async (t) => {
  const api = await networkCloud(t);
  const list = await api.make('address-groups', 'address_group', { name: 'offices', addresses: ['192.0.2.7/32'] });
  assert.deepEqual(list.addresses, ['192.0.2.7/32']);
  const more = await api.put(`address-groups/${list.id}/add_addresses`, { addresses: ['2001:db8::/32'] });
  assert.deepEqual(more.body.address_group.addresses, ['192.0.2.7/32', '2001:db8::/32']);
  failed(
    await api.put(`address-groups/${list.id}/remove_addresses`, { addresses: ['10.0.0.0/8'] }),
    404,
    'AddressesNotFound',
  );
  const group = await api.make('security-groups', 'security_group', { name: 'web' });
  const rule = { security_group_id: group.id, direction: 'ingress', remote_address_group_id: list.id };
  const made = await api.make('security-group-rules', 'security_group_rule', rule);
  assert.equal(made.remote_address_group_id, list.id);
  const both = { ...rule, remote_ip_prefix: '10.0.0.0/8' };
  failed(
    await api.post('security-group-rules', { security_group_rule: both }),
    400,
    'SecurityGroupMultipleRemoteEntites',
  );
  failed(await api.del(`address-groups/${list.id}`), 409, 'AddressGroupInUse');

  const first = { direction: 'ingress', protocol: 'tcp', port_range_min: 22, port_range_max: 22 };
  failed(await api.post('default-security-group-rules', { default_security_group_rule: first }), 403, 'Forbidden');
  await api.make('default-security-group-rules', 'default_security_group_rule', first, 'admin');
  failed(
    await api.post('default-security-group-rules', { default_security_group_rule: first }, 'admin'),
    409,
    'DefaultSecurityGroupRuleExists',
  );
  const next = await api.make('security-groups', 'security_group', { name: 'next' });
  const directions = next.security_group_rules.map((one: { direction: string }) => one.direction).toSorted();
  assert.deepEqual(directions, ['egress', 'egress', 'ingress']);
});

test('address scopes keep pools apart; pools take prefixes and whole networks', async (t) => {
  const api = await networkCloud(t);
  const scope = await api.make('address-scopes', 'address_scope', { name: 's', ip_version: 4 });
  const pool = { name: 'p', prefixes: ['10.0.0.0/9', '10.128.0.0/9'], address_scope_id: scope.id };
  const made = await api.make('subnetpools', 'subnetpool', { ...pool, default_prefixlen: 24 });
  assert.deepEqual(made.prefixes, ['10.0.0.0/8']);
  failed(await api.post('subnetpools', { subnetpool: pool }), 409, 'AddressScopePrefixConflict');
  failed(await api.del(`address-scopes/${scope.id}`), 409, 'AddressScopeInUse');
  const cut = await api.put(`subnetpools/${made.id}/remove_prefixes`, { prefixes: ['10.64.0.0/10'] });
  assert.deepEqual(cut.body.prefixes, ['10.0.0.0/10', '10.128.0.0/9']);
  const network = await api.make('networks', 'network', {});
  const input = { network_id: network.id, ip_version: 4 };
  await api.make('subnets', 'subnet', { ...input, subnetpool_id: made.id });
  assert.equal((await api.get(`networks/${network.id}`)).body.network.ipv4_address_scope, scope.id);
  failed(
    await api.post('subnets', { subnet: { ...input, cidr: '192.168.0.0/24' } }),
    400,
    'NetworkSubnetPoolAffinityError',
  );
  const { network: other, subnet } = await api.network('172.20.0.0/24');
  const onboarded = await api.put(`subnetpools/${made.id}/onboard_network_subnets`, { network_id: other.id });
  assert.deepEqual(onboarded.body.subnets, [{ id: subnet.id, cidr: '172.20.0.0/24' }]);
  assert.deepEqual((await api.get(`subnetpools/${made.id}`)).body.subnetpool.prefixes, [
    '10.0.0.0/10',
    '10.128.0.0/9',
    '172.20.0.0/24',
  ]);
});

test('a project gets its network in one call, once administrators have named the defaults', async (t) => {
  const api = await networkCloud(t);
  failed(await api.get('auto-allocated-topology/null'), 409, 'AutoAllocationFailure');
  const external = await api.external();
  await api.put(`networks/${external.network.id}`, { network: { is_default: true } }, 'admin');
  const pool = { name: 'p', prefixes: ['10.0.0.0/8'], default_prefixlen: 24, is_default: true, shared: true };
  await api.make('subnetpools', 'subnetpool', pool, 'admin');
  assert.equal(
    (await api.get('auto-allocated-topology/null?fields=dry-run')).body.auto_allocated_topology.id,
    'dry-run=pass',
  );
  const first = (await api.get('auto-allocated-topology/null')).body.auto_allocated_topology;
  assert.deepEqual((await api.get('auto-allocated-topology/null')).body.auto_allocated_topology, first);
  assert.equal((await api.get('routers')).body.routers.length, 1);
  assert.equal((await api.del('auto-allocated-topology/null')).status, 204);
  assert.deepEqual((await api.get('routers')).body.routers, []);
  failed(await api.get(`networks/${first.id}`), 404, 'NetworkNotFound');
});
