import { badRequest, conflict } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import { fromJson } from '../store/json.ts';
import type { NetworkId, ProjectId } from '../core/ids.ts';
import type { Reader, Tx } from '../store/store.ts';
import { bitsOf, overlaps, parseCidr, type Cidr } from './address.ts';
import { subnetPoolNotFound } from './errors.ts';
import { isSharedWith } from './rbac.ts';
import type { SubnetPoolsTable } from './tables.ts';

export interface CutRequest {
  /** Null takes the default pool of the IP version. */
  poolId: string | null;
  version: 4 | 6;
  cidr: Cidr | null;
  prefixLength: number | null;
  /** Whose subnet it becomes: the pool's quota counts by project. */
  projectId: ProjectId;
}

/** Cuts a CIDR out of a subnet pool that the caller sees. Throws ApiError 400, 404 or 409. */
export async function cutFromPool(
  tx: Tx,
  context: Context,
  request: CutRequest,
): Promise<{ cidr: Cidr; poolId: string }> {
  const pool = await poolFor(tx, context, request);
  if (pool.ip_version !== request.version) {
    throw badRequest('Bad subnets request: the ip_version does not match the subnet pool.', 'BadRequest');
  }
  const length = request.cidr?.prefix ?? request.prefixLength ?? pool.default_prefixlen;
  if (length < pool.min_prefixlen || length > pool.max_prefixlen) {
    throw badRequest(
      `Unable to allocate subnet with prefix length ${length}, allowed are ${pool.min_prefixlen} to ${pool.max_prefixlen}.`,
      length < pool.min_prefixlen ? 'MinPrefixSubnetAllocationError' : 'MaxPrefixSubnetAllocationError',
    );
  }
  const rows = await tx.db
    .selectFrom('subnets')
    .select(['cidr', 'project_id'])
    .where('subnetpool_id', '=', pool.id)
    .execute();
  const taken = rows.flatMap((row) => parseCidr(row.cidr) ?? []);
  const own = rows.filter((row) => row.project_id === request.projectId);
  checkPoolQuota(
    pool,
    own.flatMap((row) => parseCidr(row.cidr) ?? []),
    length,
  );
  const prefixes = fromJson<string[]>(pool.prefixes).flatMap((text) => parseCidr(text) ?? []);
  const cidr = request.cidr
    ? exact(request.cidr, prefixes, taken)
    : firstFree(pool.ip_version, length, prefixes, taken);
  if (!cidr) {
    throw conflict(
      'Failed to allocate subnet: Insufficient prefix space to allocate subnet size /' + length + '.',
      'SubnetAllocationError',
    );
  }
  return { cidr, poolId: pool.id };
}

/**
 * Within a network all subnets of a version come from one address scope, or from none at all, so that a router knows
 * what it may leave untranslated. Throws ApiError 400.
 */
export async function checkOneScope(
  db: Reader,
  networkId: NetworkId,
  version: 4 | 6,
  poolId: string | null,
): Promise<void> {
  const others = await db
    .selectFrom('subnets')
    .leftJoin('subnet_pools', 'subnet_pools.id', 'subnets.subnetpool_id')
    .select(['subnets.subnetpool_id', 'subnet_pools.address_scope_id'])
    .where('subnets.network_id', '=', networkId)
    .where('subnets.ip_version', '=', version)
    .execute();
  if (others.length === 0) return;
  const pool =
    poolId === null
      ? undefined
      : await db.selectFrom('subnet_pools').select('address_scope_id').where('id', '=', poolId).executeTakeFirst();
  const scope = pool?.address_scope_id ?? null;
  if (others.every((other) => (other.address_scope_id ?? null) === scope)) return;
  throw badRequest(
    'Subnets hosted on the same network must be allocated from the same subnet pool.',
    'NetworkSubnetPoolAffinityError',
  );
}

async function poolFor(tx: Tx, context: Context, { poolId, version }: CutRequest): Promise<SubnetPoolsTable> {
  const query = tx.db.selectFrom('subnet_pools').selectAll();
  const pool =
    poolId === null
      ? await query.where('is_default', '=', 1).where('ip_version', '=', version).executeTakeFirst()
      : await query.where('id', '=', poolId).executeTakeFirst();
  if (!pool && poolId === null) {
    throw badRequest(`Bad subnets request: No default subnetpool found for IPv${version}.`, 'BadRequest');
  }
  const seen =
    pool && (context.isAdmin || pool.project_id === context.projectId || (await isSharedWith(tx.db, context, pool.id)));
  if (!seen) {
    throw subnetPoolNotFound(poolId ?? '');
  }
  return pool;
}

/** The quota counts addresses for IPv4 and /64s for IPv6. */
function checkPoolQuota(pool: SubnetPoolsTable, own: readonly Cidr[], length: number): void {
  if (pool.default_quota === null) return;
  const unit = pool.ip_version === 4 ? 32 : 64;
  const size = (prefix: number) => (prefix >= unit ? 1 : 2 ** (unit - prefix));
  const used = own.reduce((sum, cidr) => sum + size(cidr.prefix), 0);
  if (used + size(length) > pool.default_quota) {
    throw conflict('Per-tenant subnet pool prefix quota exceeded.', 'SubnetPoolQuotaExceeded');
  }
}

function exact(cidr: Cidr, prefixes: readonly Cidr[], taken: readonly Cidr[]): Cidr | null {
  const inside = prefixes.some((prefix) => cidr.first >= prefix.first && cidr.last <= prefix.last);
  return inside && !taken.some((other) => overlaps(other, cidr)) ? cidr : null;
}

/** The lowest free block of the length: each taken block is jumped over, so the work grows with those alone. */
export function firstFree(
  version: 4 | 6,
  length: number,
  prefixes: readonly Cidr[],
  taken: readonly Cidr[],
): Cidr | null {
  const size = 1n << BigInt(bitsOf(version) - length);
  const sorted = taken.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  for (const prefix of prefixes) {
    if (prefix.prefix > length) continue;
    let first = prefix.first;
    for (const other of sorted) {
      if (other.last < first || other.first > first + size - 1n) continue;
      first = ((other.last + size) / size) * size;
    }
    if (first + size - 1n <= prefix.last) return { version, first, last: first + size - 1n, prefix: length };
  }
  return null;
}
