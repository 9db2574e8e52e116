import { badRequest } from '../../core/errors.ts';

/** What both databases take as a parameter, and give back as it was. */
export type Parameter = null | string | number | bigint | Uint8Array;

/**
 * The parameters of a statement, truth values as 0 and 1. Refuses what is not a primitive or bytes: `node:sqlite`
 * takes an object in first place for named parameters, and `pg` would send its JSON; either turns a mistake of ours
 * into a query for something else. Throws ApiError 400 for what a client sent and a database cannot hold: a text with
 * U+0000 (https://www.postgresql.org/docs/15/datatype-character.html), a number that would not come back as it was.
 */
export function checkedParameters(parameters: readonly unknown[]): Parameter[] {
  return parameters.map((value, index) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (typeof value === 'string') {
      if (value.includes('\0')) throw badRequest('A text of the request has the character U+0000. Leave it out.');
      return value;
    }
    if (typeof value === 'number') {
      // Of larger ones SQLite would make a fraction, and PostgreSQL an error.
      if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
      throw badRequest(`The request has the number ${value}, which is too large. The largest is 2^53 - 1.`);
    }
    if (value === null || typeof value === 'bigint') return value;
    if (value instanceof Uint8Array) return value;
    throw new TypeError(`SQL parameter ${index + 1} is ${value === undefined ? 'undefined' : typeof value}`);
  });
}
