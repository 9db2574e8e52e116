import type { HostId, PortId } from '../../core/ids.ts';
import type { Reader } from '../../store/store.ts';
import { readTouched } from '../touched.ts';
import { bridgeMappingsOf } from '../routed.ts';
import type {
  AddressGroupsTable,
  FloatingIpsTable,
  NetworkSegmentsTable,
  NetworksTable,
  PortAddressesTable,
  PortForwardingsTable,
  PortSecurityGroupsTable,
  PortsTable,
  QosRulesTable,
  RoutersTable,
  SecurityGroupRulesTable,
  SecurityGroupsTable,
  SubnetsTable,
} from '../tables.ts';

export const NETWORK = [
  'id',
  'name',
  'admin_state_up',
  'external',
  'mtu',
  'dns_domain',
  'network_type',
  'physical_network',
  'segmentation_id',
  'qos_policy_id',
] as const;
export const SUBNET = [
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
  'subnetpool_id',
] as const;
export const PORT = [
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
  'dns_domain',
  'qos_policy_id',
  'status_reason',
] as const;
export const ADDRESS = ['port_id', 'subnet_id', 'address'] as const;
const ROUTER = [
  'id',
  'name',
  'admin_state_up',
  'gateway_port_id',
  'enable_snat',
  'gateway_qos_policy_id',
  'routes',
] as const;
const FLOATING_IP = [
  'id',
  'floating_network_id',
  'floating_ip_address',
  'port_id',
  'fixed_ip_address',
  'router_id',
  'status',
  'qos_policy_id',
] as const;
export const GROUP = ['id', 'name', 'stateful'] as const;
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
  'remote_address_group_id',
] as const;
const FORWARDING = [
  'id',
  'floating_ip_id',
  'protocol',
  'external_first',
  'external_last',
  'internal_port_id',
  'internal_ip_address',
  'internal_first',
  'internal_last',
] as const;
const SEGMENT = ['id', 'network_id', 'network_type', 'physical_network', 'segmentation_id'] as const;

export type NetworkRow = Pick<NetworksTable, (typeof NETWORK)[number]>;
export type SubnetRow = Pick<SubnetsTable, (typeof SUBNET)[number]>;
export type PortRow = Pick<PortsTable, (typeof PORT)[number]>;
export type AddressRow = Pick<PortAddressesTable, (typeof ADDRESS)[number]>;
export type RouterRow = Pick<RoutersTable, (typeof ROUTER)[number]>;
export type FloatingIpRow = Pick<FloatingIpsTable, (typeof FLOATING_IP)[number]>;
export type GroupRow = Pick<SecurityGroupsTable, (typeof GROUP)[number]>;
export type RuleRow = Pick<SecurityGroupRulesTable, (typeof RULE)[number]>;

export type ForwardingRow = Pick<PortForwardingsTable, (typeof FORWARDING)[number]>;
export type SegmentRow = Pick<NetworkSegmentsTable, (typeof SEGMENT)[number]>;
export type AddressGroupRow = Pick<AddressGroupsTable, 'id' | 'addresses'>;

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
  forwardings: ForwardingRow[];
  segments: SegmentRow[];
  addressGroups: AddressGroupRow[];
  qosRules: QosRulesTable[];
  /** Subnet pool to the address scope it is in. */
  scopes: ReadonlyMap<string, string>;
  /** Host to the name by which OVN knows it. */
  chassis: ReadonlyMap<string, string>;
  /** Chassis to the physical networks that it is connected to; one that is not here is taken to have all. */
  reach?: ReadonlyMap<string, readonly string[]>;
}

/** Reads the names by which OVN knows the hosts, or some of them: what each host's agent last reported. */
export type ReadChassis = (db: Reader, only?: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/**
 * Reads it all as one moment saw it, with the numbers of the ports that were touched until then. The order is fixed, so
 * that the same rows always give the same plan.
 */
export function readNetworkRows(
  db: Reader,
  readChassis: ReadChassis,
  done: ReadonlySet<number> = new Set(),
): Promise<{ rows: NetworkRows; numbers: number[] }> {
  return db.transaction().execute(async (view) => ({
    numbers: (await readTouched(view, done)).numbers,
    rows: await readAll(view, readChassis),
  }));
}

async function readAll(view: Reader, readChassis: ReadChassis): Promise<NetworkRows> {
  return {
    networks: await view.selectFrom('networks').select(NETWORK).orderBy('id').execute(),
    subnets: await view.selectFrom('subnets').select(SUBNET).orderBy('id').execute(),
    ports: await view.selectFrom('ports').select(PORT).orderBy('id').execute(),
    addresses: await view.selectFrom('port_addresses').select(ADDRESS).orderBy('port_id').orderBy('position').execute(),
    routers: await view.selectFrom('routers').select(ROUTER).orderBy('id').execute(),
    floatingIps: await view.selectFrom('floating_ips').select(FLOATING_IP).orderBy('id').execute(),
    groups: await view.selectFrom('security_groups').select(GROUP).orderBy('id').execute(),
    rules: await view.selectFrom('security_group_rules').select(RULE).orderBy('id').execute(),
    memberships: await view.selectFrom('port_security_groups').selectAll().execute(),
    forwardings: await view.selectFrom('port_forwardings').select(FORWARDING).orderBy('id').execute(),
    segments: await view.selectFrom('network_segments').select(SEGMENT).orderBy('created_at').orderBy('id').execute(),
    addressGroups: await view.selectFrom('address_groups').select(['id', 'addresses']).orderBy('id').execute(),
    qosRules: await view.selectFrom('qos_rules').selectAll().orderBy('id').execute(),
    scopes: await readScopes(view),
    chassis: await readChassis(view),
    reach: await readReach(view),
  };
}

/** Some ports. */
export async function readPorts(db: Reader, ids: readonly string[]): Promise<PortRow[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('ports')
    .select(PORT)
    .where('id', 'in', ids as PortId[])
    .execute();
}

/**
 * The ports and floating addresses whose state can change when every port works: not those that work already and are
 * bound, which are most.
 */
export async function readUnsettled(db: Reader): Promise<Pick<NetworkRows, 'ports' | 'floatingIps'>> {
  // Each part finds its rows by an index; as one condition they would read all ports.
  const ports = () => db.selectFrom('ports').select(PORT);
  const unsettled = await ports()
    .where('status', 'in', ['DOWN', 'BUILD', 'ERROR'])
    .union(ports().where('status', '=', 'ACTIVE').where('admin_state_up', '=', 0))
    .union(ports().where('binding_host_id', '=', ''))
    .execute();
  return { ports: unsettled, floatingIps: await db.selectFrom('floating_ips').select(FLOATING_IP).execute() };
}

async function readScopes(db: Reader): Promise<ReadonlyMap<string, string>> {
  const pools = await db
    .selectFrom('subnet_pools')
    .select(['id', 'address_scope_id'])
    .where('address_scope_id', 'is not', null)
    .execute();
  return new Map(pools.map((pool) => [pool.id, pool.address_scope_id ?? '']));
}

/** From the reports the agents sent, as the hosts' rows keep them. */
export const chassisNames: ReadChassis = async (db, only) => {
  const hosts = await db
    .selectFrom('hosts')
    .select(['id', 'capacity'])
    .where('capacity', 'is not', null)
    .$if(only !== undefined, (query) => query.where('id', 'in', (only ?? []) as HostId[]))
    .execute();
  const names = new Map<string, string>();
  for (const { id, capacity } of hosts) {
    const { chassis } = JSON.parse(capacity ?? '{}') as { chassis?: string };
    if (chassis !== undefined && chassis !== '') names.set(id, chassis);
  }
  return names;
};

/** Which physical networks each chassis is connected to. */
async function readReach(db: Reader): Promise<ReadonlyMap<string, readonly string[]>> {
  const hosts = await db.selectFrom('hosts').select('capacity').where('capacity', 'is not', null).execute();
  return new Map(
    hosts.map(({ capacity }) => {
      const { chassis = '' } = JSON.parse(capacity ?? '{}') as { chassis?: string };
      return [chassis, Object.keys(bridgeMappingsOf(capacity))];
    }),
  );
}
