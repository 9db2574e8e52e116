import { Type, type Static } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit } from '../../store/json.ts';
import type { Tx } from '../../store/store.ts';
import {
  assertFree,
  associate,
  associationsOf,
  getNamespace,
  getUnprotected,
  insertItem,
  itemsOf,
  listNamespaces,
  type Namespace,
  type NamespaceList,
} from '../metadefs/store.ts';
import {
  namespaceDetail,
  namespaceView,
  NamespaceBody,
  objectBody,
  pageOf,
  propertyBody,
  associationView,
} from '../metadefs/wire.ts';

export const NamespaceParams = Type.Object({ namespace: Type.String() });

type Body = Static<typeof NamespaceBody>;

const MOST = 1000;
const ListQuery = Type.Object({
  visibility: Type.Optional(Type.Enum(['public', 'private'])),
  resource_types: Type.Optional(Type.String()),
  limit: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
  marker: Type.Optional(Type.String()),
  sort_key: Type.Optional(Type.Enum(['created_at', 'updated_at', 'namespace'])),
  sort_dir: Type.Optional(Type.Enum(['asc', 'desc'])),
});

const list = route({
  operation: 'metadef-namespaces:list',
  method: 'GET',
  path: '/metadefs/namespaces',
  query: ListQuery,
  async handler({ app, context, query }) {
    const asked: NamespaceList = {
      visibility: (query.visibility as NamespaceList['visibility'] | undefined) ?? null,
      resourceTypes: query.resource_types?.split(',') ?? null,
      sortKey: (query.sort_key as NamespaceList['sortKey'] | undefined) ?? 'created_at',
      direction: (query.sort_dir as NamespaceList['direction'] | undefined) ?? 'desc',
      limit: Math.min(query.limit === undefined ? 25 : Number(query.limit), MOST),
      marker: query.marker ?? null,
    };
    const rows = await listNamespaces(app.store.read, context, asked);
    const associations = await associationsOf(
      app.store.read,
      rows.map((row) => row.namespace),
    );
    const last = rows.length > 0 && rows.length === asked.limit ? (rows.at(-1)?.namespace ?? null) : null;
    return ok({
      namespaces: rows.map((row) => {
        const own = associations.filter((one) => one.namespace === row.namespace);
        return {
          ...namespaceView(row),
          ...(own.length > 0 && { resource_type_associations: own.map(associationView) }),
        };
      }),
      ...pageOf('namespaces', '/v2/metadefs/namespaces', query, last),
    });
  },
});

const create = route({
  operation: 'metadef-namespaces:create',
  method: 'POST',
  path: '/metadefs/namespaces',
  body: NamespaceBody,
  async handler({ app, context, body }) {
    const view = await app.store.transaction(async (tx) => {
      await assertFree(tx.db, body.namespace);
      const times = { created_at: context.now, updated_at: context.now };
      await tx.db
        .insertInto('metadef_namespaces')
        .values({ namespace: body.namespace, ...fieldsOf(body, context), ...times })
        .execute();
      await fill(tx, context, body);
      await writeAudit(tx, context, 'image:metadef-namespaces:create', body.namespace);
      return namespaceDetail(
        await getNamespace(tx.db, context, body.namespace),
        await itemsOf(tx.db, [body.namespace]),
        await associationsOf(tx.db, [body.namespace]),
      );
    });
    return created(view, { location: `${app.config.publicUrl}/image/v2/metadefs/namespaces/${body.namespace}` });
  },
});

const fieldsOf = (body: Body, context: Context): Omit<Namespace, 'namespace' | 'created_at' | 'updated_at'> => ({
  display_name: body.display_name ?? null,
  description: body.description ?? null,
  visibility: (body.visibility as 'public' | undefined) ?? 'private',
  protected: bit(body.protected === true),
  owner: body.owner ?? context.projectId,
});

async function fill(tx: Tx, context: Context, body: Body): Promise<void> {
  const { namespace } = body;
  for (const { name, prefix = null, properties_target = null } of body.resource_type_associations ?? []) {
    await associate(tx, context.now, { namespace, resource_type: name, prefix, properties_target });
  }
  const items = [
    ...Object.entries(body.properties ?? {}).map(([name, one]) => ({
      kind: 'property' as const,
      name,
      body: propertyBody(one),
    })),
    ...(body.objects ?? []).map((one) => ({ kind: 'object' as const, name: one.name, body: objectBody(one) })),
    ...(body.tags ?? []).map(({ name }) => ({ kind: 'tag' as const, name, body: {} })),
  ];
  for (const item of items) await insertItem(tx, context.now, { namespace, ...item });
}

const show = route({
  operation: 'metadef-namespaces:show',
  method: 'GET',
  path: '/metadefs/namespaces/:namespace',
  params: NamespaceParams,
  query: Type.Object({ resource_type: Type.Optional(Type.String()) }),
  async handler({ app, context, params, query }) {
    const db = app.store.read;
    const row = await getNamespace(db, context, params.namespace);
    const [items, associations] = [await itemsOf(db, [row.namespace]), await associationsOf(db, [row.namespace])];
    return ok(namespaceDetail(row, items, associations, query.resource_type));
  },
});

const update = route({
  operation: 'metadef-namespaces:update',
  method: 'PUT',
  path: '/metadefs/namespaces/:namespace',
  params: NamespaceParams,
  body: NamespaceBody,
  async handler({ app, context, params, body }) {
    const held = (['resource_type_associations', 'properties', 'objects', 'tags'] as const).find((name) => body[name]);
    if (held !== undefined) {
      throw badRequest(`'${held}' cannot be changed with the namespace: change each by its own address.`);
    }
    const view = await app.store.transaction(async (tx) => {
      const before = await getNamespace(tx.db, context, params.namespace);
      if (body.namespace !== before.namespace) await assertFree(tx.db, body.namespace);
      await tx.db
        .updateTable('metadef_namespaces')
        .set({ namespace: body.namespace, ...fieldsOf(body, context), updated_at: context.now })
        .where('namespace', '=', before.namespace)
        .execute();
      await writeAudit(tx, context, 'image:metadef-namespaces:update', body.namespace);
      return namespaceView(await getNamespace(tx.db, context, body.namespace));
    });
    return ok(view);
  },
});

const remove = route({
  operation: 'metadef-namespaces:delete',
  method: 'DELETE',
  path: '/metadefs/namespaces/:namespace',
  params: NamespaceParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const { namespace } = await getUnprotected(tx.db, context, params.namespace);
      await tx.db.deleteFrom('metadef_namespaces').where('namespace', '=', namespace).execute();
      await writeAudit(tx, context, 'image:metadef-namespaces:delete', namespace);
    });
    return noContent();
  },
});

export const metadefNamespaceRoutes: readonly Route[] = [list, create, show, update, remove];
