import type { Reader } from '../../store/store.ts';
import type { Inventory } from '../store/inventories.ts';
import type { Provider } from '../store/providers.ts';

/** A provider that gives to all who share an aggregate with it. */
export const SHARING = 'MISC_SHARES_VIA_AGGREGATE';

/** A provider with all that a choice depends on. */
export interface Node {
  uuid: string;
  name: string;
  parent: string | null;
  root: string;
  inventories: ReadonlyMap<string, Inventory>;
  traits: ReadonlySet<string>;
  aggregates: ReadonlySet<string>;
}

export interface Landscape {
  nodes: ReadonlyMap<string, Node>;
  /** By the top of each tree, in the order of creation. */
  trees: ReadonlyMap<string, readonly Node[]>;
}

/** All providers there are. */
export async function readLandscape(db: Reader): Promise<Landscape> {
  const providers = await db
    .selectFrom('resource_providers')
    .selectAll()
    .orderBy('created_at')
    .orderBy('name')
    .execute();
  const inventories = await db.selectFrom('inventories').selectAll().execute();
  const traits = await db.selectFrom('provider_traits').selectAll().execute();
  const aggregates = await db.selectFrom('provider_aggregates').selectAll().execute();
  return landscapeOf(providers, inventories, traits, aggregates);
}

export function landscapeOf(
  providers: readonly Provider[],
  inventories: readonly Inventory[],
  traits: readonly { provider: string; trait: string }[],
  aggregates: readonly { provider: string; aggregate: string }[],
): Landscape {
  const nodes = new Map(
    providers.map(({ uuid, name, parent, root }) => [
      uuid,
      {
        ...{ uuid, name, parent, root },
        inventories: new Map<string, Inventory>(),
        traits: new Set<string>(),
        aggregates: new Set<string>(),
      },
    ]),
  );
  for (const one of inventories) nodes.get(one.provider)?.inventories.set(one.resource_class, one);
  for (const one of traits) nodes.get(one.provider)?.traits.add(one.trait);
  for (const one of aggregates) nodes.get(one.provider)?.aggregates.add(one.aggregate);
  const trees = new Map<string, Node[]>();
  for (const node of nodes.values()) trees.set(node.root, [...(trees.get(node.root) ?? []), node]);
  return { nodes, trees };
}
