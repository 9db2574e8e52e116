import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';

/** Nova's `max_limit`: a client that asks for more gets this many, and a link to the rest. */
const MOST = 1000;

export const PageQuery = {
  limit: Type.Optional(Type.String()),
  marker: Type.Optional(Type.String()),
  sort_key: Type.Optional(Type.String()),
  sort_dir: Type.Optional(Type.String()),
};

/** A whole number at or above `least`, which older clients send as a text. */
export const Whole = (least: number) =>
  Type.Union([
    Type.Integer({ minimum: least, maximum: 0x7fffffff }),
    Type.String({ pattern: least === 0 ? '^[0-9]{1,9}$' : '^0*[1-9][0-9]{0,8}$' }),
  ]);

/** The page of an ordered list that `limit` and `marker` ask for. Throws ApiError 400 for a bad one. */
export function page<T>(
  ordered: readonly T[],
  query: Record<string, unknown>,
  idOf: (item: T) => string,
  what: string,
): { items: T[]; more: boolean } {
  const { limit, marker } = query;
  if (limit !== undefined && !(typeof limit === 'string' && /^\d+$/.test(limit))) {
    throw badRequest('limit param must be an integer that is not negative.');
  }
  const size = limit === undefined ? MOST : Math.min(Number(limit), MOST);
  let start = 0;
  if (typeof marker === 'string') {
    start = ordered.findIndex((item) => idOf(item) === marker) + 1;
    if (start === 0) throw badRequest(`marker [${marker}] not found: it is not a ${what} you can see.`);
  }
  const items = ordered.slice(start, start + size);
  return { items, more: items.length > 0 && start + size < ordered.length };
}

/** `{flavors_links: [{rel: 'next', …}]}`, or nothing on the last page. */
export function pageLinks(
  name: string,
  url: string,
  query: Record<string, unknown>,
  more: boolean,
  lastId: string | undefined,
): Record<string, unknown> {
  if (!more || lastId === undefined) return {};
  const next = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (key !== 'marker' && typeof value === 'string') next.set(key, value);
  }
  next.set('marker', lastId);
  return { [name]: [{ rel: 'next', href: `${url}?${next.toString()}` }] };
}
