import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { setHostStatus, type HostStatus } from '../hosts.ts';
import { DEFAULT_ZONE, hostZones } from './aggregates.ts';
import {
  controllerServiceId,
  controllerServices,
  INTERNAL_ZONE,
  type ControllerService,
} from './controller-services.ts';
import { dismissHost } from './dismiss-host.ts';
import { isUp, readHosts, type HostRow } from './hosts-view.ts';

/** A host's agent does what `nova-compute` does elsewhere. */
const BINARY = 'nova-compute';

function view(host: HostRow, zone: string, version: Version, now: number) {
  return {
    id: atLeast(version, '2.53') ? host.uuid : host.number,
    binary: BINARY,
    host: host.name,
    zone,
    status: host.enabled ? 'enabled' : 'disabled',
    state: isUp(host, now) ? 'up' : 'down',
    updated_at: host.last_seen === null ? null : isoNaive(host.last_seen),
    disabled_reason: host.disabled_reason,
    ...(atLeast(version, '2.11') && { forced_down: host.forced_down === 1 }),
  };
}

function controllerView(service: ControllerService, version: Version, now: number) {
  return {
    id: controllerServiceId(service, version),
    binary: service.binary,
    host: service.host,
    zone: INTERNAL_ZONE,
    status: 'enabled',
    state: 'up',
    updated_at: isoNaive(now),
    disabled_reason: null,
    ...(atLeast(version, '2.11') && { forced_down: false }),
  };
}

const list = route({
  operation: 'services:list',
  method: 'GET',
  path: '/os-services',
  query: Type.Object({ host: Type.Optional(Type.String()), binary: Type.Optional(Type.String()) }),
  async handler({ app, context, query, version }) {
    const zones = await hostZones(app.store.read);
    const services = [
      ...controllerServices().map((service) => controllerView(service, version, context.now)),
      ...(await readHosts(app.store.read)).map((host) =>
        view(host, zones.get(host.name) ?? DEFAULT_ZONE, version, context.now),
      ),
    ];
    return ok({
      services: services.filter(
        (one) => (query.host || one.host) === one.host && (query.binary || one.binary) === one.binary,
      ),
    });
  },
});

async function change(app: App, context: Context, host: HostRow, status: HostStatus): Promise<HostRow> {
  const set = await app.store.transaction(async (tx) => {
    await writeAudit(tx, context, 'compute:services:update', host.id, { ...status });
    return setHostStatus(tx, host.id, status, context.now);
  });
  return { ...host, ...set };
}

const Reason = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }));

const update = route({
  operation: 'services:update',
  method: 'PUT',
  path: '/os-services/:service_id',
  params: Strict({ service_id: Type.String() }),
  body: Strict({
    host: Type.Optional(Type.String()),
    binary: Type.Optional(Type.String()),
    status: Type.Optional(Type.Union([Type.Literal('enabled'), Type.Literal('disabled')])),
    disabled_reason: Reason,
    forced_down: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
  }),
  async handler({ app, context, params, body, version }) {
    const hosts = await readHosts(app.store.read);
    const forced = body.forced_down === undefined ? undefined : /^true$/i.test(String(body.forced_down));
    if (atLeast(version, '2.53')) {
      const host = hosts.find((one) => one.uuid === params.service_id);
      const own = controllerServices().find((one) => one.uuid === params.service_id);
      if (own) {
        throw badRequest(
          `Updating a ${own.binary} service is not supported. Only nova-compute services can be updated.`,
        );
      }
      if (!host) throw notFound(`Service ${params.service_id} could not be found.`);
      if (body.status === undefined && forced === undefined)
        throw badRequest('Give a status or forced_down to change.');
      if (body.status === 'enabled' && body.disabled_reason) throw badRequest("A reason goes with status 'disabled'.");
      const enabled = body.status === undefined ? undefined : body.status === 'enabled';
      const changed = await change(app, context, host, { enabled, reason: body.disabled_reason, forcedDown: forced });
      const zone = (await hostZones(app.store.read)).get(host.name) ?? DEFAULT_ZONE;
      return ok({ service: view(changed, zone, version, context.now) });
    }
    const host = hosts.find((one) => one.name === body.host && body.binary === BINARY);
    if (!host) throw notFound(`Could not find binary ${body.binary} on host ${body.host}.`);
    const service = { binary: BINARY, host: host.name };
    switch (params.service_id) {
      case 'enable':
        await change(app, context, host, { enabled: true });
        return ok({ service: { ...service, status: 'enabled' } });
      case 'disable':
      case 'disable-log-reason':
        if (params.service_id === 'disable-log-reason' && !body.disabled_reason) {
          throw badRequest('Missing disabled reason field');
        }
        await change(app, context, host, { enabled: false, reason: body.disabled_reason });
        return ok({
          service: {
            ...service,
            status: 'disabled',
            ...(body.disabled_reason && { disabled_reason: body.disabled_reason }),
          },
        });
      case 'force-down':
        if (!atLeast(version, '2.11')) throw notFound('Unknown action');
        if (forced === undefined) throw badRequest('Missing forced_down field');
        await change(app, context, host, { forcedDown: forced });
        return ok({ service: { ...service, forced_down: forced } });
      default:
        throw notFound('Unknown action');
    }
  },
});

const remove = route({
  operation: 'services:delete',
  method: 'DELETE',
  path: '/os-services/:service_id',
  params: Strict({ service_id: Type.String() }),
  async handler({ app, context, params, version }) {
    const hosts = await readHosts(app.store.read);
    const host = hosts.find((one) => String(atLeast(version, '2.53') ? one.uuid : one.number) === params.service_id);
    if (!host) throw notFound(`Service ${params.service_id} could not be found.`);
    await app.store.transaction((tx) => dismissHost(tx, context, host));
    return noContent();
  },
});

const zones = (full: boolean): Route =>
  route({
    operation: full ? 'availability-zones:detail' : 'availability-zones:list',
    method: 'GET',
    path: full ? '/os-availability-zone/detail' : '/os-availability-zone',
    async handler({ app, context }) {
      const named = await hostZones(app.store.read);
      const byZone = new Map<string, HostRow[]>();
      for (const host of await readHosts(app.store.read)) {
        const zone = named.get(host.name) ?? DEFAULT_ZONE;
        byZone.set(zone, [...(byZone.get(zone) ?? []), host]);
      }
      if (byZone.size === 0) byZone.set(DEFAULT_ZONE, []);
      const availabilityZoneInfo = [...byZone].map(([zoneName, hosts]) => ({
        zoneName,
        zoneState: { available: hosts.some((host) => host.enabled === 1 && isUp(host, context.now)) },
        hosts: full
          ? Object.fromEntries(hosts.map((host) => [host.name, { [BINARY]: serviceState(host, context.now) }]))
          : null,
      }));
      return ok({
        availabilityZoneInfo: full ? [internalZone(context.now), ...availabilityZoneInfo] : availabilityZoneInfo,
      });
    },
  });

/** The controller itself, which administrators see in the details. */
function internalZone(now: number) {
  const state = { available: true, active: true, updated_at: isoNaive(now) };
  const services = controllerServices();
  return {
    zoneName: INTERNAL_ZONE,
    zoneState: { available: true },
    hosts: { [services[0]?.host ?? 'controller']: Object.fromEntries(services.map(({ binary }) => [binary, state])) },
  };
}

function serviceState(host: HostRow, now: number) {
  return {
    available: isUp(host, now),
    active: host.enabled === 1,
    updated_at: host.last_seen === null ? null : isoNaive(host.last_seen),
  };
}

export const serviceRoutes: Route[] = [list, update, remove, zones(false), zones(true)];
