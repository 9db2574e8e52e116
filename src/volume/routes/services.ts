import { sql } from 'kysely';
import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { BINARY, DEFAULT_ZONE, hostOfPool, readPools, serviceHost } from '../pools.ts';
import { since, viewFor } from '../versions.ts';
import { timeOrNull } from '../views.ts';
import { AnyQuery } from '../wire.ts';

interface VolumeService {
  binary: string;
  host: string;
  zone: string;
  enabled: boolean;
  disabledReason: string | null;
  frozen: boolean;
  up: boolean;
  seenAt: number | null;
}

/** Where the scheduler and what keeps backups run: in the controller. */
const CONTROLLER = 'controller';
const IN_CONTROLLER = ['cinder-scheduler', 'cinder-backup'];

/** The parts of the service, as Cinder's operators know them: one per host, and two in the controller. */
async function readServices(db: Reader, now: number): Promise<VolumeService[]> {
  const states = await db.selectFrom('volume_services').selectAll().where('host', '=', CONTROLLER).execute();
  const central = IN_CONTROLLER.map((binary): VolumeService => {
    const state = states.find((one) => one.binary === binary);
    return {
      binary,
      host: CONTROLLER,
      zone: DEFAULT_ZONE,
      enabled: state?.disabled !== 1,
      disabledReason: state?.disabled_reason ?? null,
      frozen: false,
      up: true,
      seenAt: now,
    };
  });
  const pools = await readPools(db, now);
  const hosts = pools.map(({ name, zone, enabled, disabledReason, frozen, up, seenAt, changedAt }): VolumeService => ({
    ...{ binary: BINARY, host: serviceHost(name), zone, enabled, disabledReason, frozen, up },
    seenAt: seenAt ?? changedAt,
  }));
  return [...central, ...hosts];
}

const list = since('3.0', {
  operation: 'services:list',
  method: 'GET',
  path: '/os-services',
  query: AnyQuery,
  async handler({ app, context, query, version }) {
    const services = (await readServices(app.store.read, context.now)).filter(
      (one) =>
        (query.binary === undefined || query.binary === one.binary) &&
        (query.host === undefined || query.host === one.host || query.host === hostOfPool(one.host)),
    );
    return ok({
      services: services.map((one) =>
        viewFor(version, 'service', {
          binary: one.binary,
          host: one.host,
          zone: one.zone,
          status: one.enabled ? 'enabled' : 'disabled',
          state: one.up ? 'up' : 'down',
          updated_at: isoNaive(one.seenAt ?? context.now),
          disabled_reason: one.disabledReason,
          cluster: null,
          ...(one.binary === BINARY && {
            replication_status: 'disabled',
            active_backend_id: null,
            frozen: one.frozen,
            backend_state: one.up ? 'up' : 'down',
          }),
        }),
      ),
    });
  },
});

async function find(app: App, now: number, host: string, binary: string): Promise<VolumeService> {
  const found = (await readServices(app.store.read, now)).find((one) => one.host === host && one.binary === binary);
  if (!found) throw notFound(`Service ${binary} could not be found on host ${host}.`, 'ServiceNotFound');
  return found;
}

const Reason = Type.Optional(Nullable(Type.String({ maxLength: 255 })));

const update = since('3.0', {
  operation: 'services:update',
  method: 'PUT',
  path: '/os-services/:change',
  params: Strict({ change: Type.String() }),
  body: Strict({
    host: Type.Optional(Type.String()),
    cluster: Type.Optional(Nullable(Type.String())),
    binary: Type.Optional(Type.String()),
    service: Type.Optional(Type.String()),
    disabled_reason: Reason,
  }),
  async handler({ app, context, params, body }) {
    const { change } = params;
    const binary = body.binary ?? body.service ?? '';
    const reason = body.disabled_reason ?? null;
    if (change === 'freeze' || change === 'thaw') {
      const pools = await readPools(app.store.read, context.now);
      const found = pools.find((one) => serviceHost(one.name) === body.host);
      if (!found) throw badRequest(`Host ${body.host ?? ''} has no volume service: see GET /os-services.`);
      await write(app, context, serviceHost(found.name), BINARY, { frozen: bit(change === 'freeze') });
      return { status: 200, body: null };
    }
    if (change === 'failover_host' || change === 'failover') {
      throw badRequest('There is no replication here to fail over to.');
    }
    if (!['enable', 'disable', 'disable-log-reason'].includes(change)) throw notFound('Unknown action');
    if (!body.host || !binary) throw badRequest('Name the host and the binary of the service.');
    if (change === 'disable-log-reason' && (reason === null || reason.trim() === '')) {
      throw badRequest('Disabled reason contains invalid characters or is too long: give 1 to 255 characters.');
    }
    await find(app, context.now, body.host, binary);
    const disabled = change !== 'enable';
    await write(app, context, body.host, binary, {
      disabled: bit(disabled),
      disabled_reason: disabled ? reason : null,
    });
    return ok({
      host: body.host,
      service: binary,
      binary,
      disabled,
      status: disabled ? 'disabled' : 'enabled',
      ...(change !== 'disable' && { disabled_reason: disabled ? reason : null }),
    });
  },
});

async function write(
  app: App,
  context: Parameters<typeof writeAudit>[1],
  host: string,
  binary: string,
  change: { disabled?: 0 | 1; disabled_reason?: string | null; frozen?: 0 | 1 },
): Promise<void> {
  await app.store.transaction(async (tx) => {
    const row = { host, binary, disabled: 0 as const, disabled_reason: null, frozen: 0 as const };
    await tx.db
      .insertInto('volume_services')
      .values({ ...row, ...change, updated_at: context.now })
      .onConflict((known) => known.columns(['host', 'binary']).doUpdateSet({ ...change, updated_at: context.now }))
      .execute();
    await writeAudit(tx, context, 'volume:services:update', host, { binary, ...change });
  });
}

const hosts = since('3.0', {
  operation: 'hosts:list',
  method: 'GET',
  path: '/os-hosts',
  query: AnyQuery,
  async handler({ app, context, query }) {
    const services = await readServices(app.store.read, context.now);
    return ok({
      hosts: services
        .filter((one) => query.zone === undefined || query.zone === one.zone)
        .map((one) => ({
          host_name: one.host,
          service: one.binary,
          zone: one.zone,
          'service-status': one.up ? 'available' : 'unavailable',
          'service-state': one.enabled ? 'enabled' : 'disabled',
          'last-update': timeOrNull(one.seenAt),
        })),
    });
  },
});

const showHost = since('3.0', {
  operation: 'hosts:show',
  method: 'GET',
  path: '/os-hosts/:host',
  params: Strict({ host: Type.String() }),
  async handler({ app, context, params }) {
    const pool = (await readPools(app.store.read, context.now)).find((one) => serviceHost(one.name) === params.host);
    if (!pool) throw notFound(`Host ${params.host} has no volume service: see GET /os-hosts.`);
    const rows = await sql<{ project: string; volumes: number; gib: number; snapshots: number; snapshotGib: number }>`
      select v.project_id as project, count(*) as volumes, sum(v.size_gib) as gib,
        coalesce(sum((select count(*) from volume_snapshots s where s.volume_id = v.id)), 0) as snapshots,
        coalesce(sum((select sum(s.size_gib) from volume_snapshots s where s.volume_id = v.id)), 0) as snapshotGib
      from volumes v where v.host_id = ${pool.id} group by v.project_id order by v.project_id`.execute(app.store.read);
    const resource = (project: string, of: readonly (typeof rows.rows)[number][]) => {
      const sum = (key: 'volumes' | 'gib' | 'snapshots' | 'snapshotGib') =>
        String(of.reduce((total, row) => total + Number(row[key]), 0));
      return {
        resource: {
          host: params.host,
          project,
          volume_count: sum('volumes'),
          total_volume_gb: sum('gib'),
          snapshot_count: sum('snapshots'),
          total_snapshot_gb: sum('snapshotGib'),
        },
      };
    };
    return ok({ host: [resource('(total)', rows.rows), ...rows.rows.map((row) => resource(row.project, [row]))] });
  },
});

const zones = since('3.0', {
  operation: 'availability-zones:list',
  method: 'GET',
  path: '/os-availability-zone',
  async handler({ app, context }) {
    const pools = await readPools(app.store.read, context.now);
    const names = [...new Set(pools.map((pool) => pool.zone))].sort();
    if (names.length === 0) names.push(DEFAULT_ZONE);
    return ok({
      availabilityZoneInfo: names.map((zoneName) => ({
        zoneName,
        zoneState: { available: pools.some((pool) => pool.zone === zoneName && pool.enabled && pool.up) },
      })),
    });
  },
});

const clusters = since('3.7', {
  operation: 'clusters:list',
  method: 'GET',
  path: '/clusters',
  query: AnyQuery,
  handler: async () => ok({ clusters: [] }),
});

export const serviceRoutes: Route[] = [list, update, hosts, showHost, zones, clusters];
