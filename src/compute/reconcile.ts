import type { App } from '../http/app.ts';
import type { Reconciler } from '../core/reconciler.ts';
import { refusedPorts, serverPorts } from '../network/index.ts';
import type { HostReport } from '../host/document.ts';
import type { ServerRow } from './model.ts';
import { JUDGED, judge, type JudgedServer } from './report.ts';
import { allActive, carryOut } from './reports.ts';
import { finishAction } from './server-actions.ts';
import { changeServer, faultJson } from './servers-store.ts';
import { settleServerImages } from './settle-images.ts';
import { settleShelving } from './settle-shelving.ts';
import { reclaimDeleted } from './soft-delete.ts';
import { noteExtensions, settleVolumeActions } from './volumes/settle.ts';

/**
 * What no single report can settle: servers whose last port comes up after QEMU runs, work that takes longer than it
 * may, images and volumes on their way.
 */
export function createServerReconciler(app: App): Reconciler {
  return {
    name: 'servers',
    signal: 'servers',
    also: ['ports', 'images', 'volumes'],
    every: 10_000,
    async run() {
      const now = app.clock.now();
      await failRefused(app, now);
      await settleBuilding(app, now);
      await endOverdue(app, now);
      await settleServerImages(app, now);
      await settleShelving(app, now);
      await reclaimDeleted(app, now);
      await settleVolumeActions(app, now);
      await noteExtensions(app);
    },
  };
}

/** BUILD becomes ACTIVE when QEMU runs and every port carries traffic, whichever comes last. */
async function settleBuilding(app: App, now: number): Promise<void> {
  const waiting = await app.store.read
    .selectFrom('servers')
    .select('id')
    .where('vm_state', '=', 'building')
    .where('reported_state', '=', 'running')
    .where('deleted', '=', 0)
    .execute();
  if (waiting.length === 0) return;
  const ids = waiting.map((row) => row.id);
  const ports = await serverPorts(app.store.read, ids);
  const ready = ids.filter((id) => allActive(ports, id));
  if (ready.length === 0) return;
  await app.store.transaction(async (tx) => {
    const rows = await tx.db
      .selectFrom('servers')
      .select(JUDGED)
      .where('id', 'in', ready)
      .where('vm_state', '=', 'building')
      .where('deleted', '=', 0)
      .execute();
    const current = await serverPorts(tx.db, ready);
    for (const row of rows) {
      const around = { now, portsActive: allActive(current, row.id) };
      await carryOut(app, tx, row, judge(row, lastReport(row), around), now);
    }
  });
}

/** A server that waits for a port which the network refuses would wait in vain. */
async function failRefused(app: App, now: number): Promise<void> {
  if ((await refusedPorts(app.store.read)).size === 0) return;
  await app.store.transaction(async (tx) => {
    const refused = await refusedPorts(tx.db);
    const rows = await tx.db
      .selectFrom('servers')
      .selectAll()
      .where('vm_state', '=', 'building')
      .where((where) => where.or([where('task_state', 'is', null), where('task_state', '<>', 'deleting')]))
      .where('deleted', '=', 0)
      .execute();
    for (const row of rows) {
      const port = refused.get(row.id);
      if (!port) continue;
      const why = `The network refuses port ${port.id}: ${port.reason ?? 'it gave no reason'}.`;
      await finishAction(tx, row.action_id, now, 'Error', why);
      const patch = { vm_state: 'error', task_state: null, deadline: null, action_id: null } as const;
      // Mended by an operator, then by a hard reboot: the host alone cannot tell that the port is well.
      const fault = faultJson(why, 'controller', now);
      await changeServer(tx, row, now, { ...patch, fault }, { document: false });
      app.log.warn('server-without-network', { server: row.id, host: row.host_id, reason: why });
    }
  });
}

/** What the host said last, as it was written down: it counted then, so it counts now. */
function lastReport(row: JudgedServer): { generation: number; entry: HostReport['servers'][number] | undefined } {
  const entry =
    row.reported_state === null
      ? undefined
      : {
          id: row.id,
          state: row.reported_state,
          build: row.reported_build,
          boot: row.reported_boot,
          reason: row.reported_reason,
          startedAt: null,
          attachments: [],
        };
  return { generation: row.changed_generation, entry };
}

/** What was not done in time ends in ERROR, with what is known of the reason. */
async function endOverdue(app: App, now: number): Promise<void> {
  const overdue = await app.store.read
    .selectFrom('servers')
    .select('id')
    .where('deadline', '<', now)
    .where('deleted', '=', 0)
    .execute();
  if (overdue.length === 0) return;
  const ids = overdue.map((row) => row.id);
  await app.store.transaction(async (tx) => {
    const rows = await tx.db
      .selectFrom('servers')
      .selectAll()
      .where('id', 'in', ids)
      .where('deadline', '<', now)
      .where('deleted', '=', 0)
      .execute();
    const ports = await serverPorts(tx.db, ids);
    for (const row of rows) {
      const down = (ports.get(row.id) ?? [])
        .filter((port) => port.status !== 'ACTIVE')
        .map(({ id, statusReason }) => (statusReason === null ? id : `${id} (${statusReason})`));
      const why = whyLate(row, down);
      await finishAction(tx, row.action_id, now, 'Error', why);
      const patch = { vm_state: 'error', task_state: null, deadline: null, action_id: null } as const;
      // A host that comes back and reports the server well heals it.
      await changeServer(tx, row, now, { ...patch, fault: faultJson(why, 'host', now) }, { document: false });
      app.log.warn('server-overdue', { server: row.id, host: row.host_id, reason: why });
    }
  });
}

function whyLate(row: ServerRow, portsDown: readonly string[]): string {
  const what = `${row.task_state ?? row.vm_state} was not done in time`;
  if (row.reported_state === null) return `${what}: the host has not said anything of this server.`;
  if (row.reported_state === 'running' && portsDown.length > 0) {
    return `${what}: it runs, but the network did not bring up port ${portsDown.join(', ')}.`;
  }
  const words = row.reported_reason === null ? '' : ` (${row.reported_reason})`;
  return `${what}: the host reports it as ${row.reported_state}${words}.`;
}
