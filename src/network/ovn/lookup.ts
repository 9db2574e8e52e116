import { OWNER } from '../tables.ts';
import type { QosRulesTable } from '../tables.ts';
import type {
  AddressRow,
  FloatingIpRow,
  ForwardingRow,
  NetworkRow,
  NetworkRows,
  PortRow,
  SegmentRow,
  SubnetRow,
} from './rows.ts';

/** The rows, and the ways into them that planning needs. */
export interface Index {
  rows: NetworkRows;
  networks: Map<string, NetworkRow>;
  subnets: Map<string, SubnetRow>;
  subnetsOf: Map<string, SubnetRow[]>;
  ports: Map<string, PortRow>;
  portsOf: Map<string, PortRow[]>;
  addressesOf: Map<string, AddressRow[]>;
  /** Subnet to the address of its metadata port. */
  metadata: Map<string, string>;
  /** Port to the security groups it is in. */
  groupsOf: Map<string, string[]>;
  /** Router to the floating addresses it answers for. */
  floatingOf: Map<string, FloatingIpRow[]>;
  forwardingsOf: Map<string, ForwardingRow[]>;
  segmentsOf: Map<string, SegmentRow[]>;
  qosRulesOf: Map<string, QosRulesTable[]>;
}

export function indexOf(rows: NetworkRows): Index {
  const addressesOf = byKey(rows.addresses, (address) => address.port_id);
  const metadata = new Map<string, string>();
  for (const port of rows.ports) {
    if (port.device_owner !== OWNER.metadata) continue;
    for (const { subnet_id: id, address } of addressesOf.get(port.id) ?? []) metadata.set(id, address);
  }
  const groupsOf = new Map<string, string[]>();
  for (const { port_id: port, security_group_id: group } of rows.memberships) {
    groupsOf.set(port, [...(groupsOf.get(port) ?? []), group]);
  }
  return {
    rows,
    networks: new Map(rows.networks.map((network) => [network.id, network])),
    subnets: new Map(rows.subnets.map((subnet) => [subnet.id, subnet])),
    subnetsOf: byKey(rows.subnets, (subnet) => subnet.network_id),
    ports: new Map(rows.ports.map((port) => [port.id, port])),
    portsOf: byKey(rows.ports, (port) => port.network_id),
    addressesOf,
    metadata,
    groupsOf,
    floatingOf: byKey(
      rows.floatingIps.filter((one) => one.router_id !== null),
      (one) => one.router_id ?? '',
    ),
    forwardingsOf: byKey(rows.forwardings, (one) => one.floating_ip_id),
    segmentsOf: byKey(rows.segments, (one) => one.network_id),
    qosRulesOf: byKey(rows.qosRules, (one) => one.qos_policy_id),
  };
}

export function byKey<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const item of items) {
    const list = map.get(key(item));
    if (list) list.push(item);
    else map.set(key(item), [item]);
  }
  return map;
}

/** Ports of the network service itself: routers', metadata. They are trusted, and get no DHCP. */
export const isService = (port: Pick<PortRow, 'device_owner'>): boolean => port.device_owner.startsWith('network:');

/** Whether security groups and address checks apply. */
export const isProtected = (port: PortRow): boolean => port.port_security_enabled === 1 && !isService(port);

export const isRouterPort = (port: PortRow): boolean =>
  port.device_owner === OWNER.routerInterface || port.device_owner === OWNER.routerGateway;
