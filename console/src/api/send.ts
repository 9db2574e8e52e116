import { ApiFault, faultOf } from './fault.ts';
import { reportAnswer } from './connection.ts';
import { plainRequest, type ApiRequest } from './request.ts';

/** Unsafe requests with a session's cookie need it: a page of another site cannot send it. */
const SESSION_HEADER = { 'X-Potluck-Session': '1' };

interface SendOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Sends a request with the session's cookie and answers its JSON; null when there is none. Throws ApiFault. */
export async function send<T = unknown>(one: ApiRequest, options: SendOptions = {}): Promise<T> {
  const text = await (await sendRaw(one, options)).text();
  if (text === '') return null as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiFault('', { status: 502 });
  }
}

/** The same, with the answer as it came. */
export async function sendRaw(one: ApiRequest, { signal, headers }: SendOptions = {}): Promise<Response> {
  const safe = one.method === 'GET' || one.method === 'HEAD';
  const response = await fetch(one.path, {
    method: one.method,
    headers: { Accept: 'application/json', ...one.headers, ...(!safe && SESSION_HEADER), ...headers },
    ...(one.body !== undefined && { body: JSON.stringify(one.body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    reportAnswer(false);
    throw new ApiFault('', { status: 0 });
  });
  // A balancer answers for a controller that is away.
  reportAnswer(![502, 503, 504].includes(response.status));
  if (response.ok) return response;
  throw faultOf(response.status, (name) => response.headers.get(name), await response.text());
}

/** All pages of a list: Nova, Cinder and Neutron link to the next with `MEMBER_links`, Glance with `next`. */
export async function sendAll<T>(first: ApiRequest, member: string, options: SendOptions = {}): Promise<T[]> {
  const all: T[] = [];
  let next: ApiRequest | null = first;
  while (next !== null) {
    const answer: Record<string, unknown> = await send<Record<string, unknown>>(next, options);
    all.push(...((answer[member] as T[] | undefined) ?? []));
    const links = answer[`${member}_links`] as { rel: string; href: string }[] | undefined;
    const href = links?.find(({ rel }) => rel === 'next')?.href ?? (answer.next as string | undefined);
    next = href === undefined ? null : plainRequest('GET', pathOf(href));
  }
  return all;
}

/** Links name the cloud's public address, the page may have been reached by another: the cookie is of the latter. */
function pathOf(href: string): string {
  const url = new URL(href, 'http://cloud');
  return url.pathname + url.search;
}
