import type { Node } from './landscape.ts';
import type { Aggregates, Traits } from './parse.ts';

/** Whether a provider could give so much of a class. */
export function fits(node: Node, name: string, amount: number): boolean {
  const inventory = node.inventories.get(name);
  if (!inventory) return false;
  const { min_unit, max_unit, step_size, room } = inventory;
  return amount >= min_unit && amount <= max_unit && amount % step_size === 0 && room >= amount;
}

/** Whether these traits are as asked. */
export const traitsMatch = (has: ReadonlySet<string>, { required, forbidden }: Traits): boolean =>
  required.every((some) => some.some((name) => has.has(name))) && !forbidden.some((name) => has.has(name));

/** Whether a provider, or the top of its tree for it (`root`), is in the aggregates asked for and not in the others. */
export function isMember(node: Node, { required, forbidden }: Aggregates, root?: Node): boolean {
  const inOne = (uuids: readonly string[]) =>
    uuids.some((uuid) => node.aggregates.has(uuid) || root?.aggregates.has(uuid) === true);
  return required.every(inOne) && !inOne(forbidden);
}
