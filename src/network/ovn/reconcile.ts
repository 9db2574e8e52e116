import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../../engines/ovsdb/index.ts';
import type { Reconciler } from '../../core/reconciler.ts';
import type { App } from '../../http/app.ts';
import type { Tx } from '../../store/store.ts';
import { diffOvn } from './diff.ts';
import { isolate, rememberRefusals, type Refusals } from './isolate.ts';
import type { Plan } from './model.ts';
import { openNorthbound, OvnRefusal, portStates, type Northbound } from './northbound.ts';
import { planOvn } from './plan.ts';
import { chassisNames, readNetworkRows, readUnsettled, type ReadChassis } from './rows.ts';
import { statusChanges, type StatusChange, type StatusChanges } from './status.ts';

/** Milliseconds in which more wake-ups may come and be served by the same run. */
const TOGETHER = 3;
const EVERY = 10_000;
/** Ids named in one statement. */
const AT_ONCE = 500;

export interface OvnOptions {
  readChassis?: ReadChassis;
}

/**
 * Makes OVN's northbound database say what our rows say, and our rows say what OVN reports of ports. Without a
 * northbound database (development, unit tests) every bound port counts as up, as if OVN did at once what it is asked.
 */
export function createOvnReconciler(app: App, options: OvnOptions = {}): Reconciler {
  let northbound: Northbound | null = null;
  const refusals = rememberRefusals();
  const settle = async (changes: StatusChanges) => {
    if (changes.ports.length + changes.floatingIps.length === 0) return;
    await app.store.transaction((tx) => writeStatus(tx, changes, app.clock.now()));
    if (changes.ports.length > 0) app.signals.raise('ports');
  };
  return {
    name: 'ovn',
    signal: 'ovn',
    every: EVERY,
    async run() {
      const address = app.config.ovnNorthbound;
      if (address !== null) northbound ??= openNorthbound(app, address, refusals.forget);
      await sleep(TOGETHER);
      if (!northbound) {
        await settle(statusChanges(await readUnsettled(app.store.read), () => 'up'));
        return;
      }
      let replica = await northbound.replica();
      const rows = await readNetworkRows(app.store.read, options.readChassis ?? chassisNames);
      const begin = performance.now();
      const plan = planOvn(rows);
      const without = refusals.standing(plan, replica, app.clock.now());
      const operations = diffOvn(plan, replica, without);
      const planned = performance.now();
      if (operations.length > 0) {
        await applyWhatGoes(app, northbound, plan, operations, without, refusals);
        replica = await northbound.replica();
        const milliseconds = { plan: round(planned - begin), apply: round(performance.now() - planned) };
        app.log.info('ovn-changed', { operations: operations.length, milliseconds });
      }
      await settle(statusChanges(rows, portStates(replica), refusals.reasonOf));
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
