/*
 * The JSON schemas that `GET /v2/schemas/metadefs/…` tells clients, in the older form that python-glanceclient builds
 * its models from (api-ref, "Metadata Definitions Schemas").
 */

const text = (description: string, more: object = {}) => ({ type: 'string', description, ...more });
const time = (description: string) => text(description, { readOnly: true, format: 'date-time' });
const times = { created_at: time('When it was made'), updated_at: time('When it was last changed') };
const paths = {
  self: text('Path of the resource', { readOnly: true }),
  schema: text('Path of its schema', { readOnly: true }),
};
const words = (description: string) => ({ type: 'array', description, items: { type: 'string' } });
const count = { type: 'integer', minimum: 0 };

const definitions = {
  positiveInteger: count,
  positiveIntegerDefault0: { allOf: [{ $ref: '#/definitions/positiveInteger' }, { default: 0 }] },
  stringArray: { type: 'array', items: { type: 'string' }, uniqueItems: true },
};

const propertyMembers = {
  name: text('Name of the property', { maxLength: 255 }),
  title: text('Title for people'),
  description: text('What it means'),
  operators: words('How values may be compared'),
  type: text('Type of the value', { enum: ['array', 'boolean', 'integer', 'number', 'object', 'string'] }),
  required: words('Names that must be there'),
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  maxLength: count,
  minLength: count,
  pattern: text('A regular expression', { format: 'regex' }),
  enum: { type: 'array' },
  readonly: { type: 'boolean' },
  confidential: { type: 'boolean' },
  default: {},
  items: {
    type: 'object',
    properties: { type: text('Type of an item'), enum: { type: 'array' } },
  },
  maxItems: count,
  minItems: count,
  uniqueItems: { type: 'boolean', default: false },
  additionalItems: { type: 'boolean' },
};

const properties = {
  type: 'object',
  description: 'Definitions by the names of the properties',
  additionalProperties: { type: 'object', required: ['title', 'type'], properties: propertyMembers },
};

const objectMembers = {
  name: text('Name of the object', { maxLength: 255 }),
  description: text('What it means'),
  required: words('Properties that must be there'),
  properties,
  ...times,
  ...paths,
};
const tagMembers = { name: text('The tag', { maxLength: 255 }), ...times };
const associationMembers = {
  name: text('Type of the resource, by the names of Heat where it has one', { maxLength: 80 }),
  prefix: text('Stands before the names of properties on such a resource', { maxLength: 80 }),
  properties_target: text('Part of the resource that carries the properties', { maxLength: 80 }),
  ...times,
};
const namespaceMembers = {
  namespace: text('The unique name', { maxLength: 80 }),
  display_name: text('Name for people', { maxLength: 80 }),
  description: text('What it is for', { maxLength: 500 }),
  visibility: text('Who may read it', { enum: ['public', 'private'] }),
  protected: { type: 'boolean', description: 'If true, it cannot be deleted.' },
  owner: text('Project that owns it', { maxLength: 255 }),
  ...times,
  ...paths,
  resource_type_associations: { type: 'array', items: { type: 'object', properties: associationMembers } },
  properties: { $ref: '#/definitions/property' },
  objects: { type: 'array', items: { type: 'object', properties: objectMembers } },
  tags: { type: 'array', items: { type: 'object', properties: tagMembers } },
};

const one = (name: string, members: object, required: readonly string[]) => ({
  name,
  properties: members,
  required,
  additionalProperties: false,
  definitions: { ...definitions, property: properties },
});
const many = (name: string, schema: object) => ({
  name,
  properties: {
    [name]: name === 'properties' ? { type: 'object', additionalProperties: schema } : { type: 'array', items: schema },
    first: { type: 'string' },
    next: { type: 'string' },
    schema: { type: 'string' },
  },
  definitions: { ...definitions, property: properties },
  links: [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
    { rel: 'describedby', href: '{schema}' },
  ],
});

const namespace = one('namespace', namespaceMembers, ['namespace']);
const association = one('resource_type_association', associationMembers, ['name']);
const object = one('object', objectMembers, ['name']);
const property = one('property', propertyMembers, ['name', 'title', 'type']);
const tag = one('tag', tagMembers, ['name']);

/** By the last part of their paths. */
export const METADEF_SCHEMAS: Readonly<Record<string, object>> = {
  namespace,
  namespaces: many('namespaces', namespace),
  resource_type: association,
  resource_types: many('resource_type_associations', association),
  object,
  objects: many('objects', object),
  property,
  properties: many('properties', property),
  tag,
  tags: many('tags', tag),
};
