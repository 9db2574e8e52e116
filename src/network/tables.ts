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
}

export interface SecurityGroupsTable extends Standard {
  id: string;
  name: string;
  /** The project's one default group, given to ports whose maker names none. */
  is_default: Bit;
  stateful: Bit;
  shared: Bit;
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
}
