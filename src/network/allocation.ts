import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { NetworkId, PortId, SubnetId } from '../core/ids.ts';
import { badRequest } from '../core/errors.ts';
import type { Reader, Tx } from '../store/store.ts';
import { fromJson } from '../store/json.ts';
import {
  addressKey,
  bitsOf,
  contains,
  eui64,
  formatIp,
  ipOfKey,
  parseCidr,
  parseIp,
  type Cidr,
  type Ip,
} from './address.ts';
import { addressInUse, invalidInput, noAddressLeft, subnetNotFound } from './errors.ts';
import { hostRange } from './pools.ts';
import { OWNER, type SubnetsTable } from './tables.ts';

/** What a client may say about one address: the subnet, the address, or both. */
export interface FixedIpRequest {
  subnet_id?: string | undefined;
  ip_address?: string | undefined;
}

/** An address to be chosen: from the first of these subnets with a free one, a certain one, or made from the MAC. */
export type Want =
  | { kind: 'any'; subnets: SubnetsTable[] }
  | { kind: 'exact'; subnet: SubnetsTable; ip: Ip }
  | { kind: 'eui64'; subnet: SubnetsTable };

export const cidrOfSubnet = (subnet: Pick<SubnetsTable, 'cidr'>): Cidr => {
  const cidr = parseCidr(subnet.cidr);
  if (!cidr) throw new Error(`subnet with the CIDR ${subnet.cidr}`);
  return cidr;
};

/** Whether ports give themselves their addresses in this subnet, from router advertisements. */
export const isAutomatic = (subnet: Pick<SubnetsTable, 'ipv6_address_mode'>) =>
  subnet.ipv6_address_mode === 'slaac' || subnet.ipv6_address_mode === 'dhcpv6-stateless';

const isRouterOwner = (owner: string) => owner === OWNER.routerInterface || owner === OWNER.routerGateway;

/**
 * Which addresses a port gets: those asked for, or one of each IP version; and one in every subnet where ports
 * configure themselves, except for routers. The order of Neutron's IPAM. Throws ApiError 400.
 */
export function planAddresses(
  networkId: NetworkId,
  subnets: readonly SubnetsTable[],
  requested: readonly FixedIpRequest[] | null,
  owner: string,
): Want[] {
  const usable = subnets.filter((subnet) => {
    const types = fromJson<string[]>(subnet.service_types);
    return types.length === 0 || types.includes(owner);
  });
  const router = isRouterOwner(owner);
  const automatic = router ? [] : usable.filter(isAutomatic);
  if (requested !== null) {
    if (requested.length === 0) return [];
    const wants = requested.map((request) => wantOf(networkId, subnets, request, router));
    const named = wants.flatMap((want) => (want.kind === 'eui64' ? [want.subnet.id] : []));
    const implicit = automatic.filter((subnet) => !named.includes(subnet.id));
    return [...wants, ...implicit.map((subnet): Want => ({ kind: 'eui64', subnet }))];
  }
  const wants: Want[] = [];
  for (const version of [4, 6]) {
    const choices = usable.filter((subnet) => subnet.ip_version === version && (router || !isAutomatic(subnet)));
    if (choices.length > 0) wants.push({ kind: 'any', subnets: choices });
  }
  return [...wants, ...automatic.map((subnet): Want => ({ kind: 'eui64', subnet }))];
}

function wantOf(
  networkId: NetworkId,
  subnets: readonly SubnetsTable[],
  request: FixedIpRequest,
  router: boolean,
): Want {
  const ip = request.ip_address === undefined ? null : parseIp(request.ip_address);
  if (request.ip_address !== undefined && !ip) throw invalidInput(`'${request.ip_address}' is not a valid IP address`);
  const named = request.subnet_id === undefined ? null : subnets.find((subnet) => subnet.id === request.subnet_id);
  if (named === undefined) {
    throw invalidInput(
      `Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${request.subnet_id}`,
    );
  }
  if (!ip) {
    if (!named) throw invalidInput('IP allocation requires subnet_id or ip_address');
    return isAutomatic(named) && !router ? { kind: 'eui64', subnet: named } : { kind: 'any', subnets: [named] };
  }
  const subnet = named ?? subnets.find((one) => contains(cidrOfSubnet(one), ip));
  if (!subnet) {
    throw badRequest(
      `IP address ${formatIp(ip)} is not a valid IP for any of the subnets on the specified network.`,
      'InvalidIpForNetwork',
    );
  }
  const cidr = cidrOfSubnet(subnet);
  const range = hostRange(cidr);
  // Routers may hold the first address of an IPv6 subnet, which hosts may not (RFC 4291, 2.6.1).
  const valid = router && cidr.version === 6 ? contains(cidr, ip) : ip.value >= range.first && ip.value <= range.last;
  if (ip.version !== cidr.version || !valid) {
    throw badRequest(`IP address ${formatIp(ip)} is not a valid IP for the specified subnet.`, 'InvalidIpForSubnet');
  }
  if (isAutomatic(subnet) && !router) {
    throw badRequest(
      `IPv6 address ${formatIp(ip)} can not be directly assigned to a port on subnet ${subnet.id} since the subnet is configured for automatic addresses`,
      'AllocationOnAutoAddressSubnet',
    );
  }
  return { kind: 'exact', subnet, ip };
}

/** Chooses and records the addresses of a port. Throws ApiError 409 when one is taken or none is left. */
export async function takeAddresses(
  tx: Tx,
  port: { id: PortId; network_id: NetworkId; mac_address: string },
  wants: readonly Want[],
  firstPosition = 0,
): Promise<void> {
  let position = firstPosition;
  for (const want of wants) {
    const { subnetId, ip } = await choose(tx.db, port, want);
    if (await isTaken(tx.db, subnetId, ip)) throw addressInUse(formatIp(ip), subnetId);
    await tx.db
      .insertInto('port_addresses')
      .values({ port_id: port.id, subnet_id: subnetId, position, ...addressColumns(ip) })
      .execute();
    position++;
  }
}

async function choose(
  db: Reader,
  port: { network_id: NetworkId; mac_address: string },
  want: Want,
): Promise<{ subnetId: SubnetId; ip: Ip }> {
  if (want.kind === 'exact') return { subnetId: want.subnet.id, ip: want.ip };
  if (want.kind === 'eui64') {
    return { subnetId: want.subnet.id, ip: eui64(cidrOfSubnet(want.subnet), port.mac_address) };
  }
  for (const subnet of want.subnets) {
    const ip = await nextAddress(db, subnet.id);
    if (ip) return { subnetId: subnet.id, ip };
  }
  throw noAddressLeft(port.network_id);
}

const addressColumns = (ip: Ip) => ({
  address: formatIp(ip),
  address_key: addressKey(ip),
  // After the very last address there is none; the key then equals no address's.
  next_key: ip.value + 1n === 1n << BigInt(bitsOf(ip.version)) ? '' : addressKey({ ...ip, value: ip.value + 1n }),
});

async function isTaken(db: Reader, subnetId: SubnetId, ip: Ip): Promise<boolean> {
  const row = await db
    .selectFrom('port_addresses')
    .select('port_id')
    .where('subnet_id', '=', subnetId)
    .where('address_key', '=', addressKey(ip))
    .executeTakeFirst();
  return row !== undefined;
}

/** Where looking for the first gap gets slow: a /20. */
const LARGE_POOL = 4096n;
const GUESSES = 16;

/**
 * A free address of the subnet's pools, or null. The one after the highest in use, which is one look at the index;
 * when a pool is used up to its end, the first gap, found in SQL; in a large pool a few guesses before that.
 */
export async function nextAddress(db: Reader, subnetId: SubnetId): Promise<Ip | null> {
  const pools = await db
    .selectFrom('subnet_allocation_pools')
    .selectAll()
    .where('subnet_id', '=', subnetId)
    .orderBy('first_key')
    .execute();
  for (const pool of pools) {
    const highest = await sql<{ key: string | null }>`select max(address_key) as key from port_addresses
      where subnet_id = ${subnetId} and address_key between ${pool.first_key} and ${pool.last_key}`.execute(db);
    const key = highest.rows[0]?.key ?? null;
    if (key === null) return ipOfKey(pool.first_key);
    const ip = ipOfKey(key);
    if (key < pool.last_key) return { ...ip, value: ip.value + 1n };
  }
  for (const pool of pools) {
    const first = ipOfKey(pool.first_key);
    const size = ipOfKey(pool.last_key).value - first.value + 1n;
    for (let guess = 0; size > LARGE_POOL && guess < GUESSES; guess++) {
      const ip = { ...first, value: first.value + (randomBytes(8).readBigUInt64BE() % size) };
      if (!(await isTaken(db, subnetId, ip))) return ip;
    }
    if (!(await isTaken(db, subnetId, first))) return first;
    const gap = await sql<{ key: string }>`select a.next_key as key from port_addresses a
      where a.subnet_id = ${subnetId} and a.address_key >= ${pool.first_key} and a.address_key < ${pool.last_key}
      and not exists (select 1 from port_addresses b where b.subnet_id = ${subnetId} and b.address_key = a.next_key)
      order by a.address_key limit 1`.execute(db);
    if (gap.rows[0]) return ipOfKey(gap.rows[0].key);
  }
  return null;
}

/** The subnets of a network, oldest first. */
export function subnetsOf(db: Reader, networkId: NetworkId): Promise<SubnetsTable[]> {
  return db
    .selectFrom('subnets')
    .selectAll()
    .where('network_id', '=', networkId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export async function subnetById(db: Reader, id: string): Promise<SubnetsTable> {
  const row = await db
    .selectFrom('subnets')
    .selectAll()
    .where('id', '=', id as SubnetId)
    .executeTakeFirst();
  if (!row) throw subnetNotFound(id);
  return row;
}
