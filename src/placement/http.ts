import { Ajv } from 'ajv';
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
  return placementFault(new ApiError(error.status, known, error.publicMessage), requestId);
};

/** Throws ApiError 404 (or 405) for a version in which the operation was not there yet. */
export function since(version: Version, first: `1.${number}`, status = 404): void {
  if (atLeast(version, first)) return;
  if (status === 404) throw notFound('The resource could not be found.');
  throw new ApiError(status, 'MethodNotAllowed', `The method is not allowed before version ${first}.`);
}

const ajv = new Ajv({ strict: false, formats: { uuid: isUuid } });

/** A check of request bodies against a schema, for bodies whose form depends on the version. */
export function bodyOf<S extends TSchema>(schema: S): (call: Pick<Call, 'body' | 'request'>) => Static<S> {
  const validate = ajv.compile(schema);
  return ({ body, request }) => {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'None';
    if (type !== 'application/json') {
      throw new ApiError(415, 'UnsupportedMediaType', `The media type ${type} is not supported, use application/json`);
    }
    if (validate(body)) return body as Static<S>;
    const [first] = validate.errors ?? [];
    const where = first?.instancePath ? `${first.instancePath.slice(1)}: ` : '';
    throw badRequest(
      `JSON does not validate: ${where}${first?.message ?? 'it has not the form'} ${detailOf(first?.params)}`,
    );
  };
}

const detailOf = (params: Record<string, unknown> | undefined) =>
  params === undefined || Object.keys(params).length === 0 ? '' : JSON.stringify(params);

/** The same for query strings. */
export function queryOf<S extends TSchema>(schema: S): (query: unknown) => Static<S> {
  const validate = ajv.compile(schema);
  return (query) => {
    if (validate(query)) return query as Static<S>;
    const [first] = validate.errors ?? [];
    const where = first?.instancePath ? `${first.instancePath.slice(1)} ` : '';
    throw badRequest(
      `Invalid query string parameters: ${where}${first?.message ?? 'they are not known'} ${detailOf(first?.params)}`,
    );
  };
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
