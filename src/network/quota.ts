import { sql } from 'kysely';
import type { ProjectId } from '../core/ids.ts';
import type { Reader, Tx } from '../store/store.ts';
import { overQuota } from './errors.ts';
import { OWNER } from './tables.ts';

/** Neutron's own defaults (https://docs.openstack.org/neutron/latest/configuration/neutron.html#quotas). */
export const DEFAULT_QUOTAS = {
  network: 100,
  subnet: 100,
  subnetpool: -1,
  port: 500,
  router: 10,
  floatingip: 50,
  security_group: 10,
  security_group_rule: 100,
  rbac_policy: 10,
} as const;

export type QuotaResource = keyof typeof DEFAULT_QUOTAS;

export const QUOTA_RESOURCES = Object.keys(DEFAULT_QUOTAS) as QuotaResource[];

export const QUOTA_TABLES: Record<QuotaResource, string> = {
  network: 'networks',
  subnet: 'subnets',
  subnetpool: 'subnet_pools',
  port: 'ports',
  router: 'routers',
  floatingip: 'floating_ips',
  security_group: 'security_groups',
  security_group_rule: 'security_group_rules',
  rbac_policy: 'network_rbac',
};

/** How many of `resource` a project has; the ports that serve metadata are ours, not the project's. */
export async function quotaUsed(db: Reader, projectId: ProjectId, resource: QuotaResource): Promise<number> {
  const own = resource === 'port' ? sql` and device_owner <> ${OWNER.metadata}` : sql``;
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from ${sql.table(QUOTA_TABLES[resource])} where project_id = ${projectId}${own}`.execute(db);
  return Number(rows[0]?.n ?? 0);
}

/** The project's limits, its own where it has some; -1 is no limit. */
export async function quotaLimits(db: Reader, projectId: ProjectId): Promise<Record<QuotaResource, number>> {
  const rows = await db.selectFrom('network_quotas').selectAll().where('project_id', '=', projectId).execute();
  return { ...DEFAULT_QUOTAS, ...Object.fromEntries(rows.map((row) => [row.resource, row.hard_limit])) };
}

/**
 * Throws OverQuota (409) unless the project may have `more` of `resource`. Called in the transaction that makes them,
 * so two requests cannot both take the last one.
 */
export async function claimQuota(tx: Tx, projectId: ProjectId, resource: QuotaResource, more = 1): Promise<void> {
  const limit = (await quotaLimits(tx.db, projectId))[resource];
  if (limit < 0) return;
  if ((await quotaUsed(tx.db, projectId, resource)) + more > limit) throw overQuota(resource);
}
