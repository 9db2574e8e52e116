import { badRequest, conflict } from '../core/errors.ts';
import { addressKey, contains, formatIp, parseIp, type Cidr, type Ip } from './address.ts';
import { invalidInput } from './errors.ts';

/** A range of addresses, both ends included. */
export interface Pool {
  version: 4 | 6;
  first: bigint;
  last: bigint;
}

/** The first and last address a host may have in the subnet. */
export function hostRange(cidr: Cidr): Pool {
  const { version, first, last, prefix } = cidr;
  if (version === 4) return prefix >= 31 ? { version, first, last } : { version, first: first + 1n, last: last - 1n };
  return prefix >= 127 ? { version, first, last } : { version, first: first + 1n, last };
}

/** Every address a host may have, without the gateway's. */
export function defaultPools(cidr: Cidr, gateway: Ip | null): Pool[] {
  const all = hostRange(cidr);
  if (!gateway || !contains(cidr, gateway)) return [all];
  return [
    { ...all, last: gateway.value - 1n },
    { ...all, first: gateway.value + 1n },
  ]
    .map((pool) => ({
      ...pool,
      first: pool.first < all.first ? all.first : pool.first,
      last: pool.last > all.last ? all.last : pool.last,
    }))
    .filter((pool) => pool.first <= pool.last);
}

/** Reads and checks the pools of a request. Throws ApiError 400 or 409 with Neutron's names. */
export function parsePools(input: readonly { start: string; end: string }[], cidr: Cidr, cidrText: string): Pool[] {
  const range = hostRange(cidr);
  const pools = input.map(({ start, end }) => {
    const first = parseIp(start);
    const last = parseIp(end);
    if (
      !first ||
      !last ||
      first.version !== cidr.version ||
      last.version !== cidr.version ||
      last.value < first.value
    ) {
      throw badRequest(`The allocation pool ${start}-${end} is not valid.`, 'InvalidAllocationPool');
    }
    if (first.value < range.first || last.value > range.last) {
      throw badRequest(
        `The allocation pool ${start}-${end} spans beyond the subnet cidr ${cidrText}.`,
        'OutOfBoundsAllocationPool',
      );
    }
    return { version: cidr.version, first: first.value, last: last.value };
  });
  const sorted = pools.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  for (const [index, pool] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next && next.first <= pool.last) {
      throw conflict(
        `Found overlapping allocation pools: ${poolText(pool)}, ${poolText(next)} for subnet ${cidrText}.`,
        'OverlappingAllocationPools',
      );
    }
  }
  return sorted;
}

/** Throws 409 when the gateway's address could be given to a port. */
export function checkGatewayOutsidePools(gateway: Ip, pools: readonly Pool[]): void {
  const hit = pools.find((pool) => gateway.value >= pool.first && gateway.value <= pool.last);
  if (hit) {
    throw conflict(
      `Gateway ip ${formatIp(gateway)} conflicts with allocation pool ${poolText(hit)}.`,
      'GatewayConflictWithAllocationPools',
    );
  }
}

/** The gateway of a request that must be an address of the subnet, or link-local for IPv6. Throws 400. */
export function parseGateway(text: string, cidr: Cidr): Ip {
  const ip = parseIp(text);
  if (!ip || ip.version !== cidr.version) throw invalidInput(`'${text}' is not a valid gateway address.`);
  const linkLocal = ip.version === 6 && ip.value >> 118n === 0xfe80n >> 6n;
  const range = ip.version === 4 ? hostRange(cidr) : cidr;
  if (!linkLocal && !(ip.value >= range.first && ip.value <= range.last)) {
    throw invalidInput('Gateway is not valid on subnet');
  }
  return ip;
}

const poolText = (pool: Pool) => `${textOf(pool, pool.first)}-${textOf(pool, pool.last)}`;
const textOf = (pool: Pool, value: bigint) => formatIp({ version: pool.version, value });

/** The pool as its table's columns. */
export function poolColumns(pool: Pool) {
  const first = { version: pool.version, value: pool.first };
  const last = { version: pool.version, value: pool.last };
  return {
    first_ip: formatIp(first),
    last_ip: formatIp(last),
    first_key: addressKey(first),
    last_key: addressKey(last),
  };
}
