import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';

/** A project's view of a running cloud, by plain HTTP: quick, and patient while a controller comes back. */
export interface Api {
  projectId: string;
  token: string;
  /** Address of a service: `compute`, `network`, `image`, `identity`. */
  url(service: string): string;
  /** One request; tried again while nobody answers, so not for what may happen only once. Throws on status ≥ 400. */
  call<T>(method: string, url: string, body?: unknown): Promise<T>;
  /** One request and its status, whatever it is; null while nobody answers. */
  probe(method: string, url: string, body?: unknown): Promise<{ status: number; body: unknown } | null>;
}

interface CloudEntry {
  auth: { auth_url: string; username: string; password: string; project_name: string; [name: string]: string };
}

/** Logs in as the entry of `clouds.yaml`. */
export async function login(cloud: string): Promise<Api> {
  const text = readFileSync(join(homedir(), '.config/openstack/clouds.yaml'), 'utf8');
  const { auth } = (parse(text) as { clouds: Record<string, CloudEntry> }).clouds[cloud] ?? {};
  if (!auth) throw new Error(`clouds.yaml has no cloud ${cloud}: run ./potluck up first`);
  const domain = { name: 'Default' };
  const password = { user: { name: auth.username, domain, password: auth.password } };
  const base = auth.auth_url.replace(/\/(v3\/?)?$/, '');
  const reply = await fetch(`${base}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password },
        scope: { project: { name: auth.project_name, domain } },
      },
    }),
  });
  if (reply.status !== 201) throw new Error(`login as ${cloud}: ${reply.status} ${await reply.text()}`);
  const token = reply.headers.get('x-subject-token') ?? '';
  interface Issued {
    token: { project: { id: string }; catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
  }
  const issued = (await reply.json()) as Issued;
  const api: Api = {
    projectId: issued.token.project.id,
    token,
    url(service) {
      const entry = issued.token.catalog.find((one) => one.type === service);
      const url = entry?.endpoints.find((endpoint) => endpoint.interface === 'public')?.url;
      if (!url) throw new Error(`the catalog has no ${service}`);
      return service === 'network' ? `${url}/v2.0` : service === 'image' ? `${url}/v2` : url;
    },
    async probe(method, url, body) {
      try {
        const answer = await fetch(url, {
          method,
          headers: {
            'x-auth-token': token,
            'openstack-api-version': 'compute 2.79',
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(30_000),
        });
        const text = await answer.text();
        return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
      } catch {
        return null;
      }
    },
    async call<T>(method: string, url: string, body?: unknown) {
      for (let attempt = 0; ; attempt++) {
        const answer = await api.probe(method, url, body);
        if (answer && answer.status < 400) return answer.body as T;
        if (answer && answer.status < 500)
          throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
        if (attempt > 300) throw new Error(`${method} ${url}: ${JSON.stringify(answer)}`);
        await pause(200);
      }
    },
  };
  return api;
}
