import { sql } from 'kysely';
import type { Reader, Store } from '../../store/store.ts';
import type { Inventory } from '../store/inventories.ts';
import { capacityOf, roomOf } from '../use.ts';
import { landscapeOf, type Landscape, type Node, type Stock } from './landscape.ts';

/** A provider as it was at a revision, which grows in every transaction that changes it. */
interface Known {
  /** Another provider may come with the uuid of one that is gone. */
  of: string;
  node: Node;
}

interface Memory {
  nodes: Map<string, Known>;
  /** What all providers were like together when the landscape was read. */
  print: string;
  landscape: Landscape;
}

const memories = new WeakMap<Store, Memory>();

/** More changed providers than these are not looked up one by one. */
const FEW = 200;

/**
 * All providers there are. While nothing has changed they are the same object: that is seen by the sum of all
 * revisions, in a tenth of a millisecond for a thousand providers. After a change, what a provider has is read only
 * where its revision is another than the one in memory.
 */
export async function readLandscape(store: Store): Promise<Landscape> {
  const memory = memories.get(store) ?? {
    nodes: new Map(),
    print: '',
    landscape: { nodes: new Map(), trees: new Map() },
  };
  memories.set(store, memory);
  // Taken before the rows are read: what changes in between is seen to have changed the next time.
  const print = await fingerprint(store.read);
  if (print === memory.print) return memory.landscape;
  const rows = await store.read
    .selectFrom('resource_providers')
    .select(['uuid', 'name', 'parent', 'root', 'revision', 'created_at'])
    .orderBy('created_at')
    .orderBy('name')
    .execute();
  const at = ({ revision, created_at }: (typeof rows)[number]) => `${created_at} ${revision}`;
  const changed = rows.filter((row) => memory.nodes.get(row.uuid)?.of !== at(row));
  const read =
    changed.length === 0
      ? null
      : await readContents(store.read, changed.length > FEW ? null : changed.map((row) => row.uuid));
  const nodes = new Map<string, Known>();
  for (const row of rows) {
    const { uuid, name, parent, root } = row;
    const [of, before] = [at(row), memory.nodes.get(uuid)];
    if (before?.of === of) nodes.set(uuid, before);
    else nodes.set(uuid, { of, node: { uuid, name, parent, root, ...(read ? contentsOf(read, uuid) : NOTHING) } });
  }
  const landscape = landscapeOf([...nodes.values()].map((one) => one.node));
  Object.assign(memory, { nodes, print, landscape });
  return landscape;
}

/** Differs whenever a provider came, went, or has another revision. */
async function fingerprint(db: Reader): Promise<string> {
  // One that goes takes its revisions along, which others may gain meanwhile; so the times of creation count, too.
  const created = sql<number>`sum(created_at % 1000000007)`;
  const row = await db
    .selectFrom('resource_providers')
    .select((select) => [
      select.fn.countAll<number>().as('count'),
      select.fn.sum<number | null>('revision').as('revisions'),
      created.as('created'),
    ])
    .executeTakeFirstOrThrow();
  return `${row.count} ${row.revisions} ${row.created}`;
}

type Contents = Pick<Node, 'inventories' | 'traits' | 'aggregates'>;

const NOTHING: Contents = { inventories: new Map(), traits: new Set(), aggregates: new Set() };

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

function contentsOf({ inventories, traits, aggregates }: Read, uuid: string): Contents {
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
