import type { QuotaUse } from '../../operations/contract.ts';
import type { Reader } from '../../store/store.ts';
import { classQuota } from './quotas.ts';

const SHOWN = ['instances', 'cores', 'ram', 'server_groups'] as const;

/** Limits and use of projects, with as many queries for a thousand as for one. `ram` is in MiB. */
export async function computeQuotas(
  db: Reader,
  projects: readonly string[],
): Promise<Map<string, Record<string, QuotaUse>>> {
  const defaults = await classQuota(db);
  const limits = await db
    .selectFrom('compute_quotas')
    .select(['project_id', 'resource', 'hard_limit'])
    .where('project_id', 'in', projects)
    .execute();
  const servers = await db
    .selectFrom('servers')
    .select((select) => [
      'project_id',
      select.fn.countAll<number>().as('instances'),
      select.fn.sum<number>('vcpus').as('cores'),
      select.fn.sum<number>('memory_mib').as('ram'),
    ])
    .where('project_id', 'in', projects as never)
    .where('deleted', '=', 0)
    .where('vm_state', '<>', 'soft-delete')
    .groupBy('project_id')
    .execute();
  const groups = await db
    .selectFrom('server_groups')
    .select((select) => ['project_id', select.fn.countAll<number>().as('server_groups')])
    .where('project_id', 'in', projects)
    .groupBy('project_id')
    .execute();
  const used = new Map<string, Partial<Record<(typeof SHOWN)[number], number>>>();
  for (const { project_id, ...row } of [...servers, ...groups]) {
    used.set(project_id, { ...used.get(project_id), ...row });
  }
  const own = new Map(limits.map((row) => [`${row.project_id} ${row.resource}`, row.hard_limit]));
  return new Map(
    projects.map((project) => [
      project,
      Object.fromEntries(
        SHOWN.map((name) => [
          name,
          { limit: own.get(`${project} ${name}`) ?? defaults[name], used: used.get(project)?.[name] ?? 0 },
        ]),
      ),
    ]),
  );
}
