import type { Reader } from '../../store/store.ts';
import type {
  FloatingIpsTable,
  NetworksTable,
  PortAddressesTable,
  PortSecurityGroupsTable,
  PortsTable,
  RoutersTable,
  SecurityGroupRulesTable,
  SecurityGroupsTable,
  SubnetsTable,
} from '../tables.ts';

const NETWORK = [
  'id',
  'name',
  'admin_state_up',
  'external',
  'mtu',
  'dns_domain',
  'network_type',
  'physical_network',
  'segmentation_id',
] as const;
const SUBNET = [
  'id',
  'network_id',
  'ip_version',
  'cidr',
  'gateway_ip',
  'enable_dhcp',
  'ipv6_ra_mode',
  'ipv6_address_mode',
  'dns_nameservers',
  'host_routes',
] as const;
const PORT = [
  'id',
  'network_id',
  'project_id',
  'name',
  'mac_address',
  'admin_state_up',
  'status',
  'device_id',
  'device_owner',
  'binding_host_id',
  'binding_vnic_type',
  'port_security_enabled',
  'allowed_address_pairs',
  'extra_dhcp_opts',
  'dns_name',
] as const;
const ADDRESS = ['port_id', 'subnet_id', 'address'] as const;
const ROUTER = ['id', 'name', 'admin_state_up', 'gateway_port_id', 'enable_snat', 'routes'] as const;
const FLOATING_IP = [
  'id',
  'floating_network_id',
  'floating_ip_address',
  'port_id',
  'fixed_ip_address',
  'router_id',
  'status',
] as const;
const GROUP = ['id', 'name', 'stateful'] as const;
const RULE = [
  'id',
  'security_group_id',
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
] as const;

export type NetworkRow = Pick<NetworksTable, (typeof NETWORK)[number]>;
export type SubnetRow = Pick<SubnetsTable, (typeof SUBNET)[number]>;
export type PortRow = Pick<PortsTable, (typeof PORT)[number]>;
export type AddressRow = Pick<PortAddressesTable, (typeof ADDRESS)[number]>;
export type RouterRow = Pick<RoutersTable, (typeof ROUTER)[number]>;
export type FloatingIpRow = Pick<FloatingIpsTable, (typeof FLOATING_IP)[number]>;
export type GroupRow = Pick<SecurityGroupsTable, (typeof GROUP)[number]>;
export type RuleRow = Pick<SecurityGroupRulesTable, (typeof RULE)[number]>;

/** Everything a plan is made from. */
export interface NetworkRows {
  networks: NetworkRow[];
  subnets: SubnetRow[];
  ports: PortRow[];
  /** In the order of each port's addresses. */
  addresses: AddressRow[];
  routers: RouterRow[];
  floatingIps: FloatingIpRow[];
  groups: GroupRow[];
  rules: RuleRow[];
  memberships: PortSecurityGroupsTable[];
  /** Host to the name by which OVN knows it. */
  chassis: ReadonlyMap<string, string>;
}

/** Reads the names by which OVN knows the hosts: what each host's agent last reported. */
export type ReadChassis = (db: Reader) => Promise<ReadonlyMap<string, string>>;

/**
 * Reads it all as one moment saw it. The order is fixed, so that the same rows always give the same plan.
 */
export function readNetworkRows(db: Reader, readChassis: ReadChassis): Promise<NetworkRows> {
  return db.transaction().execute(async (view) => ({
    networks: await view.selectFrom('networks').select(NETWORK).orderBy('id').execute(),
    subnets: await view.selectFrom('subnets').select(SUBNET).orderBy('id').execute(),
    ports: await view.selectFrom('ports').select(PORT).orderBy('id').execute(),
    addresses: await view.selectFrom('port_addresses').select(ADDRESS).orderBy('port_id').orderBy('position').execute(),
    routers: await view.selectFrom('routers').select(ROUTER).orderBy('id').execute(),
    floatingIps: await view.selectFrom('floating_ips').select(FLOATING_IP).orderBy('id').execute(),
    groups: await view.selectFrom('security_groups').select(GROUP).orderBy('id').execute(),
    rules: await view.selectFrom('security_group_rules').select(RULE).orderBy('id').execute(),
    memberships: await view.selectFrom('port_security_groups').selectAll().execute(),
    chassis: await readChassis(view),
  }));
}

/** From the reports the agents sent, as the hosts' rows keep them. */
export const chassisNames: ReadChassis = async (db) => {
  const hosts = await db.selectFrom('hosts').select(['id', 'capacity']).where('capacity', 'is not', null).execute();
  const names = new Map<string, string>();
  for (const { id, capacity } of hosts) {
    const { chassis } = JSON.parse(capacity ?? '{}') as { chassis?: string };
    if (chassis !== undefined && chassis !== '') names.set(id, chassis);
  }
  return names;
};
