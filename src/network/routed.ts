import { conflict } from '../core/errors.ts';
import type { NetworkId } from '../core/ids.ts';
import type { Reader, Tx } from '../store/store.ts';
import { planAddresses, subnetsOf, takeAddresses, type FixedIpRequest, type Want } from './allocation.ts';
import type { NetworksTable, PortsTable, SubnetsTable } from './tables.ts';

// Routed provider networks: one network over several wires that a router outside of this cloud joins. A host is on the
// wires that its bridge mappings name, and a port on it has addresses of that wire's subnets.
// https://docs.openstack.org/neutron/latest/admin/config-routed-networks.html

/** The subnets that a port may have addresses of, and whether that is known only once it is bound to a host. */
export interface Reach {
  subnets: SubnetsTable[];
  deferred: boolean;
}

/** Where a port of this owner may have addresses on a host. Throws ApiError 409 for a host that is on no wire of it. */
export async function reachOf(
  db: Reader,
  networkId: NetworkId,
  port: { hostId: string; owner: string },
): Promise<Reach> {
  const subnets = await subnetsOf(db, networkId);
  const routed = subnets.some((subnet) => subnet.segment_id !== null);
  if (!routed || port.owner.startsWith('network:')) return { subnets, deferred: false };
  if (port.hostId === '') return { subnets, deferred: true };
  const segment = await segmentOfHost(db, networkId, port.hostId);
  return { subnets: subnets.filter((one) => one.segment_id === null || one.segment_id === segment), deferred: false };
}

/**
 * The wire of a network that a host is on, by the physical networks of its bridge mappings.
 * Throws ApiError 409 as Neutron does when there is none, or more than one.
 */
export async function segmentOfHost(db: Reader, networkId: NetworkId, host: string): Promise<string> {
  const mapped = await physicalNetworksOf(db, host);
  const segments = await db
    .selectFrom('network_segments')
    .select(['id', 'physical_network'])
    .where('network_id', '=', networkId)
    .execute();
  const [segment, ...more] = segments.filter(
    (one) => one.physical_network !== null && mapped.includes(one.physical_network),
  );
  if (!segment) {
    throw conflict(
      `Host ${host} is not connected to any segments on routed provider network '${networkId}'. It should be connected to one: its bridge mappings are for ${mapped.join(', ') || 'nothing'}.`,
      'HostNotConnectedToAnySegment',
    );
  }
  if (more.length > 0) {
    throw conflict(
      `Host ${host} is connected to multiple segments on routed provider network '${networkId}'. It should be connected to one.`,
      'HostConnectedToMultipleSegments',
    );
  }
  return segment.id;
}

/** Throws ApiError 409 when the host has no bridge for any wire of a provider network: a server would hear nobody. */
export async function checkWired(
  db: Reader,
  network: Pick<NetworksTable, 'id' | 'name' | 'network_type'>,
  host: string,
): Promise<void> {
  if (network.network_type === 'geneve') return;
  const mapped = await physicalNetworksOf(db, host);
  const segments = await db
    .selectFrom('network_segments')
    .select('physical_network')
    .where('network_id', '=', network.id)
    .execute();
  const wanted = segments.flatMap(({ physical_network: name }) => (name === null ? [] : [name]));
  if (wanted.some((name) => mapped.includes(name))) return;
  throw conflict(
    `Network ${network.name} is on the physical network ${wanted.join(', ')}, for which the server's host has no bridge. An administrator gives it one: potluck up --bridge-mappings.`,
    'PortBindingFailed',
  );
}

/** The physical networks that a host has bridges for, as its agent last said; one that never said has `public`. */
async function physicalNetworksOf(db: Reader, host: string): Promise<string[]> {
  const row = await db
    .selectFrom('hosts')
    .select('capacity')
    .where((where) => where.or([where('id', '=', host as never), where('name', '=', host)]))
    .executeTakeFirst();
  return Object.keys(bridgeMappingsOf(row?.capacity ?? null));
}

/** Physical network to bridge, from what a host's agent reported. */
export function bridgeMappingsOf(capacity: string | null): Record<string, string> {
  const { bridgeMappings } = JSON.parse(capacity ?? '{}') as { bridgeMappings?: Record<string, string> };
  return bridgeMappings ?? { public: 'br-ex' };
}

const incompatible = (host: string, networkId: NetworkId, subnet: string) =>
  conflict(
    `Host ${host} is not connected to a segment where the existing fixed_ips of the port can function: it is not on the one of subnet ${subnet} of network ${networkId}.`,
    'HostNotCompatibleWithFixedIps',
  );

/**
 * The addresses of a new port, and when they are chosen. Wishes count at once, also for a port that is bound later.
 * Throws ApiError 400, and 409 for wishes of another wire than the host's.
 */
export async function planForPort(
  db: Reader,
  networkId: NetworkId,
  port: { hostId: string; owner: string; onlyIpv4: boolean },
  requested: readonly FixedIpRequest[] | null,
): Promise<{ wants: Want[]; allocation: PortsTable['ip_allocation'] }> {
  const reach = await reachOf(db, networkId, port);
  if (requested === null && reach.deferred) return { wants: [], allocation: 'deferred' };
  const subnets = reach.subnets.filter((subnet) => !port.onlyIpv4 || subnet.ip_version === 4);
  const wish = requested?.find(({ subnet_id: id }) => id !== undefined && !subnets.some((one) => one.id === id));
  if (wish?.subnet_id !== undefined && (await subnetsOf(db, networkId)).some((one) => one.id === wish.subnet_id)) {
    throw incompatible(port.hostId, networkId, wish.subnet_id);
  }
  const wants = planAddresses(networkId, subnets, requested, port.owner);
  return { wants, allocation: requested?.length === 0 ? 'none' : 'immediate' };
}

/**
 * What binding a port to a host means for its addresses: those that were deferred are chosen now, and those it has must
 * be of the host's wire. Throws ApiError 409.
 */
export async function bindAddresses(
  tx: Tx,
  port: Pick<PortsTable, 'id' | 'network_id' | 'mac_address' | 'device_owner' | 'ip_allocation'>,
  hostId: string,
): Promise<void> {
  if (hostId === '') return;
  const reach = await reachOf(tx.db, port.network_id, { hostId, owner: port.device_owner });
  const held = await tx.db.selectFrom('port_addresses').select('subnet_id').where('port_id', '=', port.id).execute();
  const foreign = held.find((one) => !reach.subnets.some((subnet) => subnet.id === one.subnet_id));
  if (foreign) throw incompatible(hostId, port.network_id, foreign.subnet_id);
  if (held.length > 0 || port.ip_allocation !== 'deferred') return;
  await takeAddresses(tx, port, planAddresses(port.network_id, reach.subnets, null, port.device_owner));
}
