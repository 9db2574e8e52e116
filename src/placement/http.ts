import { Ajv, type ErrorObject } from 'ajv';
import type { TSchema, Static } from 'typebox';
import { ApiError, badRequest, notFound } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';
import { placementFault, type FaultShape } from '../http/faults.ts';
import { atLeast, type Version, type VersionSpan } from '../http/microversions.ts';
import type { Call, Reply } from '../http/route.ts';

/** The newest is Yoga's: https://docs.openstack.org/placement/latest/placement-api-microversion-history.html */
export const PLACEMENT_VERSIONS: VersionSpan = {
  type: 'placement',
  legacyHeaders: [],
  min: { major: 1, minor: 0 },
  max: { major: 1, minor: 39 },
};

export const PREFIX = '/placement';

/** Codes that clients may tell errors apart by: api-ref "Errors". */
const CODES = [
  'concurrent_update',
  'duplicate_name',
  'inventory.inuse',
  'query.bad_value',
  'query.duplicate_key',
  'query.missing_value',
  'resource_provider.cannot_delete_parent',
  'resource_provider.inuse',
  'resource_provider.not_found',
];

/** The errors of this service carry one of its codes. */
export const fault: FaultShape = (error, requestId) => {
  const known = CODES.includes(error.type) ? error.type : 'undefined_code';
  const malformed = error.status === 400 && /valid JSON/.test(error.publicMessage);
  const text = malformed ? `Malformed JSON: ${error.publicMessage}` : error.publicMessage;
  return placementFault(new ApiError(error.status, known, text), requestId);
};

/** Throws ApiError 404 (or 405) for a version in which the operation was not there yet. */
export function since(version: Version, first: `1.${number}`, status = 404): void {
  if (atLeast(version, first)) return;
  if (status === 404) throw notFound('The resource could not be found.');
  throw new ApiError(status, 'MethodNotAllowed', `The method is not allowed before version ${first}.`);
}

const ajv = new Ajv({ strict: false, verbose: true, formats: { uuid: isUuid } });

/** A check of request bodies against a schema, for bodies whose form depends on the version. */
export function bodyOf<S extends TSchema>(schema: S): (call: Pick<Call, 'body' | 'request'>) => Static<S> {
  const validate = ajv.compile(schema);
  return ({ body, request }) => {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'None';
    if (type !== 'application/json') {
      throw new ApiError(415, 'UnsupportedMediaType', `The media type ${type} is not supported, use application/json`);
    }
    if (body === undefined) throw badRequest('Malformed JSON: there is no body');
    if (validate(body)) return body as Static<S>;
    throw badRequest(`JSON does not validate: ${wordsOf(validate.errors?.[0])}`);
  };
}

/** The same for query strings. */
export function queryOf<S extends TSchema>(schema: S): (query: unknown) => Static<S> {
  const validate = ajv.compile(schema);
  return (query) => {
    if (validate(query)) return query as Static<S>;
    throw badRequest(`Invalid query string parameters: ${wordsOf(validate.errors?.[0])}`);
  };
}

/** What is wrong, in the words that Placement's clients know. */
export function wordsOf(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it has not the form that was expected';
  const where = error.instancePath === '' ? '' : ` On instance ${error.instancePath.slice(1).replaceAll('/', '.')}.`;
  return `${phraseOf(error)} Failed validating '${error.keyword}' in schema.${where}`;
}

function phraseOf({ keyword, params, data, parentSchema, schema, message }: ErrorObject): string {
  const shown = typeof data === 'string' ? `'${data}'` : JSON.stringify(data);
  const limit = String((params as { limit?: number }).limit);
  switch (keyword) {
    case 'required':
      return `'${String(params.missingProperty)}' is a required property.`;
    case 'additionalProperties': {
      const name = String(params.additionalProperty);
      const patterns = Object.keys((parentSchema as { patternProperties?: object }).patternProperties ?? {});
      if (patterns.length === 0) return `Additional properties are not allowed ('${name}' was unexpected).`;
      return `'${name}' does not match any of the regexes: ${patterns.map((one) => `'${one}'`).join(', ')}.`;
    }
    case 'type':
      return `${shown} is not of type '${String(params.type)}'.`;
    case 'pattern':
      return `${shown} does not match '${String(params.pattern)}'.`;
    case 'format':
      return `${shown} is not a '${String(params.format)}'.`;
    case 'enum':
      return `${shown} is not one of [${(schema as string[]).map((one) => `'${one}'`).join(', ')}].`;
    case 'minimum':
      return `${shown} is less than the minimum of ${limit}.`;
    case 'maximum':
      return `${shown} is greater than the maximum of ${limit}.`;
    case 'minProperties':
      return `${shown} does not have enough properties.`;
    case 'minLength':
    case 'minItems':
      return `${shown} is too short.`;
    case 'maxLength':
      return `${shown} is too long.`;
    case 'uniqueItems':
      return `${shown} has non-unique elements.`;
    default:
      return `${shown} ${message ?? 'is not valid'}.`;
  }
}

/** Throws ApiError 406 for a client that does not take JSON. */
export function checkAccept({ request }: Pick<Call, 'request'>): void {
  const { accept } = request.headers;
  if (accept === undefined || /application\/json|\*\/\*|application\/\*/.test(accept)) return;
  throw new ApiError(406, 'NotAcceptable', 'Only application/json is provided');
}

/** An answer; since 1.15 with the time of the last change, and not to be cached. */
export function answer(
  { version, context }: Pick<Call, 'version' | 'context'>,
  status: number,
  body: object | null,
  options: { modified?: number | null; headers?: Record<string, string> } = {},
): Reply {
  const dated = {
    'last-modified': new Date(options.modified ?? context.now).toUTCString(),
    'cache-control': 'no-cache',
  };
  return { status, body, headers: { ...options.headers, ...(atLeast(version, '1.15') && dated) } };
}

/** The latest of some times; null when there are none. */
export const latest = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.max(...times));

/** A UUID with dashes, in lower case. */
export const dashed = (uuid: string) =>
  uuid
    .replaceAll('-', '')
    .toLowerCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
