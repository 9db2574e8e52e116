import { sql } from 'kysely';
import { Type } from 'typebox';
import { ApiError, badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { setHostStatus } from '../hosts.ts';
import type { Reader } from '../../store/store.ts';
import { DEFAULT_ZONE, hostZones } from './aggregates.ts';
import { controllerServices, INTERNAL_ZONE } from './controller-services.ts';
import { readHosts, type HostRow } from './hosts-view.ts';

const Params = Strict({ host_name: Type.String() });

/** Hypervisors and services took its place: https://docs.openstack.org/api-ref/compute/#hosts-os-hosts-deprecated */
function assertVersion(version: Version): void {
  if (atLeast(version, '2.43')) throw notFound('The resource could not be found.');
}

async function hostByName(app: App, name: string): Promise<HostRow> {
  const host = (await readHosts(app.store.read)).find((one) => one.name === name);
  if (!host) throw notFound(`Compute host ${name} could not be found.`, 'ComputeHostNotFound');
  return host;
}

const list = route({
  operation: 'hosts:list',
  method: 'GET',
  path: '/os-hosts',
  query: Type.Object({ zone: Type.Optional(Type.String()), service: Type.Optional(Type.String()) }),
  async handler({ app, query, version }) {
    assertVersion(version);
    const zones = await hostZones(app.store.read);
    const hosts = [
      ...(await readHosts(app.store.read)).map((host) => ({
        host_name: host.name,
        service: 'compute',
        zone: zones.get(host.name) ?? DEFAULT_ZONE,
      })),
      ...controllerServices().map(({ host, binary }) => ({
        host_name: host,
        service: binary.replace('nova-', ''),
        zone: INTERNAL_ZONE,
      })),
    ];
    return ok({
      hosts: hosts.filter(
        (one) => (query.zone || one.zone) === one.zone && (query.service || one.service) === one.service,
      ),
    });
  },
});

/** What each project's servers were promised of a host. */
async function byProject(db: Reader, host: HostRow) {
  return db
    .selectFrom('servers')
    .select(['project_id', sql<number>`sum(vcpus)`.as('cpu'), sql<number>`sum(memory_mib)`.as('memory_mb')])
    .select(sql<number>`sum(disk_gib)`.as('disk_gb'))
    .where('host_id', '=', host.id)
    .where('deleted', '=', 0)
    .groupBy('project_id')
    .orderBy('project_id')
    .execute();
}

const show = route({
  operation: 'hosts:show',
  method: 'GET',
  path: '/os-hosts/:host_name',
  params: Params,
  async handler({ app, params, version }) {
    assertVersion(version);
    const host = await hostByName(app, params.host_name);
    const used = { cpu: host.vcpus_used, memory_mb: host.memory_used_mib, disk_gb: host.disk_used_gib };
    const rows = [
      { project: '(total)', cpu: host.vcpus, memory_mb: host.memory_mib, disk_gb: host.disk_gib },
      { project: '(used_now)', ...used },
      { project: '(used_max)', ...used },
      ...(await byProject(app.store.read, host)).map(({ project_id: project, ...amounts }) => ({
        project,
        ...amounts,
      })),
    ];
    return ok({ host: rows.map((row) => ({ resource: { host: host.name, ...row } })) });
  },
});

const Switch = Type.Optional(Type.String({ pattern: '^(?:[Ee]nable|ENABLE|[Dd]isable|DISABLE)$' }));

const update = route({
  operation: 'hosts:update',
  method: 'PUT',
  path: '/os-hosts/:host_name',
  params: Params,
  body: Strict({ status: Switch, maintenance_mode: Switch }),
  async handler({ app, context, params, body, version }) {
    assertVersion(version);
    if (body.status === undefined && body.maintenance_mode === undefined) {
      throw badRequest('Give status or maintenance_mode, each of which is enable or disable.');
    }
    const host = await hostByName(app, params.host_name);
    if (body.maintenance_mode !== undefined) throw notHere('maintenance mode');
    const enabled = body.status?.toLowerCase() === 'enable';
    await app.store.transaction(async (tx) => {
      await setHostStatus(tx, host.id, { enabled }, context.now);
      await writeAudit(tx, context, 'compute:services:update', host.id, { enabled });
    });
    return ok({ host: host.name, status: enabled ? 'enabled' : 'disabled' });
  },
});

const notHere = (what: string) =>
  new ApiError(
    501,
    'NotImplemented',
    `This cloud does not do ${what} of hosts: disable its service, then see to the machine.`,
  );

const power = (name: 'startup' | 'shutdown' | 'reboot'): Route =>
  route({
    operation: `hosts:${name}`,
    method: 'GET',
    path: `/os-hosts/:host_name/${name}`,
    params: Params,
    async handler({ app, params, version }) {
      assertVersion(version);
      await hostByName(app, params.host_name);
      throw notHere(name);
    },
  });

export const hostRoutes: Route[] = [list, show, update, power('startup'), power('shutdown'), power('reboot')];
