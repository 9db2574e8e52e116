import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';

/** Nova's oldest way to page: so many, after so many. */
export const OffsetQuery = Type.Object(
  { limit: Type.Optional(Type.String()), offset: Type.Optional(Type.String()) },
  { additionalProperties: true },
);

/** Nova's `max_limit`. */
const MOST = 1000;

/** The part of a list that `limit` and `offset` name. Throws ApiError 400. */
export function offsetPage<T>(list: readonly T[], query: { limit?: string; offset?: string }): T[] {
  const offset = number('offset', query.offset) ?? 0;
  const limit = Math.min(number('limit', query.limit) ?? MOST, MOST);
  return list.slice(offset, offset + limit);
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`${name} param must be an integer that is not negative.`);
  return Number(text);
}
