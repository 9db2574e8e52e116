import { sql } from 'kysely';
import type { HostId } from '../core/ids.ts';
import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import type { Store } from '../store/store.ts';

/** How often what was heard is written down; hosts count as down after four times as long. */
const WRITE_EVERY = 15_000;
/** A host whose row is older than this is written at once, so that one that comes back is up at once. */
const STALE = 45_000;
/** Hosts named in one statement. */
const AT_ONCE = 500;

/** When this controller heard hosts, in memory: a thousand of them are a few writes, and not a thousand. */
interface Heard {
  unwritten: Map<HostId, number>;
}

const heardBy = new WeakMap<Store, Heard>();

function heardOf(app: App): Heard {
  const known = heardBy.get(app.store) ?? { unwritten: new Map() };
  heardBy.set(app.store, known);
  return known;
}

/**
 * Takes a sign of life of a host whose row was last written at `written`. Answers whether it is to be written at once;
 * otherwise it is written with others later.
 */
export function noteHeard(app: App, host: HostId, written: number | null, now: number): boolean {
  const { unwritten } = heardOf(app);
  if (written === null || now - written > STALE) {
    unwritten.delete(host);
    return true;
  }
  if (now > written) unwritten.set(host, now);
  return false;
}

/**
 * Writes down which hosts were heard. What a controller that ends has not written is said again by the next reports;
 * of several controllers, each writes what it heard, and the later time stays.
 */
export function createHeartbeatReconciler(app: App): Reconciler {
  return {
    name: 'heartbeats',
    signal: 'heartbeats',
    every: WRITE_EVERY,
    everywhere: true,
    async run() {
      const { unwritten } = heardOf(app);
      const all = [...unwritten];
      for (let begin = 0; begin < all.length; begin += AT_ONCE) {
        const some = all.slice(begin, begin + AT_ONCE);
        // One time for all is enough, and the earliest claims nothing that was not heard.
        const earliest = Math.min(...some.map(([, at]) => at));
        const ids = some.map(([host]) => host);
        await app.store.transaction((tx) =>
          sql`update hosts set last_seen = ${earliest} where id in (${sql.join(ids)}) and last_seen < ${earliest}`.execute(
            tx.db,
          ),
        );
        for (const [host, at] of some) if (unwritten.get(host) === at) unwritten.delete(host);
      }
    },
  };
}
