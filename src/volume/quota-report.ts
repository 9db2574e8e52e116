import { sql } from 'kysely';
import type { QuotaUse } from '../operations/contract.ts';
import type { Reader } from '../store/store.ts';
import { DEFAULT_QUOTA, defaultQuota } from './quotas.ts';

/** What is counted; the largest size of a volume is a limit that nothing is used of. */
const SHOWN = Object.keys(DEFAULT_QUOTA).filter((name) => name !== 'per_volume_gigabytes');

/** Limits and use of projects, all types of volumes together, with as many queries for a thousand as for one. */
export async function volumeQuotas(
  db: Reader,
  projects: readonly string[],
): Promise<Map<string, Record<string, QuotaUse>>> {
  const defaults = await defaultQuota(db);
  const limits = await db.selectFrom('volume_quotas').selectAll().where('project_id', 'in', projects).execute();
  const own = new Map(limits.map((row) => [`${row.project_id} ${row.resource}`, row.hard_limit]));
  const ids = sql.join(projects);
  const { rows } = await sql<{ project_id: string; name: string; n: number }>`
    select project_id, 'volumes' as name, count(*) as n from volumes
      where managed = 1 and project_id in (${ids}) group by project_id
    union all select project_id, 'gigabytes', sum(target_gib) from volumes
      where managed = 1 and project_id in (${ids}) group by project_id
    union all select project_id, 'snapshots', count(*) from volume_snapshots
      where managed = 1 and project_id in (${ids}) group by project_id
    union all select project_id, 'gigabytes', sum(size_gib) from volume_snapshots
      where managed = 1 and project_id in (${ids}) group by project_id
    union all select project_id, 'backups', count(*) from volume_backups
      where project_id in (${ids}) group by project_id
    union all select project_id, 'backup_gigabytes', sum(size_gib) from volume_backups
      where project_id in (${ids}) group by project_id
    union all select project_id, 'groups', count(*) from volume_groups
      where project_id in (${ids}) group by project_id`.execute(db);
  const used = new Map<string, number>();
  for (const row of rows) {
    const key = `${row.project_id} ${row.name}`;
    used.set(key, (used.get(key) ?? 0) + Number(row.n));
  }
  return new Map(
    projects.map((project) => [
      project,
      Object.fromEntries(
        SHOWN.map((name) => {
          const key = `${project} ${name}`;
          return [name, { limit: own.get(key) ?? defaults[name] ?? -1, used: used.get(key) ?? 0 }];
        }),
      ),
    ]),
  );
}
