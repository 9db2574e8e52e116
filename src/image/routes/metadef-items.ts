import { Type, type Static, type TSchema } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { parseBool } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import {
  associationsOf,
  deleteItems,
  getItem,
  getNamespace,
  getUnprotected,
  insertItem,
  itemsOf,
  replaceItem,
  type Item,
} from '../metadefs/store.ts';
import type { MetadefKind } from '../metadefs/tables.ts';
import {
  ObjectBody,
  objectBody,
  objectView,
  pageOf,
  PropertyBody,
  propertyBody,
  propertyView,
  TagBody,
  TagsBody,
  tagView,
} from '../metadefs/wire.ts';
import { NamespaceParams } from './metadef-namespaces.ts';

const ItemParams = Type.Object({ namespace: Type.String(), name: Type.String() });
const PageQuery = Type.Object({
  limit: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
  marker: Type.Optional(Type.String()),
  sort_key: Type.Optional(Type.Enum(['name', 'created_at', 'updated_at'])),
  sort_dir: Type.Optional(Type.Enum(['asc', 'desc'])),
  resource_type: Type.Optional(Type.String()),
});
type PageQuery = Static<typeof PageQuery>;

/** How objects, properties and tags differ. */
interface Kind<Body extends TSchema> {
  kind: MetadefKind;
  /** The last part of the path of all of them. */
  plural: string;
  body: Body;
  nameOf(body: Static<Body>): string;
  bodyOf(body: Static<Body>): Record<string, unknown>;
  view(item: Item, prefix?: string): Record<string, unknown>;
}

const OBJECTS: Kind<typeof ObjectBody> = {
  kind: 'object',
  plural: 'objects',
  body: ObjectBody,
  nameOf: (body) => body.name,
  bodyOf: objectBody,
  view: objectView,
};

const PROPERTIES: Kind<typeof PropertyBody> = {
  kind: 'property',
  plural: 'properties',
  body: PropertyBody,
  nameOf: (body) => body.name,
  bodyOf: propertyBody,
  view: propertyView,
};

const TAGS: Kind<typeof TagBody> = {
  kind: 'tag',
  plural: 'tags',
  body: TagBody,
  nameOf: (body) => body.name,
  bodyOf: () => ({}),
  view: tagView,
};

/** The operations that all three have in common. */
function itemRoutes<Body extends TSchema>(of: Kind<Body>): Route[] {
  const { kind, plural } = of;
  const all = `/metadefs/namespaces/:namespace/${plural}`;
  const operation = (verb: string) => `metadef-${plural}:${verb}`;
  return [
    route({
      operation: operation('show'),
      method: 'GET',
      path: `${all}/:name`,
      params: ItemParams,
      query: PageQuery,
      async handler({ app, context, params, query }) {
        const db = app.store.read;
        const { namespace } = await getNamespace(db, context, params.namespace);
        const prefix = await prefixOf(app, namespace, query.resource_type);
        const name = params.name.startsWith(prefix) ? params.name.slice(prefix.length) : params.name;
        return ok(of.view(await getItem(db, namespace, kind, name), prefix));
      },
    }),
    route({
      operation: operation('update'),
      method: 'PUT',
      path: `${all}/:name`,
      params: ItemParams,
      body: of.body,
      async handler({ app, context, params, body }) {
        const item = await app.store.transaction(async (tx) => {
          const { namespace } = await getNamespace(tx.db, context, params.namespace);
          const before = await getItem(tx.db, namespace, kind, params.name);
          const name = of.nameOf(body as Static<Body>);
          await replaceItem(tx, context.now, before, name, of.bodyOf(body as Static<Body>));
          await writeAudit(tx, context, `image:${operation('update')}`, `${namespace}/${name}`);
          return getItem(tx.db, namespace, kind, name);
        });
        return ok(of.view(item));
      },
    }),
    route({
      operation: operation('delete'),
      method: 'DELETE',
      path: `${all}/:name`,
      params: ItemParams,
      async handler({ app, context, params }) {
        await app.store.transaction(async (tx) => {
          const { namespace } = await getUnprotected(tx.db, context, params.namespace);
          await getItem(tx.db, namespace, kind, params.name);
          await deleteItems(tx, namespace, kind, params.name);
          await writeAudit(tx, context, `image:${operation('delete')}`, `${namespace}/${params.name}`);
        });
        return noContent();
      },
    }),
    route({
      operation: operation('delete-all'),
      method: 'DELETE',
      path: all,
      params: NamespaceParams,
      async handler({ app, context, params }) {
        await app.store.transaction(async (tx) => {
          const { namespace } = await getUnprotected(tx.db, context, params.namespace);
          await deleteItems(tx, namespace, kind);
          await writeAudit(tx, context, `image:${operation('delete-all')}`, namespace);
        });
        return noContent();
      },
    }),
    route({
      operation: operation('list'),
      method: 'GET',
      path: all,
      params: NamespaceParams,
      query: PageQuery,
      async handler({ app, context, params, query }) {
        const { namespace } = await getNamespace(app.store.read, context, params.namespace);
        const prefix = await prefixOf(app, namespace, query.resource_type);
        const { rows, next } = page(await itemsOf(app.store.read, [namespace], kind), query);
        const links = pageOf(plural, `/v2/metadefs/namespaces/${encodeURIComponent(namespace)}/${plural}`, query, next);
        if (kind === 'property') {
          return ok({ properties: Object.fromEntries(rows.map((one) => [prefix + one.name, of.view(one, prefix)])) });
        }
        if (kind === 'tag') return ok({ tags: rows.map(({ name }) => ({ name })), ...links });
        return ok({ [plural]: rows.map((one) => of.view(one, prefix)), ...links });
      },
    }),
  ];
}

async function prefixOf(app: App, namespace: string, resourceType: string | undefined): Promise<string> {
  if (resourceType === undefined) return '';
  const associations = await associationsOf(app.store.read, [namespace]);
  return associations.find((one) => one.resource_type === resourceType)?.prefix ?? '';
}

/** A namespace holds few definitions: they are put in order and cut here. Throws ApiError 400 for a wrong marker. */
function page(items: readonly Item[], query: PageQuery): { rows: Item[]; next: string | null } {
  const key = (query.sort_key ?? 'name') as 'name' | 'created_at' | 'updated_at';
  const sign = query.sort_dir === 'desc' ? -1 : 1;
  const sorted = items.toSorted((a, b) => sign * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
  const start = query.marker === undefined ? 0 : sorted.findIndex((item) => item.name === query.marker) + 1;
  if (query.marker !== undefined && start === 0) throw badRequest(`There is nothing named ${query.marker} (marker).`);
  const limit = query.limit === undefined ? sorted.length : Number(query.limit);
  const rows = sorted.slice(start, start + limit);
  return { rows, next: start + limit < sorted.length ? (rows.at(-1)?.name ?? null) : null };
}

/** Creation of one definition from a body with its name. */
function createRoute<Body extends TSchema>(of: Kind<Body>): Route {
  return route({
    operation: `metadef-${of.plural}:create`,
    method: 'POST',
    path: `/metadefs/namespaces/:namespace/${of.plural}`,
    params: NamespaceParams,
    body: of.body,
    async handler({ app, context, params, body }) {
      const name = of.nameOf(body as Static<Body>);
      return created(
        of.view(await define(app, context, params.namespace, of.kind, name, of.bodyOf(body as Static<Body>))),
      );
    },
  });
}

function define(
  app: App,
  context: Context,
  namespaceName: string,
  kind: MetadefKind,
  name: string,
  body: Record<string, unknown>,
): Promise<Item> {
  return app.store.transaction(async (tx) => {
    const { namespace } = await getNamespace(tx.db, context, namespaceName);
    await insertItem(tx, context.now, { namespace, kind, name, body });
    await writeAudit(tx, context, `image:metadef-${kind}:create`, `${namespace}/${name}`);
    return getItem(tx.db, namespace, kind, name);
  });
}

const createTag = route({
  operation: 'metadef-tags:create-one',
  method: 'POST',
  path: '/metadefs/namespaces/:namespace/tags/:name',
  params: ItemParams,
  handler: async ({ app, context, params }) =>
    created(tagView(await define(app, context, params.namespace, 'tag', params.name, {}))),
});

/** Replaces all tags, or adds to them with `X-Openstack-Append: true`. */
const createTags = route({
  operation: 'metadef-tags:create',
  method: 'POST',
  path: '/metadefs/namespaces/:namespace/tags',
  params: NamespaceParams,
  body: TagsBody,
  async handler({ app, context, params, body, request }) {
    const append = parseBool(String(request.headers['x-openstack-append'] ?? 'false')) === true;
    const tags = await app.store.transaction(async (tx) => {
      const { namespace } = await getNamespace(tx.db, context, params.namespace);
      if (!append) await deleteItems(tx, namespace, 'tag');
      for (const { name } of body.tags) await insertItem(tx, context.now, { namespace, kind: 'tag', name, body: {} });
      await writeAudit(tx, context, 'image:metadef-tags:create', namespace);
      return itemsOf(tx.db, [namespace], 'tag');
    });
    return created({ tags: tags.map(({ name }) => ({ name })) });
  },
});

export const metadefItemRoutes: readonly Route[] = [
  ...itemRoutes(OBJECTS),
  createRoute(OBJECTS),
  ...itemRoutes(PROPERTIES),
  createRoute(PROPERTIES),
  ...itemRoutes(TAGS),
  createTag,
  createTags,
];
