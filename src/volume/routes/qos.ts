import { Type } from 'typebox';
import type { Selectable } from 'kysely';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Strict, parseBool } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson, toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { checkProperties } from '../properties.ts';
import type { VolumeQosSpecsTable } from '../tables.ts';
import { typeById } from '../types-store.ts';
import { since } from '../versions.ts';
import { AnyQuery, Metadata } from '../wire.ts';

type Row = Selectable<VolumeQosSpecsTable>;
const Params = Strict({ qos_id: Type.String() });
const CONSUMERS = ['front-end', 'back-end', 'both'] as const;

const view = ({ id, name, consumer, specs }: Row) => ({
  id,
  name,
  consumer,
  specs: fromJson<Record<string, string>>(specs),
});

const linksOf = (app: App, id: string) => [
  { rel: 'self', href: `${app.config.publicUrl}/volume/v3/qos-specs/${id}` },
  { rel: 'bookmark', href: `${app.config.publicUrl}/volume/qos-specs/${id}` },
];

async function find(db: Reader, id: string): Promise<Row> {
  const row = await db.selectFrom('volume_qos_specs').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound(`No such qos_specs with id ${id}.`, 'QoSSpecsNotFound');
  return row;
}

function consumerOf(text: unknown): Row['consumer'] {
  const found = CONSUMERS.find((one) => one === text);
  if (!found) throw badRequest(`Invalid qos specs: Valid consumer of QoS specs are: ${CONSUMERS.join(', ')}.`);
  return found;
}

/** Consumer and specs of a body in which they stand side by side. */
function split(body: Record<string, unknown>): { consumer: unknown; specs: Record<string, string> } {
  const { consumer, ...specs } = body;
  return { consumer, specs: checkProperties(specs) };
}

const list = since('3.0', {
  operation: 'qos-specs:list',
  method: 'GET',
  path: '/qos-specs',
  query: AnyQuery,
  async handler({ app }) {
    const rows = await app.store.read
      .selectFrom('volume_qos_specs')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    return ok({ qos_specs: rows.map(view) });
  },
});

const create = since('3.0', {
  operation: 'qos-specs:create',
  method: 'POST',
  path: '/qos-specs',
  body: Strict({ qos_specs: Metadata }),
  async handler({ app, context, body }) {
    const { name: given, ...rest } = body.qos_specs;
    if (typeof given !== 'string' || given.trim() === '' || given.length > 255) {
      throw badRequest('Please specify a name for QoS specs, of 1 to 255 characters.');
    }
    const name = given.trim();
    const { consumer, specs } = split(rest);
    const row = await app.store.transaction(async (tx) => {
      const taken = await tx.db.selectFrom('volume_qos_specs').select('id').where('name', '=', name).executeTakeFirst();
      if (taken) throw conflict(`QoS specs ${name} already exist.`);
      const values = {
        id: newUuid(),
        name,
        consumer: consumerOf(consumer ?? 'back-end'),
        specs: toJson(specs),
        created_at: context.now,
      };
      await tx.db.insertInto('volume_qos_specs').values(values).execute();
      await writeAudit(tx, context, 'volume:qos-specs:create', values.id, { name });
      return values;
    });
    return ok({ qos_specs: view(row), links: linksOf(app, row.id) });
  },
});

const show = since('3.0', {
  operation: 'qos-specs:show',
  method: 'GET',
  path: '/qos-specs/:qos_id',
  params: Params,
  async handler({ app, params }) {
    const row = await find(app.store.read, params.qos_id);
    return ok({ qos_specs: view(row), links: linksOf(app, row.id) });
  },
});

const update = since('3.0', {
  operation: 'qos-specs:update',
  method: 'PUT',
  path: '/qos-specs/:qos_id',
  params: Params,
  body: Strict({ qos_specs: Metadata }),
  async handler({ app, context, params, body }) {
    const { consumer, specs } = split(body.qos_specs);
    await app.store.transaction(async (tx) => {
      const row = await find(tx.db, params.qos_id);
      const merged = { ...fromJson<Record<string, string>>(row.specs), ...specs };
      await tx.db
        .updateTable('volume_qos_specs')
        .set({ specs: toJson(merged), ...(consumer !== undefined && { consumer: consumerOf(consumer) }) })
        .where('id', '=', row.id)
        .execute();
      await writeAudit(tx, context, 'volume:qos-specs:update', row.id, specs);
    });
    return ok({ qos_specs: body.qos_specs });
  },
});

const removeKeys = since('3.0', {
  operation: 'qos-specs:delete-keys',
  method: 'PUT',
  path: '/qos-specs/:qos_id/delete_keys',
  params: Params,
  body: Strict({ keys: Type.Array(Type.String()) }),
  async handler({ app, context, params, body }) {
    await app.store.transaction(async (tx) => {
      const row = await find(tx.db, params.qos_id);
      const specs = fromJson<Record<string, string>>(row.specs);
      for (const key of body.keys) {
        if (!Object.hasOwn(specs, key)) throw notFound(`QoS spec ${row.id} has no spec with key ${key}.`);
        delete specs[key];
      }
      await tx.db
        .updateTable('volume_qos_specs')
        .set({ specs: toJson(specs) })
        .where('id', '=', row.id)
        .execute();
      await writeAudit(tx, context, 'volume:qos-specs:delete-keys', row.id, { keys: body.keys });
    });
    return accepted();
  },
});

const remove = since('3.0', {
  operation: 'qos-specs:delete',
  method: 'DELETE',
  path: '/qos-specs/:qos_id',
  params: Params,
  query: AnyQuery,
  async handler({ app, context, params, query }) {
    const force = parseBool(String(query.force ?? 'false')) === true;
    await app.store.transaction(async (tx) => {
      const row = await find(tx.db, params.qos_id);
      const used = await tx.db
        .selectFrom('volume_types')
        .select('name')
        .where('qos_specs_id', '=', row.id)
        .executeTakeFirst();
      if (used && !force) throw badRequest(`QoS specs ${row.id} is still associated with volume type ${used.name}.`);
      await tx.db.deleteFrom('volume_qos_specs').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'volume:qos-specs:delete', row.id, { name: row.name });
    });
    return accepted();
  },
});

const associations = since('3.0', {
  operation: 'qos-specs:associations',
  method: 'GET',
  path: '/qos-specs/:qos_id/associations',
  params: Params,
  async handler({ app, params }) {
    const row = await find(app.store.read, params.qos_id);
    const types = await app.store.read
      .selectFrom('volume_types')
      .select(['id', 'name'])
      .where('qos_specs_id', '=', row.id)
      .orderBy('name')
      .execute();
    return ok({ qos_associations: types.map((type) => ({ association_type: 'volume_type', ...type })) });
  },
});

/** Changes made with GET: that is how Cinder's API has it. */
const associate = (what: 'associate' | 'disassociate') =>
  since('3.0', {
    operation: `qos-specs:${what}`,
    method: 'GET',
    path: `/qos-specs/:qos_id/${what}`,
    params: Params,
    query: AnyQuery,
    async handler({ app, context, params, query }) {
      const typeId = query.vol_type_id;
      if (typeof typeId !== 'string') throw badRequest('Volume Type id must not be None.');
      await app.store.transaction(async (tx) => {
        const row = await find(tx.db, params.qos_id);
        const type = await typeById(tx.db, context, typeId);
        if (what === 'associate' && type.qos_specs_id !== null && type.qos_specs_id !== row.id) {
          throw badRequest(
            `Invalid volume type: Type ${type.id} is already associated with another qos specs: ${type.qos_specs_id}.`,
          );
        }
        const qos = what === 'associate' ? row.id : null;
        await tx.db.updateTable('volume_types').set({ qos_specs_id: qos }).where('id', '=', type.id).execute();
        await writeAudit(tx, context, `volume:qos-specs:${what}`, row.id, { type: type.id });
      });
      return accepted();
    },
  });

const disassociateAll = since('3.0', {
  operation: 'qos-specs:disassociate-all',
  method: 'GET',
  path: '/qos-specs/:qos_id/disassociate_all',
  params: Params,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const row = await find(tx.db, params.qos_id);
      await tx.db.updateTable('volume_types').set({ qos_specs_id: null }).where('qos_specs_id', '=', row.id).execute();
      await writeAudit(tx, context, 'volume:qos-specs:disassociate-all', row.id);
    });
    return accepted();
  },
});

export const qosRoutes: Route[] = [
  list,
  create,
  show,
  update,
  removeKeys,
  remove,
  associations,
  associate('associate'),
  associate('disassociate'),
  disassociateAll,
];
