import type { Inventory } from '../store/inventories.ts';

/** A provider that gives to all who share an aggregate with it. */
export const SHARING = 'MISC_SHARES_VIA_AGGREGATE';

/** What a provider has of a class. */
export interface Stock extends Pick<Inventory, 'resource_class' | 'min_unit' | 'max_unit' | 'step_size' | 'used'> {
  /** How much may be promised altogether. */
  capacity: number;
  /** How much of it is left. */
  room: number;
}

/** A provider with all that a choice depends on. */
export interface Node {
  uuid: string;
  name: string;
  parent: string | null;
  root: string;
  inventories: ReadonlyMap<string, Stock>;
  traits: ReadonlySet<string>;
  aggregates: ReadonlySet<string>;
}

export interface Landscape {
  nodes: ReadonlyMap<string, Node>;
  /** By the top of each tree, in the order of creation. */
  trees: ReadonlyMap<string, readonly Node[]>;
}

/** The landscape of these providers, in their order. */
export const landscapeOf = (nodes: readonly Node[]): Landscape => ({
  nodes: new Map(nodes.map((node) => [node.uuid, node])),
  trees: Map.groupBy(nodes, (node) => node.root),
});
