import type { HostId, NetworkId, PortId, ServerId, SubnetId } from '../core/ids.ts';
import type { HostNetwork } from '../host/document.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { cidrOfSubnet } from './allocation.ts';
import { OWNER, type PortStatus } from './tables.ts';

/** One interface of a server, with everything that others say about it. */
export interface ServerPort {
  id: PortId;
  networkId: NetworkId;
  networkName: string;
  mac: string;
  mtu: number;
  status: PortStatus;
  /** Why it is ERROR: what OVN said; null otherwise. */
  statusReason: string | null;
  index: number;
  tag: string | null;
  addresses: ServerAddress[];
  floatingAddresses: { fixed: string; floating: string }[];
  securityGroups: { id: string; name: string }[];
}

export interface ServerAddress {
  address: string;
  version: 4 | 6;
  prefix: number;
  subnetId: SubnetId;
  gateway: string | null;
  nameservers: string[];
}

/** Owners of ports that servers use: `compute:` and the availability zone. */
export const SERVER_OWNER = 'compute:';

/**
 * The interfaces of each server in their order; a server without any is not in the map. Bound ports alone: users may
 * write a server's id on any port of theirs, but only compute binds it.
 */
export async function serverPorts(db: Reader, serverIds: readonly ServerId[]): Promise<Map<ServerId, ServerPort[]>> {
  const found = new Map<ServerId, ServerPort[]>();
  if (serverIds.length === 0) return found;
  const ports = await db
    .selectFrom('ports')
    .innerJoin('networks', 'networks.id', 'ports.network_id')
    .select([
      'ports.id',
      'ports.network_id',
      'networks.name as network_name',
      'networks.mtu',
      'ports.mac_address',
      'ports.status',
      'ports.status_reason',
      'ports.device_id',
      'ports.device_index',
      'ports.device_tag',
    ])
    .where('ports.device_id', 'in', [...serverIds])
    .where('ports.device_owner', 'like', `${SERVER_OWNER}%`)
    .where('ports.binding_host_id', '<>', '')
    .orderBy('ports.device_index')
    .orderBy('ports.created_at')
    .orderBy('ports.id')
    .execute();
  const details = await portDetails(
    db,
    ports.map((port) => port.id),
  );
  for (const port of ports) {
    const list = found.get(port.device_id) ?? [];
    list.push({
      id: port.id,
      networkId: port.network_id,
      networkName: port.network_name,
      mac: port.mac_address,
      mtu: port.mtu,
      status: port.status,
      statusReason: port.status_reason,
      index: port.device_index,
      tag: port.device_tag,
      addresses: details.addresses.get(port.id) ?? [],
      floatingAddresses: details.floating.get(port.id) ?? [],
      securityGroups: details.groups.get(port.id) ?? [],
    });
    found.set(port.device_id, list);
  }
  return found;
}

async function portDetails(db: Reader, ids: readonly PortId[]) {
  const addresses = new Map<PortId, ServerAddress[]>();
  const floating = new Map<PortId, { fixed: string; floating: string }[]>();
  const groups = new Map<PortId, { id: string; name: string }[]>();
  if (ids.length === 0) return { addresses, floating, groups };
  const rows = await db
    .selectFrom('port_addresses')
    .innerJoin('subnets', 'subnets.id', 'port_addresses.subnet_id')
    .select(['port_id', 'address', 'subnet_id', 'ip_version', 'cidr', 'gateway_ip', 'dns_nameservers'])
    .where('port_id', 'in', [...ids])
    .orderBy('position')
    .execute();
  for (const row of rows) {
    push(addresses, row.port_id, {
      address: row.address,
      version: row.ip_version,
      prefix: cidrOfSubnet(row).prefix,
      subnetId: row.subnet_id,
      gateway: row.gateway_ip,
      nameservers: fromJson<string[]>(row.dns_nameservers),
    });
  }
  const floatingRows = await db
    .selectFrom('floating_ips')
    .select(['port_id', 'fixed_ip_address', 'floating_ip_address'])
    .where('port_id', 'in', [...ids])
    .orderBy('created_at')
    .execute();
  for (const { port_id, fixed_ip_address, floating_ip_address } of floatingRows) {
    if (port_id === null || fixed_ip_address === null) continue;
    push(floating, port_id, { fixed: fixed_ip_address, floating: floating_ip_address });
  }
  const groupRows = await db
    .selectFrom('port_security_groups')
    .innerJoin('security_groups', 'security_groups.id', 'port_security_groups.security_group_id')
    .select(['port_id', 'security_groups.id', 'security_groups.name'])
    .where('port_id', 'in', [...ids])
    .orderBy('security_groups.name')
    .execute();
  for (const { port_id, id, name } of groupRows) push(groups, port_id, { id, name });
  return { addresses, floating, groups };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The networks with servers on the host, each with the port behind which the host answers for metadata. */
export async function hostNetworks(db: Reader, hostId: HostId): Promise<HostNetwork[]> {
  const rows = await db
    .selectFrom('ports')
    .innerJoin('networks', 'networks.id', 'ports.network_id')
    .innerJoin('port_addresses', 'port_addresses.port_id', 'ports.id')
    .innerJoin('subnets', 'subnets.id', 'port_addresses.subnet_id')
    .select([
      'networks.id as network_id',
      'networks.mtu',
      'ports.id as port_id',
      'ports.mac_address',
      'port_addresses.address',
      'subnets.cidr',
    ])
    .where('ports.device_owner', '=', OWNER.metadata)
    .where('ports.network_id', 'in', (query) =>
      query
        .selectFrom('ports as plugged')
        .select('plugged.network_id')
        .where('plugged.binding_host_id', '=', hostId)
        .where('plugged.device_owner', 'like', `${SERVER_OWNER}%`),
    )
    .orderBy('networks.id')
    .orderBy('port_addresses.position')
    .orderBy('port_addresses.address_key')
    .execute();
  const networks = new Map<NetworkId, HostNetwork>();
  for (const row of rows) {
    const network = networks.get(row.network_id) ?? {
      id: row.network_id,
      mtu: row.mtu,
      metadataPort: { id: row.port_id, mac: row.mac_address, cidrs: [] },
    };
    network.metadataPort.cidrs.push(`${row.address}/${cidrOfSubnet(row).prefix}`);
    networks.set(row.network_id, network);
  }
  return [...networks.values()];
}

/** Servers with a port that the network refuses, and why. */
export async function refusedPorts(db: Reader): Promise<Map<string, { id: PortId; reason: string | null }>> {
  const rows = await db
    .selectFrom('ports')
    .select(['id', 'device_id', 'status_reason'])
    .where('status', '=', 'ERROR')
    .where('device_owner', 'like', `${SERVER_OWNER}%`)
    .execute();
  return new Map(rows.map((row) => [row.device_id, { id: row.id, reason: row.status_reason }]));
}
