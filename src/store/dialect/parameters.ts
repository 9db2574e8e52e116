import { badRequest } from '../../core/errors.ts';

/** What both databases take as a parameter, and give back as it was. */
export type Parameter = null | string | number | bigint | Uint8Array;

/**
 * The parameters of a statement, truth values as 0 and 1. Refuses what is not a primitive or bytes: `node:sqlite`
 * takes an object in first place for named parameters, and `pg` would send its JSON; either turns a mistake of ours
 * into a query for something else. Throws ApiError 400 for a text with U+0000, which PostgreSQL cannot hold
 * (https://www.postgresql.org/docs/15/datatype-character.html).
 */
export function checkedParameters(parameters: readonly unknown[]): Parameter[] {
  return parameters.map((value, index) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (typeof value === 'string') {
      if (value.includes('\0')) throw badRequest('A text of the request has the character U+0000. Leave it out.');
      return value;
    }
    if (value === null || typeof value === 'number' || typeof value === 'bigint') return value;
    if (value instanceof Uint8Array) return value;
    throw new TypeError(`SQL parameter ${index + 1} is ${value === undefined ? 'undefined' : typeof value}`);
  });
}
