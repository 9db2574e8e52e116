import { Ajv, type ValidateFunction } from 'ajv';
import { badRequest, forbidden, tooLarge } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import type { ImageRow, Image } from './wire.ts';
import { BASE, KNOWN_PROPERTIES, READ_ONLY, RESERVED, RESERVED_PREFIX } from './wire.ts';

/** Glance's defaults for how much may hang on one image. */
const MOST_PROPERTIES = 128;
const MOST_TAGS = 128;

/** The parts of an image that its owner may set, as they are written to its row. */
export type Fields = Pick<
  Image,
  | 'name'
  | 'visibility'
  | 'protected'
  | 'os_hidden'
  | 'owner'
  | 'container_format'
  | 'disk_format'
  | 'min_disk'
  | 'min_ram'
  | 'tags'
  | 'properties'
>;

const isOneOf = (names: readonly string[], name: string) => names.includes(name);
export const isBase = (name: string): name is keyof typeof BASE => name in BASE;

const ajv = new Ajv({ strict: false });
const validators = new Map<string, ValidateFunction>(
  Object.entries({ ...BASE, ...KNOWN_PROPERTIES }).map(([name, schema]) => [name, ajv.compile(schema)]),
);

/** Throws ApiError 403 for a name that clients may not set at all. */
export function checkName(name: string): void {
  if (name === 'id' || isOneOf(READ_ONLY, name)) throw forbidden(`Attribute '${name}' is read-only.`);
  if (isOneOf(RESERVED, name) || name.startsWith(RESERVED_PREFIX)) {
    throw forbidden(`Attribute '${name}' is reserved.`);
  }
}

/** Throws ApiError 400 for a value that the attribute or property cannot have. */
export function checkValue(name: string, value: unknown): void {
  const validator = validators.get(name);
  if (validator) {
    if (validator(value)) return;
    const reason = validator.errors?.[0]?.message ?? 'is not valid';
    throw badRequest(`Provided object does not match schema 'image': ${name} ${reason}.`);
  }
  if (name === '' || name.length > 255) throw badRequest('Custom property names have 1 to 255 characters.');
  if (typeof value !== 'string') {
    throw badRequest(
      `Provided object does not match schema 'image': the value of property ${name} must be a string, not ${JSON.stringify(value)}.`,
    );
  }
  if (Buffer.byteLength(value) > 65_535) throw badRequest(`The value of property ${name} is longer than 65535 bytes.`);
}

/** The fields with one attribute or property set. The name and the value are already checked. */
export function withField(fields: Fields, name: string, value: unknown): Fields {
  if (!isBase(name)) {
    const properties = { ...fields.properties };
    if (typeof value === 'string') properties[name] = value;
    else delete properties[name];
    return { ...fields, properties };
  }
  if (name === 'protected' || name === 'os_hidden') return { ...fields, [name]: value === true ? 1 : 0 };
  if (name === 'tags') return { ...fields, tags: [...new Set(value as string[])] };
  return { ...fields, [name]: value };
}

export function emptyFields(owner: ImageRow['owner']): Fields {
  return {
    name: null,
    visibility: 'shared',
    protected: 0,
    os_hidden: 0,
    owner,
    container_format: null,
    disk_format: null,
    min_disk: 0,
    min_ram: 0,
    tags: [],
    properties: {},
  };
}

/** The fields of a new image from the body of its creation. Throws ApiError 400, 403 and 413. */
export function fieldsOf(body: Record<string, unknown>, context: Context): Fields {
  let fields = emptyFields(context.projectId);
  for (const [name, value] of Object.entries(body)) {
    if (name === 'id') continue;
    checkName(name);
    checkValue(name, value);
    fields = withField(fields, name, value);
  }
  checkAllowed(emptyFields(context.projectId), fields, context);
  return fields;
}

/** Throws ApiError 403 for a change that only an administrator may make, 413 when too much hangs on the image. */
export function checkAllowed(before: Fields, after: Fields, context: Context): void {
  if (after.visibility === 'public' && before.visibility !== 'public' && !context.isAdmin) {
    throw forbidden('You are not authorized to make an image public: only an administrator may. Use shared.');
  }
  if (after.owner !== before.owner && !context.isAdmin) {
    throw forbidden('You are not permitted to set the owner of an image: only an administrator may.');
  }
  const properties = Object.keys(after.properties).length;
  if (properties > MOST_PROPERTIES && properties > Object.keys(before.properties).length) {
    throw tooLarge(`An image has at most ${MOST_PROPERTIES} properties; this one would have ${properties}.`);
  }
  if (after.tags.length > MOST_TAGS && after.tags.length > before.tags.length) {
    throw tooLarge(`An image has at most ${MOST_TAGS} tags; this one would have ${after.tags.length}.`);
  }
}
