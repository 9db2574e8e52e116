import { setTimeout as sleep } from 'node:timers/promises';
import type { PortId } from '../../core/ids.ts';
import type { Operation } from '../../engines/ovsdb/index.ts';
import type { Reconciler } from '../../core/reconciler.ts';
import type { App } from '../../http/app.ts';
import type { Tx } from '../../store/store.ts';
import { forgetTouched, PORTS_TOUCHED, readTouched } from '../touched.ts';
import { diffOvn } from './diff.ts';
import { isolate, rememberRefusals, type Refusals } from './isolate.ts';
import type { Plan } from './model.ts';
import { openNorthbound, OvnRefusal, portState, portStates, type Northbound } from './northbound.ts';
import { planOvn } from './plan.ts';
import { chassisNames, readNetworkRows, readPorts, readUnsettled, type ReadChassis } from './rows.ts';
import { readPortWindow } from './window-rows.ts';
import { diffPorts, presentNetworks } from './window.ts';
import { statusChanges, type StatusChange, type StatusChanges } from './status.ts';

/** Milliseconds in which more wake-ups may come and be served by the same run. */
const TOGETHER = 3;
const EVERY = 10_000;
/** Milliseconds after which everything is compared even if nobody said that anything but ports changed. */
const COMPARE_EVERY = 30_000;
/** Ids named in one statement. */
const AT_ONCE = 500;
/** With more ports than this to look at, everything is compared; so many numbers of them are forgotten at once. */
const MOST_PORTS = 500;

export interface OvnOptions {
  readChassis?: ReadChassis;
}

/**
 * Makes OVN's northbound database say what our rows say, and our rows say what OVN reports of ports. Without a
 * northbound database (development, unit tests) every bound port counts as up, as if OVN did at once what it is asked.
 *
 * While nothing but ports changed, only they are read and planned; at the start, after anything else, after a failure
 * and from time to time everything is.
 */
export function createOvnReconciler(app: App, options: OvnOptions = {}): Reconciler {
  let northbound: Northbound | null = null;
  const refusals = rememberRefusals();
  const readChassis = options.readChassis ?? chassisNames;
  /** Numbers of touched ports that were seen to and not yet forgotten. */
  const done = new Set<number>();
  /** How often it had been asked to compare everything when that was done last, and when. */
  let compared = { raised: Number.NaN, at: Number.NEGATIVE_INFINITY };

  const settle = async (changes: StatusChanges) => {
    const same = changes.ports.length + changes.floatingIps.length === 0;
    if (same && done.size < MOST_PORTS) return;
    const forgotten = [...done];
    await app.store.transaction(async (tx) => {
      await writeStatus(tx, changes, app.clock.now());
      await forgetTouched(tx, forgotten);
    });
    for (const number of forgotten) done.delete(number);
    if (changes.ports.length > 0) app.signals.raise('ports');
  };

  /** Sees to the ports that were touched or have moved. Answers false when everything is to be compared. */
  const bringPorts = async (nb: Northbound): Promise<boolean> => {
    const moved = nb.takeMoved();
    const [replica, keys] = [await nb.replica(), await nb.keys()];
    const read = await app.store.read.transaction().execute(async (view) => {
      const { numbers, ids } = await readTouched(view, done);
      const before = presentNetworks(ids, replica, keys);
      if (before === null || ids.size + moved.size > MOST_PORTS) return null;
      const window = ids.size === 0 ? null : await readPortWindow(view, ids, before, readChassis);
      return {
        numbers,
        window,
        others: await readPorts(
          view,
          [...moved].filter((id) => !ids.has(id as PortId)),
        ),
      };
    });
    if (read === null) return false;
    const { numbers, window, others } = read;
    const operations = window === null ? [] : diffPorts(window, replica, keys);
    if (operations === null) return false;
    try {
      if (operations.length > 0) {
        await nb.apply(operations);
        app.log.info('ovn-changed', { operations: operations.length, ports: window?.ids.size });
      }
    } catch (error) {
      if (error instanceof OvnRefusal) return false;
      throw error;
    }
    for (const number of numbers) done.add(number);
    const ports = [...(window?.rows.ports ?? []), ...others];
    const now = await nb.replica();
    await settle(statusChanges({ ports, floatingIps: [] }, (id) => portState(now, keys, id)));
    return true;
  };

  const bringAll = async (nb: Northbound): Promise<void> => {
    nb.takeMoved();
    let replica = await nb.replica();
    const { rows, numbers } = await readNetworkRows(app.store.read, readChassis, done);
    const begin = performance.now();
    const plan = planOvn(rows);
    const without = refusals.standing(plan, replica, app.clock.now());
    const operations = diffOvn(plan, replica, without);
    const planned = performance.now();
    if (operations.length > 0) {
      await applyWhatGoes(app, nb, plan, operations, without, refusals);
      replica = await nb.replica();
      const milliseconds = { plan: round(planned - begin), apply: round(performance.now() - planned) };
      app.log.info('ovn-changed', { operations: operations.length, milliseconds });
    }
    for (const number of numbers) done.add(number);
    await settle(statusChanges(rows, portStates(replica), refusals.reasonOf));
  };

  return {
    name: 'ovn',
    signal: 'ovn',
    also: [PORTS_TOUCHED],
    every: EVERY,
    async run() {
      const address = app.config.ovnNorthbound;
      if (address !== null) northbound ??= openNorthbound(app, address, refusals.forget);
      await sleep(TOGETHER);
      if (!northbound) {
        const { numbers } = await readTouched(app.store.read, done);
        const rows = await readUnsettled(app.store.read);
        for (const number of numbers) done.add(number);
        await settle(statusChanges(rows, () => 'up'));
        return;
      }
      const [raised, now] = [app.signals.count('ovn'), app.clock.now()];
      const everything = raised !== compared.raised || now - compared.at >= COMPARE_EVERY || refusals.any();
      const { at } = compared;
      // What fails now is done again with everything compared.
      compared = { raised: Number.NaN, at };
      if (!everything && (await bringPorts(northbound))) compared = { raised, at };
      else {
        await bringAll(northbound);
        compared = { raised, at: now };
      }
    },
  };
}

/** Everything at once; when OVN refuses that, all that it does take, and what it refuses is remembered. */
async function applyWhatGoes(
  app: App,
  northbound: Northbound,
  plan: Plan,
  operations: readonly Operation[],
  without: ReadonlySet<string>,
  refusals: Refusals,
): Promise<void> {
  try {
    await northbound.apply(operations);
  } catch (error) {
    if (!(error instanceof OvnRefusal)) throw error;
    const refused = await isolate(plan, northbound, without);
    for (const [path, reason] of refused) app.log.error('ovn-refused', { row: path, reason });
    refusals.add(plan, await northbound.replica(), refused, app.clock.now());
  }
}

const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10;

/** Writes what is still as it was read: a row changed since then is left to the next run. */
async function writeStatus(tx: Tx, changes: StatusChanges, now: number): Promise<void> {
  for (const { ids, from, to, reason } of together(changes.ports)) {
    await tx.db
      .updateTable('ports')
      .set((row) => ({
        status: to,
        status_reason: reason,
        revision_number: row('revision_number', '+', 1),
        updated_at: now,
      }))
      .where('id', 'in', ids)
      .where('status', '=', from)
      .execute();
  }
  for (const { ids, from, to } of together(changes.floatingIps)) {
    await tx.db
      .updateTable('floating_ips')
      .set((row) => ({ status: to, revision_number: row('revision_number', '+', 1), updated_at: now }))
      .where('id', 'in', ids)
      .where('status', '=', from)
      .execute();
  }
}

type Portion<S extends string> = Omit<StatusChange<S>, 'id'> & { ids: string[] };

/** Changes of the same kind, in portions that a statement can name. */
function together<S extends string>(changes: readonly StatusChange<S>[]): Portion<S>[] {
  const portions: Portion<S>[] = [];
  for (const { id, from, to, reason } of changes) {
    const open = portions.find(
      (one) => one.from === from && one.to === to && one.reason === reason && one.ids.length < AT_ONCE,
    );
    if (open) open.ids.push(id);
    else portions.push({ ids: [id], from, to, reason });
  }
  return portions;
}
