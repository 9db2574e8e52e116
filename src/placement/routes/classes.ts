import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import { noContent, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { answer, bodyOf, checkAccept, PREFIX, since } from '../http.ts';
import { STANDARD_CLASSES } from '../standard.ts';
import { unknownClasses } from '../store/names.ts';

const NameParams = Type.Object({ name: Type.String() });
const CUSTOM = '^CUSTOM_[A-Z0-9_]+$';
const nameBody = bodyOf(Strict({ name: Type.String({ pattern: CUSTOM, minLength: 1, maxLength: 255 }) }));

const urlOf = (name: string) => `${PREFIX}/resource_classes/${name}`;

const view = (name: string) => ({ name, links: [{ rel: 'self', href: urlOf(name) }] });

async function getClass(db: Reader, name: string): Promise<void> {
  if ((await unknownClasses(db, [name])).length > 0) throw notFound(`No such resource class ${name}.`);
}

const list = route({
  operation: 'resource-classes:list',
  method: 'GET',
  path: '/resource_classes',
  async handler(call) {
    since(call.version, '1.2');
    checkAccept(call);
    const rows = await call.app.store.read
      .selectFrom('custom_resource_classes')
      .select('name')
      .orderBy('name')
      .execute();
    const names = [...STANDARD_CLASSES, ...rows.map((row) => row.name)];
    return answer(call, 200, { resource_classes: names.map((name) => view(name)) });
  },
});

const show = route({
  operation: 'resource-classes:show',
  method: 'GET',
  path: '/resource_classes/:name',
  params: NameParams,
  async handler(call) {
    since(call.version, '1.2');
    checkAccept(call);
    await getClass(call.app.store.read, call.params.name);
    return answer(call, 200, view(call.params.name));
  },
});

const create = route({
  operation: 'resource-classes:create',
  method: 'POST',
  path: '/resource_classes',
  async handler(call) {
    const { app, context, version } = call;
    since(version, '1.2');
    const { name } = nameBody(call);
    await app.store.transaction(async (tx) => {
      if ((await unknownClasses(tx.db, [name])).length === 0) {
        throw conflict(`Conflicting resource class already exists: ${name}`);
      }
      await tx.db.insertInto('custom_resource_classes').values({ name, created_at: context.now }).execute();
      await writeAudit(tx, context, 'placement:resource-classes:create', name);
    });
    return { status: 201, body: null, headers: { location: app.config.publicUrl + urlOf(name) } };
  },
});

/** Until 1.6 a new name for a class; since 1.7 its creation, unless it is there. */
const update = route({
  operation: 'resource-classes:update',
  method: 'PUT',
  path: '/resource_classes/:name',
  params: NameParams,
  async handler(call) {
    const { app, context, params, version } = call;
    since(version, '1.2');
    if (!atLeast(version, '1.7')) return rename(call, params.name, nameBody(call).name);
    const { name } = params;
    if (!new RegExp(CUSTOM).test(name) || name.length > 255) {
      throw badRequest(
        `JSON does not validate: '${name}' does not match '${CUSTOM}'. Failed validating '${name.length > 255 ? 'maxLength' : 'pattern'}' in schema.`,
      );
    }
    const made = await app.store.transaction(async (tx) => {
      if ((await unknownClasses(tx.db, [name])).length === 0) return false;
      await tx.db.insertInto('custom_resource_classes').values({ name, created_at: context.now }).execute();
      await writeAudit(tx, context, 'placement:resource-classes:create', name);
      return true;
    });
    return { status: made ? 201 : 204, body: null, headers: { location: app.config.publicUrl + urlOf(name) } };
  },
});

async function rename(call: Parameters<Route['handler']>[0], before: string, name: string) {
  const { app, context } = call;
  await app.store.transaction(async (tx) => {
    await getClass(tx.db, before);
    if (STANDARD_CLASSES.includes(before)) throw badRequest(`Cannot update standard resource class ${before}`);
    if (name !== before && (await unknownClasses(tx.db, [name])).length === 0) {
      throw conflict(`Resource class already exists: ${name}`);
    }
    await tx.db.updateTable('custom_resource_classes').set({ name }).where('name', '=', before).execute();
    for (const table of ['inventories', 'allocations'] as const) {
      await tx.db.updateTable(table).set({ resource_class: name }).where('resource_class', '=', before).execute();
    }
    await writeAudit(tx, context, 'placement:resource-classes:update', name, { before });
  });
  return { status: 200, body: view(name) };
}

const remove = route({
  operation: 'resource-classes:delete',
  method: 'DELETE',
  path: '/resource_classes/:name',
  params: NameParams,
  async handler({ app, context, params, version }) {
    since(version, '1.2');
    const { name } = params;
    await app.store.transaction(async (tx) => {
      await getClass(tx.db, name);
      if (STANDARD_CLASSES.includes(name)) {
        throw badRequest(`Error in delete resource class: Cannot delete standard resource class ${name}.`);
      }
      const used = await tx.db
        .selectFrom('inventories')
        .select('provider')
        .where('resource_class', '=', name)
        .executeTakeFirst();
      if (used) throw conflict(`Error in delete resource class: Resource Class is in use in inventory: ${name}.`);
      await tx.db.deleteFrom('custom_resource_classes').where('name', '=', name).execute();
      await writeAudit(tx, context, 'placement:resource-classes:delete', name);
    });
    return noContent();
  },
});

export const classRoutes: readonly Route[] = [list, show, create, update, remove];
