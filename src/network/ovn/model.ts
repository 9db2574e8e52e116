/**
 * The part of OVN's northbound database that we write, as plain data. What each column means: ovn-nb(5).
 *
 * Every row has a key of ours that is unique within its table, kept in `external_ids:potluck:id`: a row with it is
 * ours, any other is not touched. Where a column refers to rows, an intended row holds their keys.
 */
export type Strings = Readonly<Record<string, string>>;

interface Owned {
  external_ids: Strings;
}

type Numbers = Readonly<Record<string, number>>;

export interface NbRows {
  Logical_Switch: Owned & {
    name: string;
    ports: string[];
    qos_rules: string[];
    dns_records: string[];
    other_config: Strings;
  };
  Logical_Switch_Port: Owned & {
    name: string;
    type: '' | 'router' | 'localport' | 'localnet';
    addresses: string[];
    port_security: string[];
    options: Strings;
    enabled: boolean[];
    tag_request: number[];
    dhcpv4_options: string[];
    dhcpv6_options: string[];
  };
  DHCP_Options: Owned & { cidr: string; options: Strings };
  DNS: Owned & { records: Strings };
  QoS: Owned & {
    direction: 'from-lport' | 'to-lport';
    priority: number;
    match: string;
    action: Numbers;
    bandwidth: Numbers;
  };
  Logical_Router: Owned & {
    name: string;
    enabled: boolean[];
    options: Strings;
    ports: string[];
    nat: string[];
    static_routes: string[];
    policies: string[];
    load_balancer: string[];
  };
  Logical_Router_Port: Owned & {
    name: string;
    mac: string;
    networks: string[];
    enabled: boolean[];
    options: Strings;
    ipv6_ra_configs: Strings;
    ha_chassis_group: string[];
  };
  NAT: Owned & { type: 'snat' | 'dnat_and_snat'; external_ip: string; logical_ip: string; options: Strings };
  Logical_Router_Static_Route: Owned & { ip_prefix: string; nexthop: string };
  Logical_Router_Policy: Owned & { priority: number; match: string; action: 'allow' | 'drop' };
  Load_Balancer: Owned & { name: string; vips: Strings; protocol: string[]; options: Strings };
  HA_Chassis_Group: Owned & { name: string; ha_chassis: string[] };
  HA_Chassis: Owned & { chassis_name: string; priority: number };
  Address_Set: Owned & { name: string; addresses: string[] };
  Port_Group: Owned & { name: string; ports: string[]; acls: string[] };
  ACL: Owned & {
    direction: 'from-lport' | 'to-lport';
    priority: number;
    match: string;
    action: 'allow' | 'allow-related' | 'allow-stateless' | 'drop';
  };
}

export type Table = keyof NbRows;

/**
 * How a column is compared and brought right: `value` as a whole; `map` key by key, because it can be large; `ids` only
 * in the keys that are ours; a reference with `many` by adding and removing rows of ours, so that what others attached
 * stays. What a column `holds` cannot be deleted as long as the row that refers to it is there, even if that row goes in
 * the same transaction because nothing refers to it any more. A `weak` reference keeps no row alive.
 */
export type ColumnKind = 'value' | 'map' | 'ids' | { to: Table; many: boolean; holds?: true; weak?: true };

export const COLUMNS: { readonly [T in Table]: { readonly [C in keyof NbRows[T]]: ColumnKind } } = {
  Logical_Switch: {
    name: 'value',
    ports: { to: 'Logical_Switch_Port', many: true },
    qos_rules: { to: 'QoS', many: true },
    dns_records: { to: 'DNS', many: true, weak: true },
    other_config: 'value',
    external_ids: 'ids',
  },
  Logical_Switch_Port: {
    name: 'value',
    type: 'value',
    addresses: 'value',
    port_security: 'value',
    options: 'value',
    enabled: 'value',
    tag_request: 'value',
    dhcpv4_options: { to: 'DHCP_Options', many: false, weak: true },
    dhcpv6_options: { to: 'DHCP_Options', many: false, weak: true },
    external_ids: 'ids',
  },
  DHCP_Options: { cidr: 'value', options: 'value', external_ids: 'ids' },
  DNS: { records: 'map', external_ids: 'ids' },
  QoS: {
    direction: 'value',
    priority: 'value',
    match: 'value',
    action: 'value',
    bandwidth: 'value',
    external_ids: 'ids',
  },
  Logical_Router: {
    name: 'value',
    enabled: 'value',
    options: 'value',
    ports: { to: 'Logical_Router_Port', many: true },
    nat: { to: 'NAT', many: true },
    static_routes: { to: 'Logical_Router_Static_Route', many: true },
    policies: { to: 'Logical_Router_Policy', many: true },
    load_balancer: { to: 'Load_Balancer', many: true, weak: true },
    external_ids: 'ids',
  },
  Logical_Router_Port: {
    name: 'value',
    mac: 'value',
    networks: 'value',
    enabled: 'value',
    options: 'value',
    ipv6_ra_configs: 'value',
    ha_chassis_group: { to: 'HA_Chassis_Group', many: false, holds: true },
    external_ids: 'ids',
  },
  NAT: { type: 'value', external_ip: 'value', logical_ip: 'value', options: 'value', external_ids: 'ids' },
  Logical_Router_Static_Route: { ip_prefix: 'value', nexthop: 'value', external_ids: 'ids' },
  Logical_Router_Policy: { priority: 'value', match: 'value', action: 'value', external_ids: 'ids' },
  Load_Balancer: { name: 'value', vips: 'map', protocol: 'value', options: 'value', external_ids: 'ids' },
  HA_Chassis_Group: { name: 'value', ha_chassis: { to: 'HA_Chassis', many: true }, external_ids: 'ids' },
  HA_Chassis: { chassis_name: 'value', priority: 'value', external_ids: 'ids' },
  Address_Set: { name: 'value', addresses: 'value', external_ids: 'ids' },
  Port_Group: {
    name: 'value',
    ports: { to: 'Logical_Switch_Port', many: true, weak: true },
    acls: { to: 'ACL', many: true },
    external_ids: 'ids',
  },
  ACL: { direction: 'value', priority: 'value', match: 'value', action: 'value', external_ids: 'ids' },
};

export const TABLES = Object.keys(COLUMNS) as Table[];

/** Tables whose rows exist by themselves; a row of any other is gone once nothing refers to it. */
export const ROOTS: ReadonlySet<Table> = new Set<Table>([
  'Logical_Switch',
  'DHCP_Options',
  'DNS',
  'Logical_Router',
  'Load_Balancer',
  'Address_Set',
  'HA_Chassis_Group',
  'Port_Group',
]);

export const KEY = 'potluck:id';
/** Keys of external_ids that are ours to write and to remove; others' stay. */
export const isOurs = (key: string): boolean => key.startsWith('potluck:') || key.startsWith('neutron:');

/** What the northbound database should hold of ours: by table, by key. */
export type Plan = { readonly [T in Table]: Map<string, NbRows[T]> };

export function emptyPlan(): Plan {
  return Object.fromEntries(TABLES.map((table) => [table, new Map()])) as unknown as Plan;
}

/** Adds a row under its key and answers the key, to be put where the row is referred to. */
export function add<T extends Table>(plan: Plan, table: T, key: string, row: NbRows[T]): string {
  const rows = plan[table] as Map<string, NbRows[T]>;
  rows.set(key, { ...row, external_ids: { ...row.external_ids, [KEY]: key } });
  return key;
}

// Names that people and tools around OVN know from Neutron.
export const switchName = (networkId: string): string => `neutron-${networkId}`;
export const routerName = (routerId: string): string => `neutron-${routerId}`;
export const routerPortName = (portId: string): string => `lrp-${portId}`;
export const localnetName = (networkId: string): string => `provnet-${networkId}`;
/** The addresses of one IP version in an address group. */
export const addressSetName = (groupId: string, version: 4 | 6): string =>
  `ag_${groupId.replaceAll('-', '_')}_ip${version}`;
/** Port groups are named in match expressions, where a dash would be a minus. */
export const groupName = (groupId: string): string => `pg_${groupId.replaceAll('-', '_')}`;
