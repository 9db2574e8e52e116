import type { HostId } from '../../core/ids.ts';
import { withPlaced, type Demand, type HostInventory } from '../../placement/index.ts';
import type { Reader, Store } from '../../store/store.ts';
import { readInventory, upUntil } from './read.ts';

/** All hosts are looked over at most this often; in between only what says that it changed. */
const LOOK_EVERY = 5_000;

/** A change may be this much older than the commit that shows it: transactions wait, and clocks differ. */
const LATE = 5_000;

/** Where more than this part of the hosts changed, all are read. */
const MANY = 0.25;

/** What one controller knows of the hosts: good enough to choose by, while the claim is what decides. */
export interface HostView {
  /** All hosts as they are known now. */
  hosts(): readonly HostInventory[];
  host(id: HostId): HostInventory | undefined;
  /** Takes over what changed since the last time; `all` also looks at what says nothing of its changes. */
  refresh(db: Reader, now: number, all?: boolean): Promise<void>;
  /** Reads these hosts anew. */
  reread(db: Reader, ids: readonly HostId[]): Promise<void>;
  /** A server was placed: the host is at `revision` now. */
  placed(id: HostId, demand: Demand, revision: number): void;
  /** What is known of these hosts came to nothing: they are read anew at the next refresh. */
  distrust(ids: readonly HostId[]): void;
}

const views = new WeakMap<Store, HostView>();

/** The view that belongs to an open store. */
export function hostView(store: Store): HostView {
  const known = views.get(store) ?? createHostView();
  views.set(store, known);
  return known;
}

/**
 * The hosts in memory, so that a choice reads only what changed. Each host is as good as the revision of its provider,
 * which grows in the transactions of every controller that change what a scheduler must know of it.
 */
export function createHostView(): HostView {
  const hosts: HostInventory[] = [];
  const places = new Map<HostId, number>();
  const revisions = new Map<HostId, number>();
  const doubtful = new Set<HostId>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let refreshedAt = 0;

  const put = (host: HostInventory) => {
    const place = places.get(host.id) ?? hosts.length;
    hosts[place] = host;
    places.set(host.id, place);
  };
  const reread = async (db: Reader, ids: readonly HostId[]) => {
    if (ids.length === 0) return;
    // To read all is faster than to look for every single one.
    const some = ids.length > hosts.length * MANY ? undefined : ids;
    // The revision is read first: what is read after it is never older than it says.
    const rows = await db
      .selectFrom('resource_providers')
      .select(['host_id', 'revision'])
      .where('host_id', 'is not', null)
      .$if(some !== undefined, (query) => query.where('host_id', 'in', some ?? []))
      .execute();
    for (const host of await readInventory(db, some)) put(host);
    for (const { host_id: id, revision } of rows) if (id !== null) revisions.set(id, revision);
    for (const id of some ?? doubtful) doubtful.delete(id);
  };
  /** What every host is at. Finds also hosts that are new or gone, and signs of life, which have no revision. */
  const look = async (db: Reader): Promise<HostId[]> => {
    const rows = await db
      .selectFrom('hosts')
      .leftJoin('resource_providers', 'host_id', 'id')
      .select(['id', 'last_seen', 'forced_down', 'revision'])
      .execute();
    const there = new Set(rows.map((row) => row.id));
    if (hosts.some((host) => !there.has(host.id))) {
      const left = hosts.filter((host) => there.has(host.id));
      hosts.length = 0;
      places.clear();
      for (const host of left) put(host);
    }
    const changed: HostId[] = [];
    for (const row of rows) {
      const host = hosts[places.get(row.id) ?? -1];
      if (host === undefined || revisions.get(row.id) !== (row.revision ?? undefined)) changed.push(row.id);
      else if (host.upUntil !== upUntil(row)) put({ ...host, upUntil: upUntil(row) });
    }
    return changed;
  };
  const changedSince = async (db: Reader, since: number): Promise<HostId[]> => {
    const rows = await db
      .selectFrom('resource_providers')
      .select(['host_id', 'revision'])
      .where('updated_at', '>=', since)
      .where('host_id', 'is not', null)
      .execute();
    return rows.flatMap(({ host_id: id, revision }) => (id === null || revisions.get(id) === revision ? [] : [id]));
  };

  return {
    hosts: () => hosts,
    host: (id) => hosts[places.get(id) ?? -1],
    async refresh(db, now, all = false) {
      const whole = all || Math.abs(now - lookedAt) >= LOOK_EVERY;
      const since = refreshedAt - LATE;
      if (whole) lookedAt = now;
      refreshedAt = now;
      const changed = whole ? await look(db) : await changedSince(db, since);
      await reread(db, [...new Set([...changed, ...doubtful])]);
    },
    reread,
    placed(id, demand, revision) {
      const host = hosts[places.get(id) ?? -1];
      if (host === undefined) return;
      put(withPlaced(host, demand));
      // One more than known: nobody else changed the host, so this is all there is to know.
      if (revisions.get(id) === revision - 1) revisions.set(id, revision);
    },
    distrust(ids) {
      for (const id of ids) doubtful.add(id);
    },
  };
}
