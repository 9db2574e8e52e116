import type { Reader, Store } from '../../store/store.ts';
import type { Inventory } from '../store/inventories.ts';
import { capacityOf, roomOf } from '../use.ts';
import { treesOf, type Landscape, type Node, type Stock } from './landscape.ts';

/** What a provider has, as good as its revision, which grows in every transaction that changes it. */
interface Contents extends Pick<Node, 'inventories' | 'traits' | 'aggregates'> {
  /** Another provider may come with the uuid of one that is gone. */
  of: string;
}

const known = new WeakMap<Store, Map<string, Contents>>();

/** More changed providers than these are not looked up one by one. */
const FEW = 200;

/**
 * All providers there are. Who stands where is read each time; what each has only when its revision is another than
 * the one in memory, so that a thousand of them cost two milliseconds and not fifty.
 */
export async function readLandscape(store: Store): Promise<Landscape> {
  const memory = known.get(store) ?? new Map<string, Contents>();
  known.set(store, memory);
  const rows = await store.read
    .selectFrom('resource_providers')
    .select(['uuid', 'name', 'parent', 'root', 'revision', 'created_at'])
    .orderBy('created_at')
    .orderBy('name')
    .execute();
  const at = ({ revision, created_at }: (typeof rows)[number]) => `${created_at} ${revision}`;
  const changed = rows.filter((row) => memory.get(row.uuid)?.of !== at(row));
  if (changed.length > 0) {
    const read = await readContents(store.read, changed.length > FEW ? null : changed.map((row) => row.uuid));
    for (const row of changed) memory.set(row.uuid, { of: at(row), ...contentsOf(read, row.uuid) });
  }
  if (memory.size > rows.length) {
    const there = new Set(rows.map((row) => row.uuid));
    for (const uuid of memory.keys()) if (!there.has(uuid)) memory.delete(uuid);
  }
  const nodes = new Map<string, Node>();
  for (const { uuid, name, parent, root } of rows) {
    const { inventories, traits, aggregates } = memory.get(uuid) ?? NOTHING;
    nodes.set(uuid, { uuid, name, parent, root, inventories, traits, aggregates });
  }
  return { nodes, trees: treesOf(nodes) };
}

const NOTHING: Omit<Contents, 'of'> = { inventories: new Map(), traits: new Set(), aggregates: new Set() };

type Read = Awaited<ReturnType<typeof readContents>>;

async function readContents(db: Reader, providers: readonly string[] | null) {
  const inventories = await db
    .selectFrom('inventories')
    .selectAll()
    .$if(providers !== null, (query) => query.where('provider', 'in', providers ?? []))
    .execute();
  const traits = await db
    .selectFrom('provider_traits')
    .selectAll()
    .$if(providers !== null, (query) => query.where('provider', 'in', providers ?? []))
    .execute();
  const aggregates = await db
    .selectFrom('provider_aggregates')
    .selectAll()
    .$if(providers !== null, (query) => query.where('provider', 'in', providers ?? []))
    .execute();
  return {
    inventories: Map.groupBy(inventories, (row) => row.provider),
    traits: Map.groupBy(traits, (row) => row.provider),
    aggregates: Map.groupBy(aggregates, (row) => row.provider),
  };
}

function contentsOf({ inventories, traits, aggregates }: Read, uuid: string): Omit<Contents, 'of'> {
  return {
    inventories: new Map(inventories.get(uuid)?.map((row) => [row.resource_class, stockOf(row)])),
    traits: new Set(traits.get(uuid)?.map((row) => row.trait)),
    aggregates: new Set(aggregates.get(uuid)?.map((row) => row.aggregate)),
  };
}

function stockOf(row: Inventory): Stock {
  const { resource_class, min_unit, max_unit, step_size, used } = row;
  return { resource_class, min_unit, max_unit, step_size, used, capacity: capacityOf(row), room: roomOf(row) };
}
