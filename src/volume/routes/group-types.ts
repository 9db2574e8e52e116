import { Type } from 'typebox';
import type { Selectable } from 'kysely';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict, parseBool } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { checkProperties } from '../properties.ts';
import type { VolumeGroupTypeTable } from '../tables.ts';
import { since } from '../versions.ts';
import { AnyQuery, Metadata, Truth, truth, given } from '../wire.ts';

type Row = Selectable<VolumeGroupTypeTable>;
type Specs = Record<string, string>;
const Params = Strict({ group_type_id: Type.String() });
const KeyParams = Strict({ group_type_id: Type.String(), key: Type.String() });
const Text = Type.String({ maxLength: 255 });

const specsOf = (row: Row) => fromJson<Specs>(row.group_specs);

const view = (context: Context, row: Row) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  is_public: row.is_public === 1,
  ...(context.isAdmin && { group_specs: specsOf(row) }),
});

/** A group type by id. Throws ApiError 404 for one that the caller does not see. */
export async function groupTypeById(db: Reader, context: Context, id: string): Promise<Row> {
  const row = await db.selectFrom('volume_group_types').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || (row.is_public === 0 && !context.isAdmin)) {
    throw notFound(`Group type ${id} could not be found.`, 'GroupTypeNotFound');
  }
  return row;
}

async function checkName(tx: Tx, name: string, id: string | null): Promise<string> {
  const clean = name.trim();
  if (clean === '') throw badRequest('Group type name cannot be empty.');
  const taken = await tx.db.selectFrom('volume_group_types').select('id').where('name', '=', clean).executeTakeFirst();
  if (taken && taken.id !== id) throw conflict(`Group Type ${clean} already exists.`);
  return clean;
}

const list = since('3.11', {
  operation: 'group-types:list',
  method: 'GET',
  path: '/group_types',
  query: AnyQuery,
  async handler({ app, context, query }) {
    const asked = String(query.is_public ?? (context.isAdmin ? 'none' : 'true'));
    const wanted = context.isAdmin ? parseBool(asked) : true;
    if (wanted === undefined && asked.toLowerCase() !== 'none') throw badRequest(`Invalid is_public filter [${asked}]`);
    const [key = 'created_at', direction = 'desc'] = String(query.sort ?? 'created_at:desc').split(':');
    const column = (['created_at', 'name', 'id', 'description'] as const).find((one) => one === key);
    if (column === undefined || (direction !== 'asc' && direction !== 'desc')) {
      throw badRequest(`Sort key supplied is invalid: ${String(query.sort)}.`);
    }
    const rows = await app.store.read
      .selectFrom('volume_group_types')
      .selectAll()
      .$if(wanted !== undefined, (select) => select.where('is_public', '=', bit(wanted === true)))
      .orderBy(column, direction)
      .orderBy('id')
      .execute();
    return ok({ group_types: rows.map((row) => view(context, row)) });
  },
});

const show = since('3.11', {
  operation: 'group-types:show',
  method: 'GET',
  path: '/group_types/:group_type_id',
  params: Params,
  async handler({ app, context, params }) {
    if (params.group_type_id === 'default') throw notFound('There is no default group type: name one.');
    return ok({ group_type: view(context, await groupTypeById(app.store.read, context, params.group_type_id)) });
  },
});

const create = since('3.11', {
  operation: 'group-types:create',
  method: 'POST',
  path: '/group_types',
  body: Strict({
    group_type: Strict({
      name: Text,
      description: Type.Optional(Nullable(Text)),
      is_public: Type.Optional(Truth),
      group_specs: Type.Optional(Nullable(Metadata)),
    }),
  }),
  async handler({ app, context, body }) {
    const { group_type: input } = body;
    const specs = checkProperties(input.group_specs ?? {});
    const row = await app.store.transaction(async (tx) => {
      const made = await tx.db
        .insertInto('volume_group_types')
        .values({
          id: newUuid(),
          name: await checkName(tx, input.name, null),
          description: input.description ?? null,
          is_public: bit(truth('is_public', input.is_public, true)),
          group_specs: toJson(specs),
          created_at: context.now,
          updated_at: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await writeAudit(tx, context, 'volume:group-types:create', made.id, { name: made.name });
      return made;
    });
    return accepted({ group_type: view(context, row) });
  },
});

const update = since('3.11', {
  operation: 'group-types:update',
  method: 'PUT',
  path: '/group_types/:group_type_id',
  params: Params,
  body: Strict({
    group_type: Strict({
      name: Type.Optional(Nullable(Text)),
      description: Type.Optional(Nullable(Text)),
      is_public: Type.Optional(Nullable(Truth)),
    }),
  }),
  async handler({ app, context, params, body }) {
    const { name, description, is_public } = body.group_type;
    if (!given(name) && !given(description) && !given(is_public)) {
      throw badRequest('Specify group type name, description or is_public.');
    }
    await app.store.transaction(async (tx) => {
      const row = await groupTypeById(tx.db, context, params.group_type_id);
      await tx.db
        .updateTable('volume_group_types')
        .set({
          updated_at: context.now,
          ...(given(name) && { name: await checkName(tx, name, row.id) }),
          ...(given(description) && { description }),
          ...(given(is_public) && { is_public: bit(truth('is_public', is_public)) }),
        })
        .where('id', '=', row.id)
        .execute();
      await writeAudit(tx, context, 'volume:group-types:update', row.id);
    });
    return ok({ group_type: view(context, await groupTypeById(app.store.read, context, params.group_type_id)) });
  },
});

const remove = since('3.11', {
  operation: 'group-types:delete',
  method: 'DELETE',
  path: '/group_types/:group_type_id',
  params: Params,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const row = await groupTypeById(tx.db, context, params.group_type_id);
      const used = await tx.db
        .selectFrom('volume_groups')
        .select('id')
        .where('group_type_id', '=', row.id)
        .executeTakeFirst();
      if (used) throw badRequest(`Target group type is still in use, by group ${used.id} among others.`);
      await tx.db.deleteFrom('volume_group_types').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'volume:group-types:delete', row.id);
    });
    return accepted();
  },
});

async function changeSpecs(tx: Tx, context: Context, id: string, change: (specs: Specs) => Specs): Promise<void> {
  const row = await groupTypeById(tx.db, context, id);
  const specs = checkProperties(change(specsOf(row)));
  await tx.db
    .updateTable('volume_group_types')
    .set({ group_specs: toJson(specs), updated_at: context.now })
    .where('id', '=', row.id)
    .execute();
  await writeAudit(tx, context, 'volume:group-types:specs', row.id, specs);
}

const noSpec = (id: string, key: string) => notFound(`Group Type ${id} has no specs with key ${key}.`);
const SPECS = '/group_types/:group_type_id/group_specs';

const specRoutes: Route[] = [
  since('3.11', {
    operation: 'group-types:list-specs',
    method: 'GET',
    path: SPECS,
    params: Params,
    handler: async ({ app, context, params }) =>
      ok({ group_specs: specsOf(await groupTypeById(app.store.read, context, params.group_type_id)) }),
  }),
  since('3.11', {
    operation: 'group-types:create-specs',
    method: 'POST',
    path: SPECS,
    params: Params,
    body: Strict({ group_specs: Metadata }),
    async handler({ app, context, params, body }) {
      const more = checkProperties(body.group_specs);
      await app.store.transaction((tx) =>
        changeSpecs(tx, context, params.group_type_id, (specs) => ({ ...specs, ...more })),
      );
      return accepted({ group_specs: more });
    },
  }),
  since('3.11', {
    operation: 'group-types:show-spec',
    method: 'GET',
    path: `${SPECS}/:key`,
    params: KeyParams,
    async handler({ app, context, params }) {
      const value = specsOf(await groupTypeById(app.store.read, context, params.group_type_id))[params.key];
      if (value === undefined) throw noSpec(params.group_type_id, params.key);
      return ok({ [params.key]: value });
    },
  }),
  since('3.11', {
    operation: 'group-types:update-spec',
    method: 'PUT',
    path: `${SPECS}/:key`,
    params: KeyParams,
    body: Metadata,
    async handler({ app, context, params, body }) {
      const value = checkProperties(body)[params.key];
      if (value === undefined || Object.keys(body).length !== 1) {
        throw badRequest('Request body and URI mismatch: the body must hold just the key of the URI.');
      }
      await app.store.transaction((tx) =>
        changeSpecs(tx, context, params.group_type_id, (specs) => ({ ...specs, [params.key]: value })),
      );
      return ok({ [params.key]: value });
    },
  }),
  since('3.11', {
    operation: 'group-types:delete-spec',
    method: 'DELETE',
    path: `${SPECS}/:key`,
    params: KeyParams,
    async handler({ app, context, params }) {
      await app.store.transaction((tx) =>
        changeSpecs(tx, context, params.group_type_id, ({ [params.key]: removed, ...rest }) => {
          if (removed === undefined) throw noSpec(params.group_type_id, params.key);
          return rest;
        }),
      );
      return accepted();
    },
  }),
];

export const groupTypeRoutes: Route[] = [list, create, show, update, remove, ...specRoutes];
