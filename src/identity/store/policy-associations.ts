import type { Selectable } from 'kysely';
import type { Reader, Tx } from '../../store/store.ts';
import type { PolicyAssociationsTable } from '../tables/catalog-filters.ts';
import type { EndpointRow, RegionRow } from '../wire/catalog.ts';

export type PolicyAssociation = Selectable<PolicyAssociationsTable>;
/** What a policy is tied to: an endpoint, a service, or a service in a region and those below it. */
export type PolicyTarget = Omit<PolicyAssociation, 'policy_id'>;

export const targetOf = (given: Record<string, string>): PolicyTarget => ({
  endpoint_id: given['endpoint_id'] ?? null,
  service_id: given['service_id'] ?? null,
  region_id: given['region_id'] ?? null,
});

const same = (a: PolicyTarget, b: PolicyTarget) =>
  a.endpoint_id === b.endpoint_id && a.service_id === b.service_id && a.region_id === b.region_id;

export const readAssociations = (db: Reader): Promise<PolicyAssociation[]> =>
  db.selectFrom('policy_associations').selectAll().execute();

export async function isAssociated(db: Reader, policyId: string, target: PolicyTarget): Promise<boolean> {
  return (await readAssociations(db)).some((row) => row.policy_id === policyId && same(row, target));
}

/** Ties a policy to a target, which has one at most. */
export async function associate(tx: Tx, policyId: string, target: PolicyTarget): Promise<void> {
  await dissociate(tx, target);
  await tx.db
    .insertInto('policy_associations')
    .values({ ...target, policy_id: policyId })
    .execute();
}

export async function dissociate(tx: Tx, target: PolicyTarget): Promise<void> {
  let remove = tx.db.deleteFrom('policy_associations');
  for (const column of ['endpoint_id', 'service_id', 'region_id'] as const) {
    const value = target[column];
    remove = value === null ? remove.where(column, 'is', null) : remove.where(column, '=', value);
  }
  await remove.execute();
}

/** A region and those above it, nearest first. */
export function regionsAbove(regions: readonly RegionRow[], id: string | null): string[] {
  const parents = new Map(regions.map((row) => [row.id, row.parent_region_id]));
  const above: string[] = [];
  for (let next = id; next !== null && !above.includes(next); next = parents.get(next) ?? null) above.push(next);
  return above;
}

/**
 * Which policy an endpoint follows: its own, else that of its service in the nearest region, else its service's
 * (https://docs.openstack.org/api-ref/identity/v3-ext/#os-endpoint-policy-api). Null for none.
 */
export function policyFor(
  endpoint: EndpointRow,
  associations: readonly PolicyAssociation[],
  regions: readonly RegionRow[],
): string | null {
  const { id, service_id: serviceId } = endpoint;
  const targets: PolicyTarget[] = [
    { endpoint_id: id, service_id: null, region_id: null },
    ...regionsAbove(regions, endpoint.region_id).map((regionId) => ({
      endpoint_id: null,
      service_id: serviceId,
      region_id: regionId,
    })),
    { endpoint_id: null, service_id: serviceId, region_id: null },
  ];
  for (const target of targets) {
    const found = associations.find((row) => same(row, target));
    if (found) return found.policy_id;
  }
  return null;
}
