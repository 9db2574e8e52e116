/** Text columns that hold JSON. Only for plain data that is never searched by its parts. */
export function toJson(value: unknown): string {
  return JSON.stringify(value);
}

/** The value of a JSON column; the caller names the type that this release writes there. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

/** SQLite has no booleans: columns of truth values hold 0 or 1. */
export type Bit = 0 | 1;

export const bit = (value: boolean): Bit => (value ? 1 : 0);
