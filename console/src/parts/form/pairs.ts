/** A row of two fields. */
export type Pair = readonly [string, string];

/** The rows in which something stands, without spaces around it. Pure. */
export const filledPairs = (pairs: readonly Pair[]): Pair[] =>
  pairs
    .map(([left, right]): Pair => [left.trim(), right.trim()])
    .filter(([left, right]) => left !== '' || right !== '');

/** The names that stand in more than one row. Pure. */
export function twice(pairs: readonly Pair[]): string[] {
  const names = filledPairs(pairs).map(([name]) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
