import type { Generated } from 'kysely';
import type { HostId, NetworkId, PortId, ProjectId, RouterId, SubnetId } from '../core/ids.ts';
import type { Bit } from '../store/json.ts';

/** Columns that Neutron's standard attributes put on every resource. */
export interface Standard {
  project_id: ProjectId;
  description: string;
  /** Grows with each change a client can see; `If-Match: revision_number=N` compares it. */
  revision_number: number;
  created_at: number;
  updated_at: number;
}

export type NetworkType = 'geneve' | 'flat' | 'vlan';

export interface NetworksTable extends Standard {
  id: NetworkId;
  name: string;
  admin_state_up: Bit;
  /** Every project may see it and put ports on it. */
  shared: Bit;
  /** `router:external`: every project may see it, take floating addresses and router gateways from it. */
  external: Bit;
  /** The external network that is taken when nobody names one. */
  is_default: Bit;
  /** The default of `port_security_enabled` for its ports. */
  port_security_enabled: Bit;
  mtu: number;
  dns_domain: string;
  network_type: NetworkType;
  /** OVN bridge mapping of a flat or vlan network; null for geneve. */
  physical_network: string | null;
  /** VLAN id or geneve's VNI; null for flat. */
  segmentation_id: number | null;
  /** JSON: string[]. */
  availability_zone_hints: string;
  /** Of ports that have no policy of their own. */
  qos_policy_id: string | null;
}

export type Ipv6Mode = 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless';

export interface SubnetsTable extends Standard {
  id: SubnetId;
  network_id: NetworkId;
  name: string;
  ip_version: 4 | 6;
  /** Canonical, without host bits. */
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: Bit;
  ipv6_ra_mode: Ipv6Mode | null;
  ipv6_address_mode: Ipv6Mode | null;
  /** JSON: string[]. */
  dns_nameservers: string;
  /** JSON: { destination: string; nexthop: string }[]. */
  host_routes: string;
  dns_publish_fixed_ip: Bit;
  /** JSON: string[] of device owners that may have addresses of this subnet; empty for all. */
  service_types: string;
  subnetpool_id: string | null;
  /** The wire of a routed provider network that it is on. */
  segment_id: string | null;
}

/** The ranges of a subnet out of which addresses are chosen when nobody asks for a certain one. */
export interface SubnetAllocationPoolsTable {
  subnet_id: SubnetId;
  first_ip: string;
  last_ip: string;
  /** The addresses as hexadecimal digits of fixed length, so that text order is numeric order. */
  first_key: string;
  last_key: string;
}

export type PortStatus = 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';

/** Neutron's owners of ports that are not servers'. Servers' ports have `compute:<availability zone>`. */
export const OWNER = {
  routerInterface: 'network:router_interface',
  routerGateway: 'network:router_gateway',
  floatingIp: 'network:floatingip',
  /** The address under which a host answers guests on 169.254.169.254: OVN type `localport`. */
  metadata: 'network:distributed',
} as const;

export interface PortsTable extends Standard {
  id: PortId;
  network_id: NetworkId;
  name: string;
  mac_address: string;
  admin_state_up: Bit;
  /** Written by the OVN reconciler. */
  status: PortStatus;
  /** Server, router, floating address, or `ovnmeta-<network>`; empty when nobody uses it. */
  device_id: string;
  device_owner: string;
  /** The host whose agent plugs it; empty when unbound. */
  binding_host_id: HostId | '';
  binding_vnic_type: string;
  /** JSON object of an administrator's. */
  binding_profile: string;
  port_security_enabled: Bit;
  /** JSON: { ip_address: string; mac_address: string }[]. */
  allowed_address_pairs: string;
  /** JSON: { opt_name: string; opt_value: string; ip_version: 4 | 6 }[]. */
  extra_dhcp_opts: string;
  dns_name: string;
  /** In place of the network's domain; empty for that. */
  dns_domain: string;
  qos_policy_id: string | null;
  /** When its addresses are chosen: at once, with the binding to a host, or never. */
  ip_allocation: 'immediate' | 'deferred' | 'none';
  /** Why the status is ERROR; null otherwise. */
  status_reason: string | null;
  /** The place among a server's interfaces, from 0. */
  device_index: number;
  /** The device tag a server's request gave the interface. */
  device_tag: string | null;
  /** Made by the compute service for a server, and deleted with it. */
  made_for_server: Bit;
}

export interface PortAddressesTable {
  port_id: PortId;
  subnet_id: SubnetId;
  address: string;
  /** The address, and the one after it, as hexadecimal digits of fixed length. */
  address_key: string;
  next_key: string;
  /** The place among the port's addresses, from 0. */
  position: number;
}

export interface PortSecurityGroupsTable {
  port_id: PortId;
  security_group_id: string;
}

/**
 * A router's interfaces are the ports with its id in device_id and the owner `network:router_interface`, its gateway
 * is the one with `network:router_gateway`.
 */
export interface RoutersTable extends Standard {
  id: RouterId;
  name: string;
  admin_state_up: Bit;
  status: 'ACTIVE' | 'ERROR';
  /** The external network and the port in it; both null without a gateway. */
  gateway_network_id: NetworkId | null;
  gateway_port_id: PortId | null;
  enable_snat: Bit;
  /** What limits the traffic of the gateway's own address. */
  gateway_qos_policy_id: string | null;
  /** JSON: { destination: string; nexthop: string }[]. */
  routes: string;
  /** JSON: string[]. */
  availability_zone_hints: string;
}

export interface FloatingIpsTable extends Standard {
  id: string;
  floating_network_id: NetworkId;
  floating_ip_address: string;
  /** The port in the external network that holds the address; owner `network:floatingip`. */
  floating_port_id: PortId;
  /** What it is translated to; all three are null together. */
  port_id: PortId | null;
  fixed_ip_address: string | null;
  router_id: RouterId | null;
  status: 'ACTIVE' | 'DOWN' | 'ERROR';
  dns_name: string;
  dns_domain: string;
  qos_policy_id: string | null;
}

/** One port, or a range of as many ports, of a floating address, led on to a port of a server. */
export interface PortForwardingsTable extends Standard {
  id: string;
  floating_ip_id: string;
  protocol: 'tcp' | 'udp' | 'sctp' | 'dccp' | 'udplite';
  external_first: number;
  external_last: number;
  internal_port_id: PortId;
  internal_ip_address: string;
  internal_first: number;
  internal_last: number;
}

export interface SecurityGroupsTable extends Standard {
  id: string;
  name: string;
  /** The project's one default group, given to ports whose maker names none. */
  is_default: Bit;
  stateful: Bit;
  shared: Bit;
}

/** What new groups begin with: the cloud's own choice, made by administrators. */
export interface DefaultGroupRulesTable extends Standard {
  id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  /** A group's id, or `PARENT` for the group that the rule is copied into. */
  remote_group_id: string | null;
  remote_address_group_id: string | null;
  used_in_default_sg: Bit;
  used_in_non_default_sg: Bit;
  canonical: string;
}

/** Named lists of addresses, for rules of security groups. */
export interface AddressGroupsTable extends Standard {
  id: string;
  name: string;
  /** JSON: string[], each with its prefix length. */
  addresses: string;
}

/** Within a scope no two subnets overlap, so a router need not translate between them. */
export interface AddressScopesTable extends Standard {
  id: string;
  name: string;
  ip_version: 4 | 6;
}

export type SharedType = 'network' | 'qos_policy' | 'security_group' | 'address_scope' | 'subnetpool' | 'address_group';
export type SharedAction = 'access_as_shared' | 'access_as_external';

/** Whose objects which projects may use, besides their owners. */
export interface NetworkRbacTable extends Standard {
  id: string;
  object_type: SharedType;
  object_id: string;
  action: SharedAction;
  /** A project, or `*` for every one. */
  target_project: string;
}

export interface QosPoliciesTable extends Standard {
  id: string;
  name: string;
}

export type QosKind = 'bandwidth_limit' | 'dscp_marking' | 'minimum_bandwidth';

export interface QosRulesTable {
  id: string;
  qos_policy_id: string;
  kind: QosKind;
  /** Seen from the server: egress is what it sends. */
  direction: 'ingress' | 'egress';
  /** Kilobits per second, of a limit or of a minimum. */
  kbps: number | null;
  /** Kilobits that may pass at once; 0 for OVN's choice. */
  burst_kbits: number | null;
  dscp_mark: number | null;
}

/** The policy that a project's new networks have when nobody names one. */
export interface QosDefaultsTable {
  project_id: ProjectId;
  qos_policy_id: string;
}

/** The wires of a network; the first is the one in the network's own row. */
export interface NetworkSegmentsTable extends Standard {
  id: string;
  network_id: NetworkId;
  name: string | null;
  network_type: NetworkType;
  physical_network: string | null;
  segmentation_id: number | null;
}

/** What `auto-allocated-topology` made for a project. */
export interface AutoTopologiesTable {
  project_id: ProjectId;
  network_id: NetworkId;
  router_id: RouterId;
}

export interface SecurityGroupRulesTable extends Standard {
  id: string;
  security_group_id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  /** A name Neutron knows (`tcp`, `icmp`, `ipv6-icmp`) or a number from 0 to 255 as text; null for any. */
  protocol: string | null;
  /** Ports, or ICMP type and code. */
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  remote_address_group_id: string | null;
  /** What the rule says, written one way only, so that the database refuses a second one that says the same. */
  canonical: string;
}

export interface NetworkQuotasTable {
  project_id: ProjectId;
  /** `network`, `subnet`, `port`, `router`, `floatingip`, `security_group`, … */
  resource: string;
  /** -1 for no limit. */
  hard_limit: number;
}

export interface NetworkTagsTable {
  /** `networks`, `subnets`, `ports`, `routers`, … as in the path of its API. */
  collection: string;
  resource_id: string;
  tag: string;
}

/** Prefixes from which subnets are cut when a client asks for one without naming its CIDR. */
export interface SubnetPoolsTable extends Standard {
  id: string;
  name: string;
  ip_version: 4 | 6;
  /** JSON: string[]. */
  prefixes: string;
  default_prefixlen: number;
  min_prefixlen: number;
  max_prefixlen: number;
  default_quota: number | null;
  shared: Bit;
  is_default: Bit;
  address_scope_id: string | null;
}

/** What administrators write about the agents on hosts. */
export interface NetworkAgentNotesTable {
  agent_id: string;
  description: string;
}

/** A port that changed since OVN was brought in line: src/network/touched.ts. */
export interface TouchedPortsTable {
  number: Generated<number>;
  port_id: PortId;
}

export interface NetworkTables {
  networks: NetworksTable;
  subnets: SubnetsTable;
  subnet_allocation_pools: SubnetAllocationPoolsTable;
  ports: PortsTable;
  port_addresses: PortAddressesTable;
  port_security_groups: PortSecurityGroupsTable;
  routers: RoutersTable;
  floating_ips: FloatingIpsTable;
  security_groups: SecurityGroupsTable;
  security_group_rules: SecurityGroupRulesTable;
  network_quotas: NetworkQuotasTable;
  network_tags: NetworkTagsTable;
  subnet_pools: SubnetPoolsTable;
  port_forwardings: PortForwardingsTable;
  default_group_rules: DefaultGroupRulesTable;
  address_groups: AddressGroupsTable;
  address_scopes: AddressScopesTable;
  network_rbac: NetworkRbacTable;
  qos_policies: QosPoliciesTable;
  qos_rules: QosRulesTable;
  qos_defaults: QosDefaultsTable;
  network_segments: NetworkSegmentsTable;
  auto_topologies: AutoTopologiesTable;
  network_agent_notes: NetworkAgentNotesTable;
  touched_ports: TouchedPortsTable;
}
