import type { Case, MakeThings } from './case.ts';

const V2 = '/network/v2.0';

/** A project's network with all that can hang on it; what administrators alone make. */
export const networkThings: MakeThings = async ({ make, places }) => {
  const { projectId, otherProjectId } = places;
  const by =
    (as: 'project-member' | 'admin') =>
    async (path: string, singular: string, input: object): Promise<string> =>
      (await make(as, 'POST', `${V2}/${path}`, { [singular]: input }))[singular].id as string;
  const own = by('project-member');
  const admin = by('admin');
  const network = await own('networks', 'network', { name: 'net' });
  const spare = await own('networks', 'network', { name: 'spare' });
  const bare = await own('networks', 'network', { name: 'bare' });
  const subnet = await own('subnets', 'subnet', { network_id: network, ip_version: 4, cidr: '10.1.0.0/24' });
  const unused = await own('subnets', 'subnet', { network_id: spare, ip_version: 4, cidr: '10.2.0.0/24' });
  const port = await own('ports', 'port', { network_id: network });
  const free = await own('ports', 'port', { network_id: network });
  const router = await own('routers', 'router', { name: 'r' });
  const lonely = await own('routers', 'router', { name: 'lonely' });
  const external = await admin('networks', 'network', {
    ...{ name: 'public', 'router:external': true, 'provider:network_type': 'flat' },
    'provider:physical_network': 'public',
  });
  await admin('subnets', 'subnet', { network_id: external, ip_version: 4, cidr: '192.0.2.0/24', enable_dhcp: false });
  await make('project-member', 'PUT', `${V2}/routers/${router}/add_router_interface`, { subnet_id: subnet });
  await make('project-member', 'PUT', `${V2}/routers/${router}`, {
    router: { external_gateway_info: { network_id: external } },
  });
  const floating = await own('floatingips', 'floatingip', { floating_network_id: external });
  const loose = await own('floatingips', 'floatingip', { floating_network_id: external });
  const internal = (await make('project-member', 'GET', `${V2}/ports/${port}`)).port.fixed_ips[0].ip_address as string;
  const forwarding = (
    await make('project-member', 'POST', `${V2}/floatingips/${floating}/port_forwardings`, {
      port_forwarding: {
        ...{ protocol: 'tcp', external_port: 80, internal_port: 80 },
        ...{ internal_port_id: port, internal_ip_address: internal },
      },
    })
  ).port_forwarding.id as string;
  const group = await own('security-groups', 'security_group', { name: 'g' });
  const rule = await own('security-group-rules', 'security_group_rule', {
    ...{ security_group_id: group, direction: 'ingress', protocol: 'tcp', port_range_min: 22, port_range_max: 22 },
  });
  const pool = await own('subnetpools', 'subnetpool', {
    name: 'p',
    prefixes: ['10.8.0.0/16', '10.9.0.0/16'],
    default_prefixlen: 24,
  });
  const scope = await own('address-scopes', 'address_scope', { name: 's', ip_version: 4 });
  const addresses = await own('address-groups', 'address_group', { name: 'a', addresses: ['10.0.0.1/32'] });
  const rbac = await own('rbac-policies', 'rbac_policy', {
    ...{ object_type: 'network', object_id: spare, action: 'access_as_shared', target_tenant: places.adminProjectId },
  });
  const qos = await admin('qos/policies', 'policy', { name: 'slow', project_id: projectId });
  const ruleOf = async (kind: string, input: object): Promise<string> =>
    (await make('admin', 'POST', `${V2}/qos/policies/${qos}/${kind}s`, { [kind]: input }))[kind].id as string;
  const bandwidth = { max_kbps: 1000 };
  const minimum = { min_kbps: 10 };
  const dscp = { dscp_mark: 10 };
  const rules: Record<string, [string, object, object]> = {
    bandwidth_limit: [
      await ruleOf('bandwidth_limit_rule', bandwidth),
      { max_kbps: 5, direction: 'ingress' },
      { max_kbps: 70 },
    ],
    minimum_bandwidth: [await ruleOf('minimum_bandwidth_rule', minimum), { min_kbps: 5 }, { min_kbps: 7 }],
    dscp_marking: [await ruleOf('dscp_marking_rule', dscp), { dscp_mark: 12 }, { dscp_mark: 14 }],
  };
  const segments = (await make('admin', 'GET', `${V2}/segments`)).segments as { id: string }[];
  const defaults = (await make('admin', 'GET', `${V2}/default-security-group-rules`)).default_security_group_rules as {
    id: string;
  }[];
  const cases: Record<string, Case> = {};
  const params: Record<string, string> = {};
  const collections: [path: string, operation: string, singular: string, id: string][] = [
    ['networks', 'network', 'network', network],
    ['subnets', 'subnet', 'subnet', subnet],
    ['ports', 'port', 'port', port],
    ['routers', 'router', 'router', router],
    ['floatingips', 'floatingip', 'floatingip', floating],
    ['security-groups', 'security_group', 'security_group', group],
    ['security-group-rules', 'security_group_rule', 'security_group_rule', rule],
    ['subnetpools', 'subnetpool', 'subnetpool', pool],
    ['address-scopes', 'address_scope', 'address_scope', scope],
    ['address-groups', 'address_group', 'address_group', addresses],
    ['policies', 'qos-policy', 'policy', qos],
    ['policies', 'policy', 'policy', qos],
    ['trunks', 'trunk', 'trunk', 'none'],
  ];
  for (const [path, operation, singular, id] of collections) {
    params[`${path}/:id`] = id;
    cases[`${operation}:update`] = { body: { [singular]: { description: 'other' } } };
    cases[`${operation}:set-tags`] = { body: { tags: ['new'] } };
    const resource = operation === 'qos-policy' || operation === 'policy' ? 'policies' : path;
    const tagged = () => make('admin', 'PUT', `${V2}/${resource}/${id}/tags/old`);
    cases[`${operation}:show-tag`] = { before: tagged };
    cases[`${operation}:check-tag`] = { before: tagged };
    cases[`${operation}:remove-tag`] = { before: tagged };
  }
  for (const [kind, [id, create, update]] of Object.entries(rules)) {
    params[`${kind}_rules/:id`] = id;
    params[`alias_${kind}_rules/:id`] = id;
    cases[`qos-${kind}-rule:create`] = {
      body: { [`${kind}_rule`]: create },
      ...(kind !== 'bandwidth_limit' && {
        before: () => make('admin', 'DELETE', `${V2}/qos/policies/${qos}/${kind}_rules/${id}`),
      }),
    };
    cases[`qos-${kind}-rule:update`] = { body: { [`${kind}_rule`]: update } };
    cases[`qos-alias-${kind}-rule:update`] = { body: { [`alias_${kind}_rule`]: update } };
  }
  const ready = async () => {
    await make('admin', 'PUT', `${V2}/networks/${external}`, { network: { is_default: true } });
    await admin('subnetpools', 'subnetpool', {
      ...{ name: 'd', prefixes: ['10.77.0.0/16'], default_prefixlen: 24, is_default: true, shared: true },
    });
  };
  return {
    params: {
      ...params,
      ...{ network_id: network, subnet_id: subnet, policy_id: qos, floatingip_id: floating, tag: 'old' },
      ...{ 'port_forwardings/:id': forwarding, 'rbac-policies/:id': rbac, 'segments/:id': segments[0]?.id ?? '' },
      ...{ 'agents/:id': 'host-1', 'default-security-group-rules/:id': defaults[0]?.id ?? '' },
      ...{ 'network-ip-availabilities/:id': network, 'extensions/:alias': 'router', type: 'bandwidth_limit' },
      ...{ project_id: projectId, loose },
    },
    cases: {
      ...cases,
      'network:create': { body: { network: { name: 'new' } } },
      'auto_allocated_topology:show': {
        before: ready,
      },
      'auto_allocated_topology:delete': {
        before: async () => {
          await ready();
          await make('project-member', 'GET', `${V2}/auto-allocated-topology/${projectId}`);
        },
      },
      'subnet:create': { body: { subnet: { network_id: spare, ip_version: 4, cidr: '10.3.0.0/24' } } },
      'subnet:delete': { params: { id: unused } },
      'port:create': { body: { port: { network_id: network } } },
      'port:delete': { params: { id: free } },
      'router:create': { body: { router: { name: 'new' } } },
      'router:delete': { params: { id: lonely } },
      'router:add-interface': { body: { subnet_id: unused } },
      'router:remove-interface': {
        params: { id: lonely },
        body: { subnet_id: unused },
        before: () =>
          make('project-member', 'PUT', `${V2}/routers/${lonely}/add_router_interface`, { subnet_id: unused }),
      },
      'router:add-extraroutes': {
        body: { router: { routes: [{ destination: '10.9.0.0/24', nexthop: '10.1.0.9' }] } },
      },
      'router:remove-extraroutes': {
        body: { router: { routes: [{ destination: '10.9.0.0/24', nexthop: '10.1.0.9' }] } },
      },
      'floatingip:create': { body: { floatingip: { floating_network_id: external } } },
      'floatingip:delete': { params: { id: loose } },
      'security_group:create': { body: { security_group: { name: 'new' } } },
      'security_group_rule:create': {
        body: { security_group_rule: { security_group_id: group, direction: 'egress', protocol: 'udp' } },
      },
      'subnetpool:create': { body: { subnetpool: { name: 'new', prefixes: ['10.99.0.0/16'] } } },
      'subnetpool:add-prefixes': { body: { prefixes: ['10.10.0.0/16'] } },
      'subnetpool:remove-prefixes': { body: { prefixes: ['10.9.0.0/16'] } },
      'subnetpool:onboard-network-subnets': { body: { network_id: spare } },
      'port_forwarding:create': {
        body: {
          port_forwarding: {
            ...{ protocol: 'tcp', external_port: 81, internal_port: 81 },
            ...{ internal_port_id: port, internal_ip_address: internal },
          },
        },
      },
      'port_forwarding:update': { body: { port_forwarding: { external_port: 82 } } },
      'address_scope:create': { body: { address_scope: { name: 'new', ip_version: 4 } } },
      'address_scope:update': { body: { address_scope: { name: 'other' } } },
      'address_group:create': { body: { address_group: { name: 'new', addresses: [] } } },
      'address_group:add-addresses': { body: { address_group: { addresses: ['10.0.0.2/32'] } } },
      'address_group:remove-addresses': { body: { address_group: { addresses: ['10.0.0.1/32'] } } },
      'rbac_policy:create': {
        body: {
          rbac_policy: {
            ...{ object_type: 'network', object_id: network, action: 'access_as_shared' },
            target_tenant: otherProjectId,
          },
        },
      },
      'rbac_policy:update': { body: { rbac_policy: { target_tenant: otherProjectId } } },
      'qos-policy:create': { body: { policy: { name: 'new' } } },
      'default_security_group_rule:create': {
        body: { default_security_group_rule: { direction: 'ingress', protocol: 'tcp' } },
      },
      'agent:update': { body: { agent: { description: 'other' } } },
      'agent:delete': { answers: { status: 409, why: 'its host is there' } },
      'segment:create': {
        body: {
          segment: {
            ...{ network_id: external, network_type: 'vlan', physical_network: 'public', segmentation_id: 100 },
          },
        },
      },
      'segment:delete': { answers: { status: 409, why: 'it is the only one of its network' } },
      'network:delete': { params: { id: bare } },
      'quota:update': { body: { quota: { port: 10 } } },
      'quota:delete': { before: () => make('admin', 'PUT', `${V2}/quotas/${projectId}`, { quota: { port: 10 } }) },
    },
  };
};
