import type { HostId, ServerId } from '../../core/ids.ts';
import { claim, mostServers, schedule, type Choice, type Demand, type HostInventory } from '../../placement/index.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { serverCounts } from '../hosts.ts';
import type { HostView } from './view.ts';

/** Hosts that are tried before those that were lost are read anew. */
const MOST_TRIED = 5;

/** After so many lost rounds others are faster all the time. */
const MOST_ROUNDS = 10;

export interface Placed {
  host: HostInventory | null;
  choice: Choice;
}

/** What of a demand is claimed for the server itself; what its new volumes take they claim themselves. */
export interface Wish {
  serverId: ServerId;
  projectId: string;
  userId: string;
  demand: Demand;
  volumesGib: number;
}

/**
 * Chooses a host and claims it, in the transaction that makes the server. The view says where it is worth trying; the
 * claim's conditional updates say what is so. A host that is lost to somebody else is read anew, and the choice made
 * again. Hosts of which the view now knows what is not committed yet are added to `touched`. `before` is what became
 * of the server before it, in the same transaction and with the same demand.
 */
export async function placeServer(
  tx: Tx,
  view: HostView,
  wish: Wish,
  touched: Set<HostId>,
  before: Placed | null = null,
): Promise<Placed> {
  const { serverId, projectId, userId, demand } = wish;
  const whole = { ...demand, diskGib: demand.diskGib + wish.volumesGib };
  let choice = sameAgain(view, whole, before) ?? schedule(view.hosts(), whole, MOST_TRIED);
  for (let round = 0; round < MOST_ROUNDS && choice.ranked.length > 0; round++) {
    const lost: HostId[] = [];
    for (const host of choice.ranked) {
      touched.add(host.id);
      const revision = (await mayHaveMore(tx.db, host))
        ? await claim(tx, { hostId: host.id, serverId, projectId, userId }, demand, demand.now)
        : null;
      if (revision !== null) {
        view.placed(host.id, demand, revision);
        return { host, choice };
      }
      lost.push(host.id);
    }
    await view.reread(tx.db, lost);
    choice = schedule(view.hosts(), whole, MOST_TRIED);
  }
  return { host: null, choice };
}

/**
 * The choice that `schedule` would make, without a look at every host: the best one, having become fuller, is the best
 * as long as it fits, and what was said of the others is as it was.
 */
export function sameAgain(view: Pick<HostView, 'host'>, demand: Demand, before: Placed | null): Choice | null {
  const best = before?.choice.ranked[0];
  if (!before?.host || best?.id !== before.host.id) return null;
  const host = view.host(best.id);
  if (!host || schedule([host], demand).fit === 0) return null;
  return { ...before.choice, ranked: [host, ...before.choice.ranked.slice(1)] };
}

/** Whether the limit of servers that an aggregate sets is not reached, which no account holds. */
async function mayHaveMore(db: Reader, host: HostInventory): Promise<boolean> {
  const most = mostServers(host);
  return most === Infinity || ((await serverCounts(db, [host.id])).get(host.id) ?? 0) < most;
}

/** One try: whether it is the last, and the hosts of which the view knows what is not committed yet. */
export interface Attempt {
  last: boolean;
  touched: Set<HostId>;
}

/** Thrown out of a transaction that found no host by what was known, so that it is tried with what is so now. */
export class LookAgain extends Error {}

/**
 * Runs `attempt`, which places servers in a transaction. Finding no host counts only when all hosts were looked at;
 * what came to nothing is not believed any longer.
 */
export async function withHosts<T>(
  view: HostView,
  refresh: (all: boolean) => Promise<void>,
  attempt: (state: Attempt) => Promise<T>,
): Promise<T> {
  for (let all = false; ; all = true) {
    await refresh(all);
    const touched = new Set<HostId>();
    try {
      return await attempt({ last: all, touched });
    } catch (error) {
      view.distrust([...touched]);
      if (!(error instanceof LookAgain)) throw error;
    }
  }
}
