import { badRequest, conflict, notFound } from '../core/errors.ts';
import type { NetworkId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { overlaps, parseCidr } from './address.ts';
import { isSharedWith } from './rbac.ts';

/** The address scope of each network and IP version (`<network> 4`), from the pools that its subnets are cut from. */
export async function scopesOfNetworks(db: Reader, ids: readonly NetworkId[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('subnets')
    .innerJoin('subnet_pools', 'subnet_pools.id', 'subnets.subnetpool_id')
    .select(['subnets.network_id', 'subnets.ip_version', 'subnet_pools.address_scope_id'])
    .where('subnets.network_id', 'in', [...ids])
    .where('subnet_pools.address_scope_id', 'is not', null)
    .execute();
  return new Map(rows.map((row) => [`${row.network_id} ${row.ip_version}`, row.address_scope_id ?? '']));
}

export const addressScopeNotFound = (id: string) =>
  notFound(`Address scope ${id} could not be found`, 'AddressScopeNotFound');

/**
 * Puts a pool into an address scope that its owner may use: of the same IP version, and without prefixes that other
 * pools of the scope have. Throws ApiError 400, 404 or 409.
 */
export async function checkPoolScope(
  db: Reader,
  context: Context,
  pool: { id: string; ip_version: 4 | 6; prefixes: readonly string[] },
  scopeId: string | null,
): Promise<void> {
  if (scopeId === null) return;
  const scope = await db.selectFrom('address_scopes').selectAll().where('id', '=', scopeId).executeTakeFirst();
  const seen =
    scope && (context.isAdmin || scope.project_id === context.projectId || (await isSharedWith(db, context, scope.id)));
  if (!seen) throw addressScopeNotFound(scopeId);
  if (scope.ip_version !== pool.ip_version) {
    throw badRequest(
      `Illegal subnetpool association: subnetpool ${pool.id} cannot associate with address scope ${scopeId} because subnetpool ip_version is not ${scope.ip_version}.`,
      'IllegalSubnetPoolIpVersionAssociation',
    );
  }
  const wanted = pool.prefixes.flatMap((text) => parseCidr(text) ?? []);
  const others = await db
    .selectFrom('subnet_pools')
    .select(['id', 'prefixes'])
    .where('address_scope_id', '=', scopeId)
    .where('id', '<>', pool.id)
    .execute();
  for (const other of others) {
    for (const text of fromJson<string[]>(other.prefixes)) {
      const cidr = parseCidr(text);
      if (cidr && wanted.some((one) => overlaps(one, cidr))) {
        throw conflict(
          `Failed to associate address scope: subnetpools within an address scope must have unique prefixes; ${text} is in ${other.id}.`,
          'AddressScopePrefixConflict',
        );
      }
    }
  }
}
