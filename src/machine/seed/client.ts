import { OperatorError } from '../../core/errors.ts';

export type Endpoint =
  'identity/v3' | 'image/v2' | 'network/v2.0' | 'compute/v2.1' | 'volume/v3' | 'audit/v1' | 'enrolment/v1';

/** Somebody signed in to the cloud through its public APIs, as any OpenStack client would. */
export interface Session {
  project: string;
  token: string;
  get(endpoint: Endpoint, path: string): Promise<Json>;
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', endpoint: Endpoint, path: string, body?: unknown): Promise<Json>;
  /** Uploads bytes. */
  upload(endpoint: Endpoint, path: string, bytes: Blob): Promise<void>;
}

/** What an API answered: read with `text`, `list` and `object` below, which say what is wrong when it is not there. */
export type Json = Record<string, unknown>;

export interface Account {
  username: string;
  password: string;
  project: string;
}

const JSON_TYPE = 'application/json';
/** How Glance's API wants changes: https://docs.openstack.org/api-ref/image/v2/#update-image */
const IMAGE_PATCH = 'application/openstack-images-v2.1-json-patch';

/** Milliseconds for one request; uploads get more. */
const PATIENCE = 30_000;

/** Signs in with a password, scoped to a project of the domain `default`. */
export async function signIn(url: string, account: Account): Promise<Session> {
  const response = await send(url, 'POST', 'identity/v3', '/auth/tokens', {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: account.username, domain: { id: 'default' }, password: account.password } },
      },
      scope: { project: { name: account.project, domain: { id: 'default' } } },
    },
  });
  const token = response.headers.get('x-subject-token') ?? '';
  const { token: about } = (await response.json()) as { token: Json };
  const headers = { 'x-auth-token': token };
  return {
    project: text(object(about, 'project'), 'id'),
    token,
    async get(endpoint, path) {
      return (await (await send(url, 'GET', endpoint, path, undefined, headers)).json()) as Json;
    },
    async send(method, endpoint, path, body) {
      const answer = await (await send(url, method, endpoint, path, body, headers)).text();
      return answer === '' ? {} : (JSON.parse(answer) as Json);
    },
    async upload(endpoint, path, bytes) {
      await send(url, 'PUT', endpoint, path, bytes, { ...headers, 'content-type': 'application/octet-stream' });
    },
  };
}

/** A member that must be a text. */
export function text(from: Json, key: string): string {
  const value = from[key];
  if (typeof value === 'string') return value;
  throw new Error(`the answer has no text '${key}'`);
}

/** A member that must be a list of objects. */
export function list(from: Json, key: string): Json[] {
  const value = from[key];
  if (Array.isArray(value)) return value as Json[];
  throw new Error(`the answer has no list '${key}'`);
}

/** A member that must be an object. */
export function object(from: Json, key: string): Json {
  const value = from[key];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`the answer has no object '${key}'`);
}

async function send(
  url: string,
  method: string,
  endpoint: Endpoint,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const binary = body instanceof Blob;
  const response = await fetch(`${url}/${endpoint}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(binary ? {} : { 'content-type': method === 'PATCH' && endpoint === 'image/v2' ? IMAGE_PATCH : JSON_TYPE }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: binary ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(binary ? 20 * PATIENCE : PATIENCE),
  });
  if (response.ok) return response;
  const words = (await response.text()).slice(0, 400);
  throw new OperatorError(
    `${method} /${endpoint}${path} was answered with ${response.status}: ${words}`,
    'See what the controller says: potluck logs controller',
  );
}
