import type { Account } from './clouds.ts';

export type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  json: Json;
  headers: Headers;
}

/** An administrator signed in to the cloud under test; services are named by their types in the catalog. */
export interface Api {
  projectId: string;
  services: ReadonlyMap<string, string>;
  /** Sends a request and answers whatever came, also a refusal. */
  ask(service: string, method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a request that must succeed. */
  need(service: string, method: string, path: string, body?: Json): Promise<Json>;
  /** The data of an image. */
  readImage(id: string): Promise<Blob>;
  writeImage(id: string, data: Blob): Promise<void>;
}

interface Token {
  project: { id: string };
  catalog: { type: string; endpoints: { interface: string; url: string }[] }[];
}

/** Signs in through Keystone v3. */
export async function signIn(account: Account): Promise<Api> {
  const { password, username } = account;
  const domain = { id: 'default' };
  const response = await fetch(`${account.authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: username, domain, password } } },
        scope: { project: { name: account.project, domain } },
      },
    }),
  });
  if (response.status !== 201) throw new Error(`sign-in was answered with ${response.status}`);
  const { token } = (await response.json()) as { token: Token };
  const services = new Map<string, string>();
  for (const { type, endpoints } of token.catalog) {
    const endpoint = endpoints.find((one) => one.interface === 'public');
    if (endpoint) services.set(type, endpoint.url.replace(/\/$/, ''));
  }
  return apiOf(response.headers.get('x-subject-token') ?? '', token.project.id, services);
}

function apiOf(token: string, projectId: string, services: ReadonlyMap<string, string>): Api {
  const urlOf = (service: string, path: string) => {
    const base = services.get(service);
    if (base === undefined) throw new Error(`the catalog has no service '${service}'`);
    return `${base}${path}`;
  };
  const ask: Api['ask'] = async (service, method, path, body, headers = {}) => {
    const response = await fetch(urlOf(service, path), {
      method,
      headers: { 'x-auth-token': token, accept: 'application/json', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: parse(text), headers: response.headers };
  };
  return {
    projectId,
    services,
    ask,
    async need(service, method, path, body) {
      const answer = await ask(service, method, path, body);
      if (answer.status < 400) return answer.json;
      const words = JSON.stringify(answer.json).slice(0, 300);
      throw new Error(`${method} ${service}${path} was answered with ${answer.status}: ${words}`);
    },
    async readImage(id) {
      const response = await fetch(urlOf('image', `/v2/images/${id}/file`), { headers: { 'x-auth-token': token } });
      if (response.status !== 200) throw new Error(`the image ${id} could not be read: ${response.status}`);
      return response.blob();
    },
    async writeImage(id, data) {
      const response = await fetch(urlOf('image', `/v2/images/${id}/file`), {
        method: 'PUT',
        headers: { 'x-auth-token': token, 'content-type': 'application/octet-stream' },
        body: data,
      });
      if (response.status !== 204) throw new Error(`the image ${id} could not be written: ${response.status}`);
    },
  };
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

/** A member that is a list of objects; empty if there is none. */
export function listOf(json: Json, key: string): Json[] {
  const value = json[key];
  return Array.isArray(value) ? (value as Json[]) : [];
}

/** A member as an object. */
export function objectOf(json: Json, key: string): Json {
  const value = json[key];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

export const textOf = (json: Json, key: string): string => (typeof json[key] === 'string' ? json[key] : '');
