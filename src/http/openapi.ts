import { ApiError } from '../core/errors.ts';
import { ruleOf } from '../policy/policy.ts';
import type { Rule } from '../policy/rules.ts';
import { versionText } from './microversions.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';

type Json = { [key: string]: unknown };

/** What a document says that no route does. */
export interface OpenApiInfo {
  /** Where the cloud answers; `/`, relative to the document, unless told. */
  serverUrl?: string;
}

/**
 * The OpenAPI 3.1 document of one service (https://spec.openapis.org/oas/v3.1.1.html), from the same routes and
 * schemas that requests are checked with. The same service gives the same document, byte for byte.
 */
export function openApi(service: Service, { serverUrl = '/' }: OpenApiInfo = {}): Json {
  const paths: Record<string, Json> = {};
  const add = (route: Route, path: string) => {
    const template = path.replace(/:(\w+)/g, '{$1}');
    const methods = (paths[template] ??= {});
    methods[route.method.toLowerCase()] = operation(service, route, path);
  };
  for (const route of service.rootRoutes) add(route, route.path);
  for (const route of service.routes) add(route, service.prefix + route.path);
  const { versions } = service;
  return {
    openapi: '3.1.0',
    info: {
      title: `Potluck: ${service.name}`,
      version: versions ? versionText(versions.max) : (service.prefix.split('/').at(-1) ?? service.name),
      ...(versions && {
        'x-microversions': { type: versions.type, min: versionText(versions.min), max: versionText(versions.max) },
      }),
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set([...service.rootRoutes, ...service.routes].map(tagOf))].toSorted().map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'A token of the identity service.' },
        session: { type: 'apiKey', in: 'cookie', name: 'potluck-session', description: SESSION },
        host: { type: 'http', scheme: 'bearer', description: "A host's own token." },
      },
      responses: { Fault: faultResponse(service) },
    },
  };
}

const SESSION =
  'The cookie of POST /session, `__Host-potluck-session` behind TLS. What changes something needs the header X-Potluck-Session: 1 too, and must come from a page of this cloud.';

const tagOf = (route: Route) => route.operation.split(':')[0] ?? route.operation;

function operation(service: Service, route: Route, path: string): Json {
  return {
    operationId: `${service.name}:${route.operation}`,
    tags: [tagOf(route)],
    security: securityOf(ruleOf(service, route.operation)),
    'x-access': accessOf(service, route),
    parameters: [...pathParameters(route, path), ...queryParameters(route), ...versionParameter(service)],
    ...(route.body && { requestBody: requestBody(service, route) }),
    responses: {
      '2XX': {
        description: 'It is done, or accepted.',
        ...(route.response && { content: { 'application/json': { schema: plain(route.response) } } }),
      },
      default: { $ref: '#/components/responses/Fault' },
    },
  };
}

/** The rule of an operation, or of each of the actions behind it. */
function accessOf(service: Service, route: Route): string | Json {
  if (!route.actions) return ruleOf(service, route.operation);
  return Object.fromEntries(route.actions.map((one) => [one, ruleOf(service, one)]));
}

function securityOf(access: Rule): Json[] {
  if (access === 'public') return [];
  return access === 'agent' ? [{ host: [] }] : [{ token: [] }, { session: [] }];
}

function pathParameters(route: Route, path: string): Json[] {
  const known = propertiesOf(route.params);
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: known[name] ?? { type: 'string' },
  }));
}

function queryParameters(route: Route): Json[] {
  const query = plain(route.query ?? {}) as Json;
  const required = Array.isArray(query.required) ? query.required : [];
  return Object.entries(propertiesOf(route.query)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function versionParameter({ versions }: Service): Json[] {
  if (!versions) return [];
  const description = `Microversion: \`${versions.type} ${versionText(versions.max)}\`; the lowest unless given.`;
  return [{ name: 'OpenStack-API-Version', in: 'header', required: false, description, schema: { type: 'string' } }];
}

function requestBody(service: Service, route: Route): Json {
  const types = ['application/json', ...(route.method === 'PATCH' ? (service.jsonTypes ?? []) : [])];
  const schema = plain(route.body);
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** Faults differ from service to service: shown by the one for a missing object. */
function faultResponse(service: Service): Json {
  const example = service.fault(new ApiError(404, 'NotFound', 'The resource could not be found.'), 'req-…');
  return {
    description: 'The request is refused, or has failed; the message says why.',
    headers: { 'X-OpenStack-Request-Id': { schema: { type: 'string' } } },
    content: { 'application/json': { schema: { type: 'object' }, example } },
  };
}

function propertiesOf(schema: unknown): Record<string, Json> {
  const { properties } = plain(schema ?? {}) as { properties?: Record<string, Json> };
  return properties ?? {};
}

/** A schema as JSON: without what TypeBox keeps beside it. */
function plain(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema)) as unknown;
}
