import type { Kysely } from 'kysely';
import type { HostId } from '../core/ids.ts';
import type { HostReport } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Database } from '../store/database.ts';
import { fromJson, toJson } from '../store/json.ts';
import { WAITS, keptServers } from './kept.ts';
import type { Tx } from '../store/store.ts';
import { adoptVolumes } from '../volume/index.ts';
import type { ServerFault, ServerPatch, ServerRow } from './model.ts';
import { finishAction } from './server-actions.ts';
import { POWER } from './states.ts';

/**
 * After a restore: no host is told anything before it has said what it has, because a document that does not name a
 * server removes it. See docs/decisions/0018.
 */
export async function awaitHosts(db: Kysely<Database>): Promise<void> {
  await db.updateTable('hosts').set({ restored: WAITS, document_hash: null }).execute();
}

/**
 * The first report after a restore: what the host has and no row knows is kept, what a row has and the host does not is
 * lost, and where the host is ahead (starts, rebuilds, resizes since the backup) the rows follow.
 */
export async function takeFirstReport(
  app: App,
  tx: Tx,
  host: { id: HostId; name: string; generation: number },
  report: HostReport,
  now: number,
): Promise<void> {
  const servers = await tx.db
    .selectFrom('servers')
    .selectAll()
    .where('host_id', '=', host.id)
    .where('deleted', '=', 0)
    .execute();
  const entries = new Map(report.servers.map((entry) => [entry.id, entry]));
  for (const server of servers) {
    const entry = entries.get(server.id);
    entries.delete(server.id);
    const patch = entry ? adopted(server, entry) : lost(server, host.name, now);
    if (!patch) continue;
    if (!entry) await finishAction(tx, server.action_id, now, 'Error', patch.fault ?? null);
    await tx.db.updateTable('servers').set(patch).where('id', '=', server.id).execute();
  }
  const reason = `${goneSince(host.name)} The volume is lost.`;
  const volumes = await adoptVolumes(tx, host.id, report.volumes, reason, now);
  const kept = keptServers([...entries.keys()], now);
  if (entries.size + volumes.length > 0) {
    app.log.warn('kept-after-restore', { host: host.id, name: host.name, servers: [...entries.keys()], volumes });
  }
  const generation = Math.max(host.generation, report.generation) + 1;
  await tx.db
    .updateTable('hosts')
    .set({ restored: kept && toJson(kept), generation, document_hash: null })
    .where('id', '=', host.id)
    .execute();
  tx.raise(`host:${host.id}`);
  tx.raise('servers');
}

const goneSince = (host: string) => `The cloud was restored from a backup, and ${host} does not have it any more.`;

/** The row as the host knows better; null when there is nothing to change. */
function adopted(server: ServerRow, entry: HostReport['servers'][number]): ServerPatch | null {
  const layers = fromJson<number[]>(server.layers);
  const patch: ServerPatch = {
    ...(entry.build > server.build && { build: entry.build }),
    ...(entry.boot > server.boot && { boot: entry.boot }),
    // A layer that is taken away takes what was written since the resize with it.
    ...((entry.layersGib?.length ?? 0) > layers.length && { layers: toJson(entry.layersGib) }),
    ...(server.vm_state === 'stopped' &&
      server.task_state === null &&
      entry.state === 'running' && {
        vm_state: 'active' as const,
        power: 'running' as const,
        power_state: POWER.running,
      }),
  };
  return Object.keys(patch).length === 0 ? null : patch;
}

/** A server whose disk was there when the backup was taken is not quietly made anew. */
function lost(server: ServerRow, host: string, now: number): ServerPatch | null {
  if (server.vm_state === 'building' || server.task_state === 'deleting') return null;
  const message = `${goneSince(host)} Rebuild or delete the server.`;
  const fault: ServerFault = { code: 500, message, details: null, created: now, source: 'controller' };
  return {
    ...{ vm_state: 'error', task_state: null, power_state: POWER.none, deadline: null, action_id: null },
    ...{ fault: JSON.stringify(fault), lost_build: server.build, updated_at: now },
  };
}
