import { notFound } from '../../core/errors.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { Type } from 'typebox';

/** What this service really does beyond the core API, by Neutron's aliases: clients ask before they use it. */
const EXTENSIONS: readonly [alias: string, name: string, description: string][] = [
  ['address-group', 'Address group', 'Support address group'],
  ['address-scope', 'Address scope', 'Address scopes extension.'],
  ['agent', 'agent', 'The agent management extension.'],
  ['allowed-address-pairs', 'Allowed Address Pairs', 'Provides allowed address pairs'],
  ['auto-allocated-topology', 'Auto Allocated Topology Services', 'Auto Allocated Topology Services.'],
  ['availability_zone', 'Availability Zone', 'The availability zone extension.'],
  ['binding', 'Port Binding', 'Expose port bindings of a virtual port to external application'],
  ['default-subnetpools', 'Default Subnetpools', 'Provides ability to mark and use a subnetpool as the default.'],
  ['dns-domain-ports', 'dns_domain for ports', 'Allows the DNS domain to be specified for a network port.'],
  ['dns-integration', 'DNS Integration', 'Provides integration with DNS.'],
  [
    'empty-string-filtering',
    'Empty String Filtering Extension',
    'Allow filtering by attributes with empty string value',
  ],
  [
    'expose-port-forwarding-in-fip',
    'Expose Port Forwarding in FIP',
    'Expose port forwarding information in floating ips',
  ],
  ['ext-gw-mode', 'Neutron L3 Configurable external gateway mode', 'Whether the gateway translates addresses.'],
  ['external-net', 'Neutron external network', 'Adds external network attribute to network resource.'],
  ['extra_dhcp_opt', 'Neutron Extra DHCP options', 'Extra options configuration for DHCP.'],
  ['extraroute', 'Neutron Extra Route', 'Extra routes configuration for L3 router'],
  ['extraroute-atomic', 'Atomically add/remove extra routes', 'Edit extra routes of a router on server side.'],
  ['filter-validation', 'Filter parameters validation', 'Provides validation on filter parameters.'],
  ['fip-port-details', 'Floating IP Port Details Extension', 'Add port_details attribute to Floating IP resource'],
  [
    'floating-ip-port-forwarding',
    'Floating IP Port Forwarding',
    'Leads ports of a floating address to ports of servers.',
  ],
  [
    'floating-ip-port-forwarding-detail',
    'Floating IP Port Forwarding detail',
    'Tells the ids of forwarded ports and of the ports they lead to in floating IPs.',
  ],
  [
    'floating-ip-port-forwarding-description',
    'Floating IP Port Forwarding description',
    'Gives forwarded ports a description.',
  ],
  [
    'floating-ip-port-forwarding-port-ranges',
    'Floating IP Port Forwarding support Port Ranges',
    'Leads ranges of ports on.',
  ],
  ['floatingip-pools', 'Floating IP Pools', 'Provides a floating IP pools API.'],
  ['ip_allocation', 'IP Allocation', 'Add IP allocation to ports: at once, or when they are bound.'],
  ['ip-substring-filtering', 'IP address substring filtering', 'Filtering of ports by a part of an address.'],
  ['l2_adjacency', 'L2 Adjacency', 'Display L2 Adjacency for Neutron Networks.'],
  ['multi-provider', 'Multi Provider Network', 'Expose mapping of virtual networks to multiple physical networks'],
  ['net-mtu', 'Network MTU', 'Provides MTU attribute for a network resource.'],
  ['net-mtu-writable', 'Network MTU (writable)', 'Provides a writable MTU attribute for a network resource.'],
  ['network-ip-availability', 'Network IP Availability', 'Provides IP availability data for each network and subnet.'],
  ['network_availability_zone', 'Network Availability Zone', 'Availability zone support for network.'],
  ['pagination', 'Pagination support', 'Extension that indicates that pagination is enabled.'],
  ['port-mac-address-regenerate', 'Neutron Port MAC address regenerate', 'Network port MAC address regenerate'],
  ['port-security', 'Port Security', 'Provides port security'],
  [
    'port-security-groups-filtering',
    'Port filtering on security groups',
    'Provides security groups filtering for ports',
  ],
  ['project-id', 'project_id field enabled', 'Extension that indicates that project_id field is enabled.'],
  ['provider', 'Provider Network', 'Expose mapping of virtual networks to physical networks'],
  ['qos', 'Quality of Service', 'The Quality of Service extension.'],
  [
    'qos-bw-limit-direction',
    'Direction for QoS bandwidth limit rule',
    'Allow to configure QoS bandwidth limit rule with a direction',
  ],
  ['qos-default', 'QoS default policy', 'Expose the QoS default policy per project'],
  ['qos-fip', 'Floating IP QoS', 'The floating IP Quality of Service extension'],
  ['qos-gateway-ip', 'Gateway IP QoS', 'The gateway IP Quality of Service extension'],
  ['qos-port-network-policy', 'QoS port network policy', 'Includes network QoS policy ID in port definition'],
  [
    'qos-rule-type-details',
    'Details of QoS rule types',
    'Expose details about QoS rule types supported by loaded backend drivers',
  ],
  [
    'qos-rules-alias',
    'Ability to alias QoS rules',
    'API to enable GET, PUT and DELETE on QoS rules without specifying policy ID',
  ],
  [
    'quota-check-limit',
    'Quota engine limit check',
    'Support for checking the resource usage before applying a new quota limit',
  ],
  ['quota_details', 'Quota details management support', 'Expose functions for quotas usage statistics per project'],
  ['quotas', 'Quota management support', 'Expose functions for quotas management per project'],
  ['rbac-address-group', 'Add address_group type to RBAC', 'Add address_group type to network RBAC'],
  ['rbac-address-scope', 'Address scope RBAC', 'Allow creation and modification of RBAC policies for address scopes.'],
  [
    'rbac-policies',
    'RBAC Policies',
    'Allows creation and modification of policies that control tenant access to resources.',
  ],
  ['rbac-security-groups', 'Add security_group type to network RBAC', 'Add security_group type to network RBAC'],
  ['rbac-subnetpool', 'Add subnetpool type to network RBAC', 'Add subnetpool type to network RBAC'],
  [
    'revision-if-match',
    'If-Match constraints based on revision_number',
    'Extension indicating that If-Match based on revision_number is supported.',
  ],
  [
    'router',
    'Neutron L3 Router',
    'Router abstraction for basic L3 forwarding between L2 Neutron networks and access to external networks via a NAT gateway.',
  ],
  ['router_availability_zone', 'Router Availability Zone', 'Availability zone support for router.'],
  ['security-group', 'security-group', 'The security groups extension.'],
  [
    'security-groups-default-rules',
    'Default rules for security groups',
    'Configure set of security group rules used as default rules for every new SG',
  ],
  [
    'security-groups-normalized-cidr',
    'Normalized CIDR field for security group rules',
    'Add new field with normalized remote_ip_prefix CIDR',
  ],
  [
    'security-groups-remote-address-group',
    'Remote address group id field for security group rules',
    'Add new field of remote address group id in SG rules',
  ],
  [
    'security-groups-rules-belongs-to-default-sg',
    'Security group rules belongs to the default SG',
    'Flag to determine if the security group rule belongs to the default security group',
  ],
  [
    'security-groups-shared-filtering',
    'Security group filtering on the shared field',
    'Support filtering security groups on the shared field',
  ],
  ['segment', 'Segment', 'Segments extension.'],
  [
    'service-type',
    'Neutron Service Type Management',
    'API for retrieving service providers for Neutron advanced services',
  ],
  ['sorting', 'Sorting support', 'Extension that indicates that sorting is enabled.'],
  ['standard-attr-description', 'standard-attr-description', 'Extension to add descriptions to standard attributes'],
  [
    'standard-attr-revisions',
    'Resource revision numbers',
    'This extension will display the revision number of neutron resources.',
  ],
  [
    'standard-attr-tag',
    'Tag support for resources with standard attribute: network, subnet, port, router, floatingip, security_group, security_group_rule, subnetpool, policy',
    'Enables to set tag on resources with standard attribute.',
  ],
  [
    'standard-attr-timestamp',
    'Resource timestamps',
    'Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes.',
  ],
  ['standard-attr-segment', 'Standard Attribute Segment', 'Standard attributes of segments.'],
  ['stateful-security-group', 'Stateful security group', 'Indicates if the security group is stateful or not'],
  [
    'subnet-external-network',
    'Subnet external network attribute',
    'Informs if the subnet belongs to an external network',
  ],
  ['subnet-service-types', 'Subnet service types', 'Provides ability to set the subnet service_types field'],
  ['subnet_allocation', 'Subnet Allocation', 'Enables allocation of subnets from a subnet pool'],
  ['subnet_onboard', 'Subnet Onboard', 'Provides support for onboarding subnets into subnet pools'],
  ['subnet-segmentid-writable', 'Subnet SegmentID (writable)', 'A subnet may be put on a segment later.'],
  [
    'subnetpool-prefix-ops',
    'Subnet Pool Prefix Operations',
    'Provides support for adjusting the prefix list of subnet pools',
  ],
  // The two names that standard-attr-tag had before, for clients that still ask for them.
  ['tag', 'Tag support', 'Enables to set tag on resources.'],
  ['tag-ext', 'Tag support for resources: subnet, subnetpool, port, router', 'Extends tag support to more resources.'],
];

const published = EXTENSIONS.map(([alias, name, description]) => ({
  alias,
  name,
  description,
  updated: '2026-01-01T00:00:00-00:00',
  links: [],
}));

export const extensionRoutes: Route[] = [
  route({
    operation: 'extensions:list',
    method: 'GET',
    path: '/extensions',
    query: Type.Record(Type.String(), Type.Unknown()),
    handler: async () => ok({ extensions: published }),
  }),
  route({
    operation: 'extension:show',
    method: 'GET',
    path: '/extensions/:alias',
    params: Strict({ alias: Type.String() }),
    async handler({ params }) {
      const extension = published.find((one) => one.alias === params.alias);
      if (!extension) throw notFound(`Extension with alias ${params.alias} does not exist`, 'HTTPNotFound');
      return ok({ extension });
    },
  }),
];
