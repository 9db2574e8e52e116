import { isoNaive } from '../core/clock.ts';
import type { Reader } from '../store/store.ts';
import { flavorOfServer, type ServerRow } from './model.ts';

const HOUR = 3600_000;

/** What one project used in a period: https://docs.openstack.org/api-ref/compute/#usage-reports-os-simple-tenant-usage */
export interface TenantUsage {
  tenant_id: string;
  total_hours: number;
  total_vcpus_usage: number;
  total_memory_mb_usage: number;
  total_local_gb_usage: number;
  start: string;
  stop: string;
  server_usages?: object[];
}

const COLUMNS = ['id', 'number', 'name', 'project_id', 'flavor', 'vm_state', 'launched_at', 'terminated_at'] as const;

/** What of a server counts. */
export type UsedServer = Pick<ServerRow, (typeof COLUMNS)[number]>;

/** Servers that ran at some time in the period, in a stable order, of one project or all, after a marker. */
export async function serversInPeriod(
  db: Reader,
  period: { start: number; stop: number },
  projectId: string | null,
  page: { limit: number; after: number | null },
): Promise<UsedServer[]> {
  return db
    .selectFrom('servers')
    .select(COLUMNS)
    .$if(page.after !== null, (query) => query.where('number', '>', page.after ?? 0))
    .limit(page.limit)
    .$if(projectId !== null, (query) => query.where('project_id', '=', projectId ?? ''))
    .where('launched_at', '<', period.stop)
    .where((where) => where.or([where('terminated_at', 'is', null), where('terminated_at', '>', period.start)]))
    .orderBy('number')
    .execute();
}

/** Adds servers up by project. */
export function addUp(
  servers: readonly UsedServer[],
  period: { start: number; stop: number },
  detailed: boolean,
  now: number,
): TenantUsage[] {
  const byProject = new Map<string, TenantUsage & { server_usages: object[] }>();
  for (const server of servers) {
    const flavor = flavorOfServer(server);
    const launched = server.launched_at ?? period.stop;
    const ended = server.terminated_at;
    const milliseconds = Math.min(ended ?? period.stop, period.stop) - Math.max(launched, period.start);
    const hours = Math.max(0, milliseconds) / HOUR;
    const local = flavor.diskGib + flavor.ephemeralGib;
    const sum = byProject.get(server.project_id) ?? {
      tenant_id: server.project_id,
      total_hours: 0,
      total_vcpus_usage: 0,
      total_memory_mb_usage: 0,
      total_local_gb_usage: 0,
      start: isoNaive(period.start),
      stop: isoNaive(period.stop),
      server_usages: [],
    };
    sum.total_hours += hours;
    sum.total_vcpus_usage += hours * flavor.vcpus;
    sum.total_memory_mb_usage += hours * flavor.memoryMib;
    sum.total_local_gb_usage += hours * local;
    sum.server_usages.push({
      instance_id: server.id,
      name: server.name,
      tenant_id: server.project_id,
      hours,
      flavor: flavor.name,
      vcpus: flavor.vcpus,
      memory_mb: flavor.memoryMib,
      local_gb: local,
      started_at: isoNaive(launched),
      ended_at: ended === null ? null : isoNaive(ended),
      state: ended === null ? server.vm_state : 'terminated',
      uptime: Math.floor(((ended ?? now) - launched) / 1000),
    });
    byProject.set(server.project_id, sum);
  }
  return [...byProject.values()].map(({ server_usages: usages, ...sum }) => ({
    ...sum,
    ...(detailed && { server_usages: usages }),
  }));
}
