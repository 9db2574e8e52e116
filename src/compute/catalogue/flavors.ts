import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { accepted, ok, route, type Route } from '../../http/route.ts';
import { Nullable, parseBool, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import { flavorByRef, flavorOf, visibleFlavors, type Flavor } from './flavors-store.ts';
import { page, pageLinks, PageQuery, Whole } from './paging.ts';

const FlavorParams = Strict({ flavor_id: Type.String() });
const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });

/** A flavor as Nova shows it: https://docs.openstack.org/api-ref/compute/#flavors */
function flavorView(app: App, version: Version, flavor: Flavor): Record<string, unknown> {
  return {
    ...flavorBrief(app, flavor),
    ram: flavor.memoryMib,
    disk: flavor.diskGib,
    vcpus: flavor.vcpus,
    // An empty text for none was a mistake that 2.75 mended.
    swap: flavor.swapMib === 0 && !atLeast(version, '2.75') ? '' : flavor.swapMib,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeralGib,
    'OS-FLV-DISABLED:disabled': flavor.disabled,
    'os-flavor-access:is_public': flavor.isPublic,
    rxtx_factor: flavor.rxtxFactor,
    ...(atLeast(version, '2.55') && { description: flavor.description }),
    ...(atLeast(version, '2.61') && { extra_specs: flavor.extraSpecs }),
  };
}

function flavorBrief(app: App, flavor: Flavor): Record<string, unknown> {
  const { publicUrl } = app.config;
  return {
    id: flavor.id,
    name: flavor.name,
    links: [
      { rel: 'self', href: `${publicUrl}/compute/v2.1/flavors/${flavor.id}` },
      { rel: 'bookmark', href: `${publicUrl}/compute/flavors/${flavor.id}` },
    ],
  };
}

const ListQuery = Type.Object({
  ...PageQuery,
  is_public: Type.Optional(Type.String()),
  minDisk: Type.Optional(Type.String()),
  minRam: Type.Optional(Type.String()),
});

const SORT_KEYS: Record<string, keyof Flavor> = {
  flavorid: 'id',
  id: 'id',
  name: 'name',
  memory_mb: 'memoryMib',
  root_gb: 'diskGib',
  vcpus: 'vcpus',
  swap: 'swapMib',
  ephemeral_gb: 'ephemeralGib',
};

async function listFlavors(app: App, context: Context, query: Record<string, unknown>) {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined);
  let rows = visibleFlavors(app.store.read, context);
  if (context.isAdmin) {
    const asked = text('is_public') ?? 'true';
    if (asked.toLowerCase() !== 'none') {
      const isPublic = parseBool(asked);
      if (isPublic === undefined) throw badRequest(`Invalid is_public filter [${asked}]`);
      rows = rows.where('is_public', '=', bit(isPublic));
    }
  }
  const least = (name: string) => {
    const value = text(name);
    if (value !== undefined && !/^\d+$/.test(value)) throw badRequest(`Invalid ${name} filter [${value}]`);
    return Number(value ?? 0);
  };
  const sortKey = SORT_KEYS[text('sort_key') ?? 'flavorid'];
  if (!sortKey) throw badRequest(`Invalid sort_key: ${text('sort_key')}`);
  rows = rows.where('disk_gib', '>=', least('minDisk')).where('memory_mib', '>=', least('minRam'));
  const flavors = (await rows.execute()).map(flavorOf);
  const descending = text('sort_dir') === 'desc' ? -1 : 1;
  flavors.sort((a, b) => descending * compare(a[sortKey], b[sortKey]));
  return page(flavors, query, (flavor) => flavor.id, 'flavor');
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

const CreateBody = Strict({
  flavor: Strict({
    name: Name,
    id: Type.Optional(Nullable(Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Integer()]))),
    ram: Whole(1),
    vcpus: Whole(1),
    disk: Whole(0),
    swap: Type.Optional(Whole(0)),
    'OS-FLV-EXT-DATA:ephemeral': Type.Optional(Whole(0)),
    rxtx_factor: Type.Optional(Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.String()])),
    'os-flavor-access:is_public': Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
    description: Type.Optional(Nullable(Type.String({ maxLength: 65535 }))),
  }),
});

const create = route({
  operation: 'flavors:create',
  method: 'POST',
  path: '/flavors',
  body: CreateBody,
  async handler({ app, context, body, version }) {
    const asked = body.flavor;
    if (asked.description !== undefined && !atLeast(version, '2.55')) {
      throw badRequest("Additional properties are not allowed ('description' was unexpected).");
    }
    const shared = asked['os-flavor-access:is_public'] ?? true;
    const row = {
      id: asked.id === undefined || asked.id === null || asked.id === 'auto' ? newUuid() : String(asked.id).trim(),
      name: asked.name.trim(),
      vcpus: Number(asked.vcpus),
      memory_mib: Number(asked.ram),
      disk_gib: Number(asked.disk),
      ephemeral_gib: Number(asked['OS-FLV-EXT-DATA:ephemeral'] ?? 0),
      swap_mib: Number(asked.swap ?? 0),
      rxtx_factor: Number(asked.rxtx_factor ?? 1),
      is_public: bit(typeof shared === 'boolean' ? shared : (parseBool(shared) ?? true)),
      disabled: bit(false),
      description: asked.description ?? null,
      extra_specs: toJson({}),
      created_at: context.now,
    };
    if (!Number.isFinite(row.rxtx_factor) || row.rxtx_factor <= 0) throw badRequest('rxtx_factor must be above 0.');
    await app.store.transaction(async (tx) => {
      const same = await tx.db
        .selectFrom('flavors')
        .select(['id', 'name'])
        .where((where) => where.or([where('id', '=', row.id), where('name', '=', row.name)]))
        .executeTakeFirst();
      if (same?.name === row.name) throw conflict(`Flavor with name ${row.name} already exists.`);
      if (same) throw conflict(`Flavor with ID ${row.id} already exists.`);
      await tx.db.insertInto('flavors').values(row).execute();
      await writeAudit(tx, context, 'compute:flavors:create', row.id, { name: row.name });
    });
    return ok({ flavor: flavorView(app, version, flavorOf(row)) });
  },
});

const list = (detail: boolean): Route =>
  route({
    operation: detail ? 'flavors:detail' : 'flavors:list',
    method: 'GET',
    path: detail ? '/flavors/detail' : '/flavors',
    query: ListQuery,
    async handler({ app, context, query, version }) {
      const { items, more } = await listFlavors(app, context, query);
      const view = (flavor: Flavor) => {
        if (detail) return flavorView(app, version, flavor);
        return { ...flavorBrief(app, flavor), ...(atLeast(version, '2.55') && { description: flavor.description }) };
      };
      const path = `${app.config.publicUrl}/compute/v2.1/flavors${detail ? '/detail' : ''}`;
      return ok({ flavors: items.map(view), ...pageLinks('flavors_links', path, query, more, items.at(-1)?.id) });
    },
  });

const show = route({
  operation: 'flavors:show',
  method: 'GET',
  path: '/flavors/:flavor_id',
  params: FlavorParams,
  async handler({ app, context, params, version }) {
    const flavor = await flavorByRef(app.store.read, context, params.flavor_id);
    return ok({ flavor: flavorView(app, version, flavor) });
  },
});

const update = route({
  operation: 'flavors:update',
  method: 'PUT',
  path: '/flavors/:flavor_id',
  params: FlavorParams,
  body: Strict({ flavor: Strict({ description: Nullable(Type.String({ maxLength: 65535 })) }) }),
  async handler({ app, context, params, body, version }) {
    if (!atLeast(version, '2.55')) throw notFound('The resource could not be found.');
    const flavor = await flavorByRef(app.store.read, context, params.flavor_id);
    const { description } = body.flavor;
    await app.store.transaction(async (tx) => {
      await tx.db.updateTable('flavors').set({ description }).where('id', '=', flavor.id).execute();
      await writeAudit(tx, context, 'compute:flavors:update', flavor.id);
    });
    return ok({ flavor: flavorView(app, version, { ...flavor, description }) });
  },
});

const remove = route({
  operation: 'flavors:delete',
  method: 'DELETE',
  path: '/flavors/:flavor_id',
  params: FlavorParams,
  async handler({ app, context, params }) {
    const flavor = await flavorByRef(app.store.read, context, params.flavor_id);
    await app.store.transaction(async (tx) => {
      await tx.db.deleteFrom('flavors').where('id', '=', flavor.id).execute();
      await writeAudit(tx, context, 'compute:flavors:delete', flavor.id, { name: flavor.name });
    });
    return accepted();
  },
});

const access = route({
  operation: 'flavors:list-access',
  method: 'GET',
  path: '/flavors/:flavor_id/os-flavor-access',
  params: FlavorParams,
  async handler({ app, context, params }) {
    const flavor = await flavorByRef(app.store.read, context, params.flavor_id);
    if (flavor.isPublic) throw notFound('Access list not available for public flavors.');
    return ok({ flavor_access: await accessRows(app, flavor.id) });
  },
});

async function accessRows(app: App, flavorId: string) {
  const rows = await app.store.read
    .selectFrom('flavor_access')
    .select(['flavor_id', 'project_id as tenant_id'])
    .where('flavor_id', '=', flavorId)
    .execute();
  return rows;
}

const Tenant = Strict({ tenant: Type.String({ minLength: 1 }) });

const action = route({
  operation: 'flavors:action',
  method: 'POST',
  path: '/flavors/:flavor_id/action',
  params: FlavorParams,
  body: Type.Union([Strict({ addTenantAccess: Tenant }), Strict({ removeTenantAccess: Tenant })]),
  async handler({ app, context, params, body, version }) {
    const flavor = await flavorByRef(app.store.read, context, params.flavor_id);
    const add = 'addTenantAccess' in body;
    const projectId = 'addTenantAccess' in body ? body.addTenantAccess.tenant : body.removeTenantAccess.tenant;
    if (add && flavor.isPublic && atLeast(version, '2.7')) throw conflict('Can not add access to a public flavor.');
    await app.store.transaction(async (tx) => {
      const row = { flavor_id: flavor.id, project_id: projectId };
      const known = await tx.db
        .selectFrom('flavor_access')
        .select('project_id')
        .where('flavor_id', '=', flavor.id)
        .where('project_id', '=', projectId)
        .executeTakeFirst();
      if (add && known) {
        throw conflict(`Flavor access already exists for flavor ${flavor.id} and project ${projectId} combination.`);
      }
      if (!add && !known) throw notFound(`Flavor access not found for ${flavor.id} / ${projectId} combination.`);
      if (add) await tx.db.insertInto('flavor_access').values(row).execute();
      else {
        await tx.db
          .deleteFrom('flavor_access')
          .where('flavor_id', '=', flavor.id)
          .where('project_id', '=', projectId)
          .execute();
      }
      await writeAudit(tx, context, add ? 'compute:flavors:add-access' : 'compute:flavors:remove-access', flavor.id, {
        project: projectId,
      });
    });
    return ok({ flavor_access: await accessRows(app, flavor.id) });
  },
});

export const flavorRoutes: Route[] = [list(false), list(true), create, show, update, remove, access, action];
