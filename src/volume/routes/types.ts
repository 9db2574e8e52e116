import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict, parseBool } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Tx } from '../../store/store.ts';
import { DEFAULT_TYPE, defaultType, typeById, typeOf, visibleTypes, type VolumeType } from '../types-store.ts';
import { since, type View } from '../versions.ts';
import { AnyQuery, Metadata, Truth, truth, given } from '../wire.ts';
import { checkProperties } from '../properties.ts';

export const TypeParams = Strict({ type_id: Type.String() });

/** A type; the answers to its creation and its change leave out what Cinder's leave out. */
export function typeView(context: Context, type: VolumeType, kind: 'show' | 'create' | 'update' = 'show'): View {
  return {
    id: type.id,
    name: type.name,
    description: type.description,
    is_public: type.is_public === 1,
    // Others see of them what concerns them: https://docs.openstack.org/cinder/latest/admin/user-visible-extra-specs.html
    extra_specs: context.isAdmin ? type.extraSpecs : visibleSpecs(type.extraSpecs),
    ...(context.isAdmin && {
      ...(kind !== 'update' && { 'os-volume-type-access:is_public': type.is_public === 1 }),
      ...(kind === 'show' && { qos_specs_id: type.qos_specs_id }),
    }),
  };
}

const VISIBLE = ['RESKEY:availability_zones', 'multiattach', 'replication_enabled'];
export const visibleSpecs = (specs: Record<string, string>) =>
  Object.fromEntries(Object.entries(specs).filter(([name]) => VISIBLE.includes(name)));

const list = since('3.0', {
  operation: 'types:list',
  method: 'GET',
  path: '/types',
  query: AnyQuery,
  async handler({ app, context, query }) {
    const rows = await visibleTypes(app.store.read, context)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    const asked = String(query.is_public ?? (context.isAdmin ? 'none' : 'true'));
    const wanted = parseBool(asked);
    if (wanted === undefined && asked.toLowerCase() !== 'none') throw badRequest(`Invalid is_public filter [${asked}]`);
    const found = rows.filter(
      (row) =>
        (!context.isAdmin || wanted === undefined || (row.is_public === 1) === wanted) &&
        (query.name === undefined || row.name === query.name),
    );
    const start = query.marker === undefined ? 0 : found.findIndex((row) => row.id === query.marker) + 1;
    if (query.marker !== undefined && start === 0)
      throw notFound(`marker [${String(query.marker)}] could not be found.`);
    if (query.limit !== undefined && !/^\d+$/.test(String(query.limit)))
      throw badRequest('limit param must be an integer.');
    const end = query.limit === undefined ? undefined : start + Number(query.limit);
    return ok({ volume_types: found.slice(start, end).map((row) => typeView(context, typeOf(row))) });
  },
});

const show = since('3.0', {
  operation: 'types:show',
  method: 'GET',
  path: '/types/:type_id',
  params: TypeParams,
  async handler({ app, context, params }) {
    const { read } = app.store;
    const type =
      params.type_id === 'default'
        ? await defaultType(read, context.projectId)
        : await typeById(read, context, params.type_id);
    return ok({ volume_type: typeView(context, type) });
  },
});

const Name = Type.String({ maxLength: 255 });

/** Throws ApiError 400 for a name without anything in it, 409 for one that is taken. */
async function checkName(tx: Tx, name: string, id: string | null): Promise<string> {
  const clean = name.trim();
  if (clean === '') throw badRequest('Volume type name cannot be empty.');
  const taken = await tx.db.selectFrom('volume_types').select('id').where('name', '=', clean).executeTakeFirst();
  if (taken && taken.id !== id) throw conflict(`Volume Type ${clean} already exists.`);
  return clean;
}

const create = since('3.0', {
  operation: 'types:create',
  method: 'POST',
  path: '/types',
  body: Strict({
    volume_type: Strict({
      name: Name,
      description: Type.Optional(Nullable(Name)),
      extra_specs: Type.Optional(Nullable(Metadata)),
      'os-volume-type-access:is_public': Type.Optional(Truth),
    }),
  }),
  async handler({ app, context, body }) {
    const { volume_type: input } = body;
    const specs = checkProperties(input.extra_specs ?? {});
    const row = await app.store.transaction(async (tx) => {
      const name = await checkName(tx, input.name, null);
      const made = await tx.db
        .insertInto('volume_types')
        .values({
          id: newUuid(),
          name,
          description: input.description ?? null,
          is_public: bit(truth('is_public', input['os-volume-type-access:is_public'], true)),
          extra_specs: toJson(specs),
          qos_specs_id: null,
          encryption: null,
          created_at: context.now,
          updated_at: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await writeAudit(tx, context, 'volume:types:create', made.id, { name });
      return made;
    });
    return ok({ volume_type: typeView(context, typeOf(row), 'create') });
  },
});

const update = since('3.0', {
  operation: 'types:update',
  method: 'PUT',
  path: '/types/:type_id',
  params: TypeParams,
  body: Strict({
    volume_type: Strict({
      name: Type.Optional(Nullable(Name)),
      description: Type.Optional(Nullable(Name)),
      is_public: Type.Optional(Nullable(Truth)),
    }),
  }),
  async handler({ app, context, params, body }) {
    const { volume_type: input } = body;
    const { name, description, is_public } = input;
    if (!given(name) && !given(description) && !given(is_public)) {
      throw badRequest('Specify volume type name, description, is_public or a combination thereof.');
    }
    await app.store.transaction(async (tx) => {
      const type = await typeById(tx.db, context, params.type_id);
      if (type.name === DEFAULT_TYPE && given(name) && name !== DEFAULT_TYPE) {
        throw badRequest(`${DEFAULT_TYPE} keeps its name: volumes whose maker names no type get it.`);
      }
      await tx.db
        .updateTable('volume_types')
        .set({
          updated_at: context.now,
          ...(given(name) && { name: await checkName(tx, name, type.id) }),
          ...(given(description) && { description }),
          ...(given(is_public) && { is_public: bit(truth('is_public', is_public)) }),
        })
        .where('id', '=', type.id)
        .execute();
      if (given(name) && name.trim() !== type.name) await renameQuotas(tx, type.name, name.trim());
      await writeAudit(tx, context, 'volume:types:update', type.id, { name });
    });
    return ok({ volume_type: typeView(context, await typeById(app.store.read, context, params.type_id), 'update') });
  },
});

/** Quotas of a type are kept under its name. */
async function renameQuotas(tx: Tx, from: string, to: string | null): Promise<void> {
  for (const what of ['volumes', 'gigabytes', 'snapshots']) {
    for (const table of ['volume_quotas', 'volume_quota_classes'] as const) {
      if (to === null) await tx.db.deleteFrom(table).where('resource', '=', `${what}_${from}`).execute();
      else {
        const resource = `${what}_${to}`;
        await tx.db.updateTable(table).set({ resource }).where('resource', '=', `${what}_${from}`).execute();
      }
    }
  }
}

const remove = since('3.0', {
  operation: 'types:delete',
  method: 'DELETE',
  path: '/types/:type_id',
  params: TypeParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const type = await typeById(tx.db, context, params.type_id);
      if (type.name === DEFAULT_TYPE)
        throw badRequest(`${DEFAULT_TYPE} stays: volumes whose maker names no type get it.`);
      const used = await tx.db
        .selectFrom('volumes')
        .select('id')
        .where('volume_type_id', '=', type.id)
        .executeTakeFirst();
      if (used) throw badRequest(`Target volume type is still in use, by volume ${used.id} among others.`);
      await tx.db.deleteFrom('volume_group_volume_types').where('volume_type_id', '=', type.id).execute();
      await tx.db.deleteFrom('volume_types').where('id', '=', type.id).execute();
      await renameQuotas(tx, type.name, null);
      await writeAudit(tx, context, 'volume:types:delete', type.id, { name: type.name });
    });
    return accepted();
  },
});

const KeyParams = Strict({ type_id: Type.String(), key: Type.String() });
const SPEC_NAME = /^[a-zA-Z0-9-_:. ]{1,255}$/;

async function changeSpecs(
  tx: Tx,
  context: Context,
  typeId: string,
  change: (specs: Record<string, string>) => Record<string, string>,
): Promise<Record<string, string>> {
  const type = await typeById(tx.db, context, typeId);
  const specs = change(type.extraSpecs);
  for (const name of Object.keys(specs)) {
    if (!SPEC_NAME.test(name))
      throw badRequest(`Key names of extra specs have letters, digits and - _ : . only: ${name}`);
  }
  const patch = { extra_specs: toJson(checkProperties(specs)), updated_at: context.now };
  await tx.db.updateTable('volume_types').set(patch).where('id', '=', type.id).execute();
  await writeAudit(tx, context, 'volume:types:extra-specs', type.id, specs);
  return specs;
}

const noSpec = (id: string, key: string) =>
  notFound(`Volume Type ${id} has no extra specs with key ${key}.`, 'VolumeTypeExtraSpecsNotFound');

const specRoutes: Route[] = [
  since('3.0', {
    operation: 'types:list-extra-specs',
    method: 'GET',
    path: '/types/:type_id/extra_specs',
    params: TypeParams,
    async handler({ app, context, params }) {
      const { extraSpecs } = await typeById(app.store.read, context, params.type_id);
      return ok({ extra_specs: context.isAdmin ? extraSpecs : visibleSpecs(extraSpecs) });
    },
  }),
  since('3.0', {
    operation: 'types:create-extra-specs',
    method: 'POST',
    path: '/types/:type_id/extra_specs',
    params: TypeParams,
    body: Strict({ extra_specs: Metadata }),
    async handler({ app, context, params, body }) {
      const more = checkProperties(body.extra_specs);
      await app.store.transaction((tx) => changeSpecs(tx, context, params.type_id, (specs) => ({ ...specs, ...more })));
      return ok({ extra_specs: more });
    },
  }),
  since('3.0', {
    operation: 'types:show-extra-spec',
    method: 'GET',
    path: '/types/:type_id/extra_specs/:key',
    params: KeyParams,
    async handler({ app, context, params }) {
      const { extraSpecs } = await typeById(app.store.read, context, params.type_id);
      const value = (context.isAdmin ? extraSpecs : visibleSpecs(extraSpecs))[params.key];
      if (value === undefined) throw noSpec(params.type_id, params.key);
      return ok({ [params.key]: value });
    },
  }),
  since('3.0', {
    operation: 'types:update-extra-spec',
    method: 'PUT',
    path: '/types/:type_id/extra_specs/:key',
    params: KeyParams,
    body: Metadata,
    async handler({ app, context, params, body }) {
      const value = checkProperties(body)[params.key];
      if (value === undefined || Object.keys(body).length !== 1) {
        throw badRequest('Request body and URI mismatch: the body must hold just the key of the URI.');
      }
      await app.store.transaction((tx) =>
        changeSpecs(tx, context, params.type_id, (specs) => ({ ...specs, [params.key]: value })),
      );
      return ok({ [params.key]: value });
    },
  }),
  since('3.0', {
    operation: 'types:delete-extra-spec',
    method: 'DELETE',
    path: '/types/:type_id/extra_specs/:key',
    params: KeyParams,
    async handler({ app, context, params }) {
      await app.store.transaction((tx) =>
        changeSpecs(tx, context, params.type_id, ({ [params.key]: removed, ...rest }) => {
          if (removed === undefined) throw noSpec(params.type_id, params.key);
          return rest;
        }),
      );
      return accepted();
    },
  }),
];

export const typeRoutes: Route[] = [list, create, show, update, remove, ...specRoutes];
