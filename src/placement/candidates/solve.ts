import { fits, isMember, traitsMatch } from './fit.ts';
import { SHARING, type Landscape, type Node } from './landscape.ts';
import type { Group, Traits } from './parse.ts';

export interface Request {
  groups: readonly Group[];
  policy: 'none' | 'isolate';
  limit: number | null;
  /** What the top of the tree must be like. */
  root: Traits | null;
  /** Suffixes of groups of which one must stand above all others. */
  subtrees: readonly (readonly string[])[];
  /** Whether providers below others count as such (since 1.29). */
  nested: boolean;
}

/** One way to fulfil a request. */
export interface Candidate {
  /** By provider and class. */
  allocations: Record<string, Record<string, number>>;
  /** Providers of each group, by its suffix. */
  mappings: Record<string, string[]>;
  /** The top of the tree that it is anchored in. */
  root: string;
}

/** How one group is fulfilled. */
interface Part {
  suffix: string;
  takes: readonly { node: Node; name: string; amount: number }[];
  nodes: readonly Node[];
}

/** More combinations than these are not looked at: who asks so openly should ask more closely. */
const MOST_TRIED = 100_000;

/**
 * All ways to fulfil a request, tree by tree: a group with a suffix from one provider, the one without from any in the
 * tree, and both also from providers that share with the tree by an aggregate.
 * https://docs.openstack.org/placement/latest/user/provider-tree.html
 */
export function candidates(landscape: Landscape, request: Request): Candidate[] {
  const found: Candidate[] = [];
  const seen = new Set<string>();
  const sharing = [...landscape.nodes.values()].filter((node) => node.traits.has(SHARING));
  const simple = soleGroup(request);
  let tried = 0;
  for (const [root, tree] of landscape.trees) {
    const top = landscape.nodes.get(root);
    if (!top || (request.root !== null && !traitsMatch(top.traits, request.root))) continue;
    const usable = reachable(tree, sharing);
    const [single, second] = usable;
    if (single && !second && simple) {
      if (!gives(landscape, single, simple)) continue;
      found.push(allFrom(single, simple));
      if (request.limit !== null && found.length >= request.limit) return found;
      continue;
    }
    const parts: Part[][] = [];
    for (const group of request.groups) {
      // Where there is but one provider, what may come from any must come from it.
      const spreads = group.suffix === '' && (usable.length > 1 || Object.keys(group.resources).length === 0);
      const ways = spreads ? spread(landscape, usable, group) : whole(landscape, usable, group);
      parts.push(ways);
      if (ways.length === 0) break;
    }
    if (parts.some((ways) => ways.length === 0)) continue;
    const only = sharing.length === 0 && parts.every((ways) => ways.length === 1);
    for (const combination of product(parts)) {
      if (++tried > MOST_TRIED) return found;
      if (!isAnchored(combination, root, request) || !isAllowed(landscape, combination, request)) continue;
      const candidate = merge(combination, root);
      if (candidate === null) continue;
      const key = only ? '' : keyOf(candidate);
      if (seen.has(key)) continue;
      if (!only) seen.add(key);
      found.push(candidate);
      if (request.limit !== null && found.length >= request.limit) return found;
    }
  }
  return found;
}

/** The only group of a request that needs no comparing of groups: what a cloud without nested providers is asked. */
function soleGroup({ groups, subtrees }: Request): Group | null {
  const [group, second] = groups;
  if (!group || second || subtrees.length > 0) return null;
  return Object.keys(group.resources).length > 0 ? group : null;
}

/** The one way in which one provider fulfils one group. */
function allFrom(node: Node, { suffix, resources }: Group): Candidate {
  return { allocations: { [node.uuid]: resources }, mappings: { [suffix]: [node.uuid] }, root: node.root };
}

/** The providers of a tree, and those that share an aggregate with one of it. */
function reachable(tree: readonly Node[], sharing: readonly Node[]): readonly Node[] {
  if (sharing.length === 0) return tree;
  const own = new Set(tree.map((node) => node.uuid));
  const others = sharing.filter(
    (node) => !own.has(node.uuid) && tree.some((one) => [...one.aggregates].some((uuid) => node.aggregates.has(uuid))),
  );
  return [...tree, ...others];
}

const inTree = (landscape: Landscape, node: Node, group: Group) =>
  group.inTree === null || node.root === landscape.nodes.get(group.inTree)?.root;

/** Whether a provider alone could fulfil a group. */
function gives(landscape: Landscape, node: Node, group: Group): boolean {
  for (const name in group.resources) if (!fits(node, name, group.resources[name] ?? 0)) return false;
  const { traits, aggregates } = group;
  return inTree(landscape, node, group) && traitsMatch(node.traits, traits) && isMember(node, aggregates);
}

/** All from one provider. */
function whole(landscape: Landscape, usable: readonly Node[], group: Group): Part[] {
  const { suffix, resources } = group;
  return usable
    .filter((node) => gives(landscape, node, group))
    .map((node) => ({
      suffix,
      takes: Object.entries(resources).map(([name, amount]) => ({ node, name, amount })),
      nodes: [node],
    }));
}

/** Each class from any provider; the traits are those of all that give something together. */
function spread(landscape: Landscape, usable: readonly Node[], group: Group): Part[] {
  const { suffix, resources, traits, aggregates } = group;
  const may = usable.filter(
    (node) =>
      inTree(landscape, node, group) &&
      isMember(node, aggregates, landscape.nodes.get(node.root)) &&
      !traits.forbidden.some((name) => node.traits.has(name)),
  );
  const choices = Object.entries(resources).map(([name, amount]) =>
    may.filter((node) => fits(node, name, amount)).map((node) => ({ node, name, amount })),
  );
  const parts: Part[] = [];
  for (const takes of product(choices)) {
    const nodes = [...new Set(takes.map((one) => one.node))];
    const together = new Set(nodes.flatMap((node) => [...node.traits]));
    if (traitsMatch(together, { required: traits.required, forbidden: [] })) parts.push({ suffix, takes, nodes });
    if (parts.length > MOST_TRIED) break;
  }
  return parts;
}

/** Every choice of one of each. */
function* product<T>(lists: readonly (readonly T[])[], from = 0): Generator<T[]> {
  const [list, last] = [lists[from], from === lists.length];
  if (last) yield [];
  for (const one of list ?? []) for (const rest of product(lists, from + 1)) yield [one, ...rest];
}

/** Something must come from the tree itself: what only sharing providers give is found in their own trees. */
function isAnchored(parts: readonly Part[], root: string, { nested }: Request): boolean {
  const nodes = parts.flatMap((part) => part.nodes);
  if (!nodes.some((node) => node.root === root)) return false;
  if (nested) return true;
  const own = new Set(nodes.filter((node) => node.root === root).map((node) => node.uuid));
  return own.size <= 1;
}

function isAllowed(landscape: Landscape, parts: readonly Part[], { policy, subtrees }: Request): boolean {
  if (policy === 'isolate') {
    const nodes = parts.filter((part) => part.suffix !== '').flatMap((part) => part.nodes);
    if (new Set(nodes).size < nodes.length) return false;
  }
  return subtrees.every((suffixes) => {
    const nodes = parts.filter((part) => suffixes.includes(part.suffix)).flatMap((part) => part.nodes);
    return nodes.some((top) => nodes.every((node) => isAtOrBelow(landscape, node, top)));
  });
}

function isAtOrBelow(landscape: Landscape, node: Node, top: Node): boolean {
  for (let at: Node | undefined = node; at; at = at.parent === null ? undefined : landscape.nodes.get(at.parent)) {
    if (at === top) return true;
  }
  return false;
}

/** Adds up what the groups take; null when that is more than a provider has, or may give at once. */
function merge(parts: readonly Part[], root: string): Candidate | null {
  const allocations: Candidate['allocations'] = {};
  const mappings: Candidate['mappings'] = {};
  const nodes = new Map<string, Node>();
  for (const part of parts) {
    mappings[part.suffix] = part.nodes.map((node) => node.uuid);
    for (const { node, name, amount } of part.takes) {
      nodes.set(node.uuid, node);
      const own = (allocations[node.uuid] ??= {});
      own[name] = (own[name] ?? 0) + amount;
    }
  }
  for (const [uuid, resources] of Object.entries(allocations)) {
    for (const [name, amount] of Object.entries(resources)) {
      const inventory = nodes.get(uuid)?.inventories.get(name);
      if (!inventory || inventory.room < amount || amount > inventory.max_unit) return null;
    }
  }
  return { allocations, mappings, root };
}

function keyOf({ allocations, mappings }: Candidate): string {
  const sorted = (value: Record<string, unknown>) => Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    sorted(allocations).map(([uuid, resources]) => [uuid, sorted(resources as Record<string, number>)]),
    sorted(mappings).map(([suffix, uuids]) => [suffix, (uuids as string[]).toSorted()]),
  ]);
}
