import type { Requests } from './openapi/index.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request to an API of the cloud, as plain data: it can be sent, and it can be shown to a person. */
export interface ApiRequest {
  method: Method;
  /** With the query: `/compute/v2.1/servers/detail?limit=10`. */
  path: string;
  headers: Record<string, string>;
  body?: unknown;
}

/**
 * A request of an operation that docs/openapi/ knows, typed by it: its parameters, query and body.
 * `request('GET /compute/v2.1/servers/{server_id}', { path: { server_id } })`. Pure.
 */
export function request<K extends keyof Requests>(operation: K, given: Requests[K]): ApiRequest {
  const { path, query, body } = given as {
    path?: Record<string, string>;
    query?: Record<string, string | undefined>;
    body?: unknown;
  };
  const [method = 'GET', template = '/'] = operation.split(' ');
  return plainRequest(method as Method, fill(template, path ?? {}), { ...(query && { query }), body });
}

/** A request of any path. */
export function plainRequest(
  method: Method,
  path: string,
  { query, body }: { query?: Record<string, string | undefined>; body?: unknown } = {},
): ApiRequest {
  const pairs = Object.entries(query ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const search = pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
  return {
    method,
    path: path + search,
    headers: { ...versionHeader(path), ...(body !== undefined && { 'Content-Type': contentType(method, path) }) },
    ...(body !== undefined && { body }),
  };
}

function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

/** The newest microversions, which are what answers are read as. */
const VERSIONS: readonly [string, string][] = [
  ['/compute/', 'compute 2.96'],
  ['/volume/', 'volume 3.70'],
  ['/placement', 'placement 1.39'],
];

function versionHeader(path: string): Record<string, string> {
  const version = VERSIONS.find(([prefix]) => path.startsWith(prefix))?.[1];
  return version === undefined ? {} : { 'OpenStack-API-Version': version };
}

/** Glance has a media type of its own for changes: https://docs.openstack.org/api-ref/image/v2/#update-image */
const contentType = (method: Method, path: string) =>
  method === 'PATCH' && path.startsWith('/image/')
    ? 'application/openstack-images-v2.1-json-patch'
    : 'application/json';
