import { plainRequest, request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

export interface Network {
  id: string;
  name: string;
  description: string;
  status: string;
  admin_state_up: boolean;
  project_id: string;
  shared: boolean;
  'router:external': boolean;
  subnets: string[];
  mtu: number;
  port_security_enabled: boolean;
}

export interface Subnet {
  id: string;
  name: string;
  network_id: string;
  project_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  dns_nameservers: string[];
  allocation_pools: { start: string; end: string }[];
  host_routes: { destination: string; nexthop: string }[];
}

export interface Router {
  id: string;
  name: string;
  status: string;
  admin_state_up: boolean;
  project_id: string;
  external_gateway_info: {
    network_id: string;
    enable_snat?: boolean;
    external_fixed_ips: { subnet_id: string; ip_address: string }[];
  } | null;
  routes: { destination: string; nexthop: string }[];
}

export interface Port {
  id: string;
  name: string;
  network_id: string;
  project_id: string;
  device_id: string;
  device_owner: string;
  mac_address: string;
  status: string;
  admin_state_up: boolean;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  security_groups: string[];
  description: string;
  port_security_enabled: boolean;
  allowed_address_pairs: { ip_address: string; mac_address: string }[];
}

export interface FloatingIp {
  id: string;
  floating_ip_address: string;
  floating_network_id: string;
  fixed_ip_address: string | null;
  port_id: string | null;
  router_id: string | null;
  status: string;
  project_id: string;
  description: string;
}

export interface SecurityGroupRule {
  id: string;
  security_group_id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  /** Null is any. */
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  remote_address_group_id?: string | null;
  description: string;
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  project_id: string;
  shared?: boolean;
  security_group_rules: SecurityGroupRule[];
}

export const networksQuery = listQuery<Network>('networks', request('GET /network/v2.0/networks', {}), 'networks');
export const subnetsQuery = listQuery<Subnet>('subnets', request('GET /network/v2.0/subnets', {}), 'subnets');
export const routersQuery = listQuery<Router>('routers', request('GET /network/v2.0/routers', {}), 'routers');
export const portsQuery = listQuery<Port>('ports', request('GET /network/v2.0/ports', {}), 'ports');
export const floatingIpsQuery = listQuery<FloatingIp>(
  'floatingips',
  request('GET /network/v2.0/floatingips', {}),
  'floatingips',
);
export const securityGroupsQuery = listQuery<SecurityGroup>(
  'security-groups',
  request('GET /network/v2.0/security-groups', {}),
  'security_groups',
);

export const networkQuery = (id: string) =>
  oneQuery<Network>('networks', id, request('GET /network/v2.0/networks/{id}', { path: { id } }), 'network');
export const routerQuery = (id: string) =>
  oneQuery<Router>('routers', id, request('GET /network/v2.0/routers/{id}', { path: { id } }), 'router');
export const securityGroupQuery = (id: string) =>
  oneQuery<SecurityGroup>(
    'security-groups',
    id,
    request('GET /network/v2.0/security-groups/{id}', { path: { id } }),
    'security_group',
  );
export const portQuery = (id: string) =>
  oneQuery<Port>('ports', id, request('GET /network/v2.0/ports/{id}', { path: { id } }), 'port');

/** An RBAC policy: a project that may use what belongs to another. */
export interface Sharing {
  id: string;
  object_id: string;
  action: string;
  /** A project's id, or `*`. */
  target_tenant: string;
}

/** Who else may use a network. A change of it is told as one of the network. */
export const sharingQuery = (network: string) =>
  listQuery<Sharing>(
    'networks',
    plainRequest('GET', '/network/v2.0/rbac-policies', { query: { object_id: network } }),
    'rbac_policies',
  );
