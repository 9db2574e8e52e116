import { Type, type Static } from 'typebox';
import { isoSeconds } from '../../core/clock.ts';
import { Strict } from '../../http/schemas.ts';
import type { Association, Item, Namespace, ResourceType } from './store.ts';

const PATH = '/v2/metadefs/namespaces';
const SCHEMAS = '/v2/schemas/metadefs';

const Name = Type.String({ minLength: 1, maxLength: 80 });
const Words = Type.Array(Type.String());
const Count = Type.Integer({ minimum: 0 });
/** What clients send back that they were told; it changes nothing. */
const READ_ONLY = Object.fromEntries(
  ['created_at', 'updated_at', 'self', 'schema'].map((name) => [name, Type.Optional(Type.String())]),
);

/** One property as a small part of JSON Schema: api-ref "Metadata definition properties". */
const PROPERTY = {
  title: Type.String(),
  type: Type.Enum(['array', 'boolean', 'integer', 'number', 'object', 'string']),
  description: Type.Optional(Type.String()),
  operators: Type.Optional(Words),
  default: Type.Optional(Type.Unknown()),
  readonly: Type.Optional(Type.Boolean()),
  confidential: Type.Optional(Type.Boolean()),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  enum: Type.Optional(Type.Array(Type.Unknown())),
  pattern: Type.Optional(Type.String({ format: 'regex' })),
  minLength: Type.Optional(Count),
  maxLength: Type.Optional(Count),
  items: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  uniqueItems: Type.Optional(Type.Boolean()),
  minItems: Type.Optional(Count),
  maxItems: Type.Optional(Count),
  additionalItems: Type.Optional(Type.Boolean()),
};
const Properties = Type.Record(Type.String(), Strict({ ...PROPERTY, name: Type.Optional(Type.String()) }));

export const PropertyBody = Strict({ name: Name, ...PROPERTY });
export const ObjectBody = Strict({
  name: Name,
  description: Type.Optional(Type.String()),
  required: Type.Optional(Words),
  properties: Type.Optional(Properties),
  ...READ_ONLY,
});
export const TagBody = Strict({ name: Name, ...READ_ONLY });
export const TagsBody = Strict({ tags: Type.Array(Strict({ name: Name, ...READ_ONLY })) });
export const AssociationBody = Strict({
  name: Name,
  prefix: Type.Optional(Type.String({ maxLength: 80 })),
  properties_target: Type.Optional(Type.String({ maxLength: 80 })),
  ...READ_ONLY,
});
export const NamespaceBody = Strict({
  namespace: Name,
  display_name: Type.Optional(Type.String({ maxLength: 80 })),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  visibility: Type.Optional(Type.Enum(['public', 'private'])),
  protected: Type.Optional(Type.Boolean()),
  owner: Type.Optional(Type.String({ maxLength: 255 })),
  resource_type_associations: Type.Optional(Type.Array(AssociationBody)),
  properties: Type.Optional(Properties),
  objects: Type.Optional(Type.Array(ObjectBody)),
  tags: Type.Optional(Type.Array(Strict({ name: Name, ...READ_ONLY }))),
  ...READ_ONLY,
});

const times = (row: { created_at: number; updated_at: number }) => ({
  created_at: isoSeconds(row.created_at),
  updated_at: isoSeconds(row.updated_at),
});

/** A namespace without what it holds. Values that nobody gave are left out. */
export function namespaceView(row: Namespace): Record<string, unknown> {
  return {
    namespace: row.namespace,
    ...(row.display_name !== null && { display_name: row.display_name }),
    ...(row.description !== null && { description: row.description }),
    visibility: row.visibility,
    protected: row.protected === 1,
    ...(row.owner !== null && { owner: row.owner }),
    ...times(row),
    self: `${PATH}/${encodeURIComponent(row.namespace)}`,
    schema: `${SCHEMAS}/namespace`,
  };
}

/** The same with all it holds; names of properties get the prefix they have on `resourceType`. */
export function namespaceDetail(
  row: Namespace,
  items: readonly Item[],
  associations: readonly Association[],
  resourceType: string | null = null,
): Record<string, unknown> {
  const prefix = associations.find((one) => one.resource_type === resourceType)?.prefix ?? '';
  const of = (kind: Item['kind']) => items.filter((item) => item.kind === kind);
  const properties = Object.fromEntries(of('property').map((item) => [prefix + item.name, item.body]));
  const objects = of('object').map((item) => objectView(item, prefix));
  const tags = of('tag').map(({ name }) => ({ name }));
  return {
    ...namespaceView(row),
    ...(associations.length > 0 && { resource_type_associations: associations.map(associationView) }),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(objects.length > 0 && { objects }),
    ...(tags.length > 0 && { tags }),
  };
}

export function associationView(row: Association): Record<string, unknown> {
  return {
    name: row.resource_type,
    ...(row.prefix !== null && { prefix: row.prefix }),
    ...(row.properties_target !== null && { properties_target: row.properties_target }),
    ...times(row),
  };
}

export const resourceTypeView = (row: ResourceType) => ({ name: row.name, ...times(row) });

/** What is kept of an object besides its name. */
export function objectBody({ description, required = [], properties = {} }: Static<typeof ObjectBody>) {
  return { ...(description !== undefined && { description }), required, properties };
}

export function objectView(item: Item, prefix = ''): Record<string, unknown> {
  const properties = Object.entries((item.body.properties ?? {}) as Record<string, unknown>);
  const path = `${PATH}/${encodeURIComponent(item.namespace)}/objects/${encodeURIComponent(item.name)}`;
  return {
    name: item.name,
    ...item.body,
    properties: Object.fromEntries(properties.map(([name, value]) => [prefix + name, value])),
    ...times(item),
    self: path,
    schema: `${SCHEMAS}/object`,
  };
}

/** What is kept of a property besides its name. */
export const propertyBody = (body: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'name'));

export const propertyView = (item: Item, prefix = '') => ({ name: prefix + item.name, ...item.body });
export const tagView = (item: Item) => ({ name: item.name, ...times(item) });

/** The links of a list's page. */
export function pageOf(kind: string, path: string, query: Record<string, unknown>, next: string | null): object {
  const link = (marker: string | null) => {
    const parameters = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (key !== 'marker' && typeof value === 'string') parameters.append(key, value);
    }
    if (marker !== null) parameters.append('marker', marker);
    return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
  };
  return { first: link(null), ...(next !== null && { next: link(next) }), schema: `${SCHEMAS}/${kind}` };
}
