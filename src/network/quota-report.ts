import { sql } from 'kysely';
import type { QuotaUse } from '../operations/contract.ts';
import type { Reader } from '../store/store.ts';
import { DEFAULT_QUOTAS, QUOTA_RESOURCES, QUOTA_TABLES } from './quota.ts';
import { OWNER } from './tables.ts';

/** Limits and use of projects, with as many queries for a thousand as for one. */
export async function networkQuotas(
  db: Reader,
  projects: readonly string[],
): Promise<Map<string, Record<string, QuotaUse>>> {
  const limits = await db
    .selectFrom('network_quotas')
    .selectAll()
    .where('project_id', 'in', projects as never)
    .execute();
  const own = new Map(limits.map((row) => [`${row.project_id} ${row.resource}`, row.hard_limit]));
  const used = new Map<string, number>();
  for (const resource of QUOTA_RESOURCES) {
    const counted = resource === 'port' ? sql` and device_owner <> ${OWNER.metadata}` : sql``;
    const { rows } = await sql<{ project_id: string; n: number }>`select project_id, count(*) as n
      from ${sql.table(QUOTA_TABLES[resource])} where project_id in (${sql.join(projects)})${counted}
      group by project_id`.execute(db);
    for (const row of rows) used.set(`${row.project_id} ${resource}`, Number(row.n));
  }
  return new Map(
    projects.map((project) => [
      project,
      Object.fromEntries(
        QUOTA_RESOURCES.map((name) => {
          const key = `${project} ${name}`;
          return [name, { limit: own.get(key) ?? DEFAULT_QUOTAS[name], used: used.get(key) ?? 0 }];
        }),
      ),
    ]),
  );
}
