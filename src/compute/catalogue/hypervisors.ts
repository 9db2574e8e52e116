import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { capacityOf, isUp, readHosts, type HostRow } from './hosts-view.ts';
import { page, pageLinks, PageQuery } from './paging.ts';

/** A uuid since 2.53, a number before. */
const idOf = (host: HostRow, version: Version) => (atLeast(version, '2.53') ? host.uuid : host.number);

function brief(host: HostRow, version: Version, now: number) {
  return {
    id: idOf(host, version),
    hypervisor_hostname: host.name,
    state: isUp(host, now) ? 'up' : 'down',
    status: host.enabled ? 'enabled' : 'disabled',
  };
}

/** As uptime(1) begins its line; what follows there changes with every report, and nobody parses it. */
function uptimeOf(host: HostRow, now: number): string | null {
  const bootedAt = capacityOf(host)?.bootedAt;
  if (bootedAt === undefined || !isUp(host, now)) return null;
  const minutes = Math.max(0, Math.floor((now - bootedAt) / 60_000));
  const days = Math.floor(minutes / 1440);
  const clock = `${Math.floor((minutes % 1440) / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  const since = days === 0 ? clock : `${days} ${days === 1 ? 'day' : 'days'}, ${clock}`;
  return ` ${new Date(now).toISOString().slice(11, 19)} up ${since}`;
}

/** A host as Nova shows a hypervisor; what 2.88 removed is shown to older clients. Memory in MiB, disks in GiB. */
function detail(host: HostRow, version: Version, now: number) {
  const capacity = capacityOf(host);
  const cpu = capacity === null ? null : { arch: capacity.arch, model: capacity.cpuModel, accel: capacity.accel };
  const figures = {
    vcpus: host.vcpus,
    vcpus_used: host.vcpus_used,
    memory_mb: host.memory_mib,
    memory_mb_used: host.memory_used_mib,
    free_ram_mb: host.memory_mib - host.memory_used_mib,
    local_gb: host.disk_gib,
    local_gb_used: host.disk_used_gib,
    free_disk_gb: host.disk_gib - host.disk_used_gib,
    disk_available_least: capacity?.diskFreeGib ?? null,
    current_workload: 0,
    running_vms: host.servers,
    // Until 2.28 a JSON text, an object after.
    cpu_info: atLeast(version, '2.28') ? (cpu ?? {}) : JSON.stringify(cpu ?? {}),
  };
  return {
    ...brief(host, version, now),
    hypervisor_type: capacity?.hypervisor ?? 'QEMU',
    hypervisor_version: capacity?.hypervisorVersion ?? 0,
    host_ip: capacity?.address ?? '',
    service: { id: idOf(host, version), host: host.name, disabled_reason: host.disabled_reason },
    ...(atLeast(version, '2.88') ? { uptime: uptimeOf(host, now) } : figures),
  };
}

/** Servers on each of the hosts, by host id. */
async function serversOf(
  db: Reader,
  hosts: readonly HostRow[],
): Promise<Map<string, { name: string; uuid: string }[]>> {
  const byHost = new Map<string, { name: string; uuid: string }[]>();
  if (hosts.length === 0) return byHost;
  const rows = await db
    .selectFrom('servers')
    .select(['id', 'name', 'host_id'])
    .where('deleted', '=', 0)
    .where(
      'host_id',
      'in',
      hosts.map((host) => host.id),
    )
    .execute();
  for (const row of rows) {
    const hostId = row.host_id ?? '';
    byHost.set(hostId, [...(byHost.get(hostId) ?? []), { name: row.name, uuid: row.id }]);
  }
  return byHost;
}

/** Until 2.74 a host without servers had no such member. */
function shownServers(
  servers: Awaited<ReturnType<typeof serversOf>> | null,
  host: HostRow,
  version: Version,
): { servers?: { name: string; uuid: string }[] } {
  const found = servers?.get(host.id) ?? [];
  return servers === null || (found.length === 0 && !atLeast(version, '2.75')) ? {} : { servers: found };
}

const ListQuery = Type.Object({
  limit: PageQuery.limit,
  marker: PageQuery.marker,
  hypervisor_hostname_pattern: Type.Optional(Type.String({ minLength: 1 })),
  with_servers: Type.Optional(Type.String()),
});

const list = (full: boolean): Route =>
  route({
    operation: full ? 'hypervisors:detail' : 'hypervisors:list',
    method: 'GET',
    path: full ? '/os-hypervisors/detail' : '/os-hypervisors',
    query: ListQuery,
    async handler({ app, context, query, version }) {
      const since253 = atLeast(version, '2.53');
      const pattern = since253 ? query.hypervisor_hostname_pattern : undefined;
      const hosts = (await readHosts(app.store.read)).filter((host) => !pattern || host.name.includes(pattern));
      if (pattern && hosts.length === 0) throw notFound(`No hypervisor matching '${pattern}' could be found.`);
      const asked = atLeast(version, '2.33') ? query : {};
      const { items, more } = page(hosts, asked, (host) => String(idOf(host, version)), 'hypervisor');
      const withServers = since253 && /^(true|1)$/i.test(query.with_servers ?? '');
      const servers = withServers ? await serversOf(app.store.read, items) : null;
      const url = `${app.config.publicUrl}/compute/v2.1/os-hypervisors${full ? '/detail' : ''}`;
      const last = items.at(-1);
      return ok({
        hypervisors: items.map((host) => ({
          ...(full ? detail(host, version, context.now) : brief(host, version, context.now)),
          ...shownServers(servers, host, version),
        })),
        ...pageLinks('hypervisors_links', url, asked, more, last && String(idOf(last, version))),
      });
    },
  });

async function findHost(db: Reader, id: string, version: Version): Promise<HostRow> {
  const host = (await readHosts(db)).find((one) => String(idOf(one, version)) === id);
  if (!host) throw notFound(`Hypervisor with ID '${id}' could not be found.`, 'ComputeHostNotFound');
  return host;
}

const Params = Strict({ hypervisor_id: Type.String() });

const show = route({
  operation: 'hypervisors:show',
  method: 'GET',
  path: '/os-hypervisors/:hypervisor_id',
  params: Params,
  query: Type.Object({ with_servers: Type.Optional(Type.String()) }),
  async handler({ app, context, params, query, version }) {
    const host = await findHost(app.store.read, params.hypervisor_id, version);
    const withServers = /^(true|1)$/i.test(query.with_servers ?? '');
    const servers = withServers && atLeast(version, '2.53') ? await serversOf(app.store.read, [host]) : null;
    return ok({ hypervisor: { ...detail(host, version, context.now), ...shownServers(servers, host, version) } });
  },
});

const statistics = route({
  operation: 'hypervisors:statistics',
  method: 'GET',
  path: '/os-hypervisors/statistics',
  async handler({ app, context, version }) {
    if (atLeast(version, '2.88')) throw notFound('The statistics of hypervisors ended with microversion 2.87.');
    const hosts = await readHosts(app.store.read);
    const views = hosts.map((host) => detail(host, { major: 2, minor: 1 }, context.now) as Record<string, unknown>);
    const names = ['vcpus', 'vcpus_used', 'memory_mb', 'memory_mb_used', 'free_ram_mb', 'local_gb', 'local_gb_used'];
    const more = ['free_disk_gb', 'disk_available_least', 'current_workload', 'running_vms'];
    const sum = (name: string) => views.reduce((total, view) => total + Number(view[name] ?? 0), 0);
    const sums = Object.fromEntries([...names, ...more].map((name) => [name, sum(name)]));
    return ok({ hypervisor_statistics: { count: hosts.length, ...sums } });
  },
});

const PatternParams = Strict({ hypervisor_id: Type.String() });

const search = (withServers: boolean): Route =>
  route({
    operation: withServers ? 'hypervisors:servers' : 'hypervisors:search',
    method: 'GET',
    path: `/os-hypervisors/:hypervisor_id/${withServers ? 'servers' : 'search'}`,
    params: PatternParams,
    async handler({ app, context, params, version }) {
      if (atLeast(version, '2.53')) throw notFound('Since 2.53 list hypervisors with hypervisor_hostname_pattern.');
      const hosts = (await readHosts(app.store.read)).filter((host) => host.name.includes(params.hypervisor_id));
      if (hosts.length === 0) throw notFound(`No hypervisor matching '${params.hypervisor_id}' could be found.`);
      const servers = withServers ? await serversOf(app.store.read, hosts) : null;
      return ok({
        hypervisors: hosts.map((host) => ({
          ...brief(host, version, context.now),
          ...shownServers(servers, host, version),
        })),
      });
    },
  });

const uptime = route({
  operation: 'hypervisors:uptime',
  method: 'GET',
  path: '/os-hypervisors/:hypervisor_id/uptime',
  params: PatternParams,
  async handler({ app, context, params, version }) {
    if (atLeast(version, '2.88')) throw notFound('Since 2.88 the uptime is a field of the hypervisor.');
    const host = await findHost(app.store.read, params.hypervisor_id, version);
    const uptime = uptimeOf(host, context.now);
    if (uptime === null)
      throw badRequest(`Host ${host.name} is down, or its agent is too old to say since when it is up.`);
    return ok({ hypervisor: { ...brief(host, version, context.now), uptime } });
  },
});

export const hypervisorRoutes: Route[] = [
  list(false),
  list(true),
  statistics,
  show,
  search(false),
  search(true),
  uptime,
];
