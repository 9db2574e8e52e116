import { plainRequest, request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

/** Things of Neutron as their lists show them; what no page reads is left out. */
export interface Network {
  id: string;
  name: string;
  description: string;
  status: string;
  admin_state_up: boolean;
  project_id: string;
  shared: boolean;
  'router:external': boolean;
  is_default?: boolean;
  mtu: number;
  subnets: string[];
  created_at: string;
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
}

export interface Port {
  id: string;
  name: string;
  network_id: string;
  project_id: string;
  status: string;
  mac_address: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  /** What it belongs to: '' for nothing, `compute:…` for a server, `network:router_interface`… */
  device_owner: string;
  device_id: string;
  security_groups: string[];
}

export interface Router {
  id: string;
  name: string;
  description: string;
  status: string;
  project_id: string;
  external_gateway_info: {
    network_id: string;
    enable_snat: boolean;
    external_fixed_ips: { ip_address: string }[];
  } | null;
  created_at: string;
}

export interface FloatingIp {
  id: string;
  floating_ip_address: string;
  fixed_ip_address: string | null;
  floating_network_id: string;
  port_id: string | null;
  router_id: string | null;
  status: string;
  description: string;
  created_at: string;
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  project_id: string;
  security_group_rules: SecurityGroupRule[];
  created_at: string;
}

export interface SecurityGroupRule {
  id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  /** Null: any. */
  protocol: string | null;
  /** For ICMP the type and code. */
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  description: string | null;
}

export const networksQuery = listQuery<Network>('networks', request('GET /network/v2.0/networks', {}), 'networks');
export const subnetsQuery = listQuery<Subnet>('subnets', request('GET /network/v2.0/subnets', {}), 'subnets');
export const portsQuery = listQuery<Port>('ports', request('GET /network/v2.0/ports', {}), 'ports');
export const routersQuery = listQuery<Router>('routers', request('GET /network/v2.0/routers', {}), 'routers');
export const floatingIpsQuery = listQuery<FloatingIp>(
  'floatingips',
  request('GET /network/v2.0/floatingips', {}),
  'floatingips',
);

/** Of the project alone: an administrator's lists hold everybody's. */
export const securityGroupsQuery = (projectId: string) =>
  listQuery<SecurityGroup>(
    'security-groups',
    plainRequest('GET', '/network/v2.0/security-groups', { query: { project_id: projectId } }),
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
