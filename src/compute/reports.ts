import { createHash } from 'node:crypto';
import { unauthorized } from '../core/errors.ts';
import type { HostId, ImageId, ServerId } from '../core/ids.ts';
import type { HostCapacity, HostReport } from '../host/document.ts';
import type { App } from '../http/app.ts';
import { systemContext } from '../http/context.ts';
import { serverPorts, type ServerPort } from '../network/index.ts';
import { changeHostTraits, syncHostInventory, touchProviders } from '../placement/index.ts';
import { fromJson, toJson } from '../store/json.ts';
import type { Reader, Store, Tx } from '../store/store.ts';
import { applyVolumeReports, endVolumeUpload } from '../volume/index.ts';
import { settleHosts } from './catalogue/aggregate-hosts.ts';
import { noteHeard } from './heartbeats.ts';
import { isUp } from './hosts.ts';
import type { HostRow } from './model.ts';
import { JUDGED, judge, type JudgedServer, type Outcome } from './report.ts';
import { failKeptImage, isAwaited, noteKept } from './kept.ts';
import { takeFirstReport } from './restored.ts';
import { finishAction, noteAction } from './server-actions.ts';
import { failServerImage, hostMakesServerImage } from './server-images.ts';
import { changeServer, removeServer } from './servers-store.ts';
import { offloadServer } from './shelve.ts';

/** A report that says what the last one said, of a document that is the last one too, is judged anew this often. */
const JUDGE_EVERY = 120_000;

/** The last report of each host that changed nothing: by digest, and the generation its document had. */
const quietReports = new WeakMap<Store, Map<HostId, { digest: string; generation: number; judged: number }>>();

function quietOf(app: App) {
  const known =
    quietReports.get(app.store) ?? new Map<HostId, { digest: string; generation: number; judged: number }>();
  quietReports.set(app.store, known);
  return known;
}

const digestOf = (report: HostReport) => createHash('sha1').update(JSON.stringify(report)).digest('base64');

/** An operator has deleted the host while its agent still runs. */
const dismissed = (host: HostId) => unauthorized(`Host ${host} was deleted. Enrol it again to use it.`);

/** What is to be known of a host that polls or reports. Throws 401 for one that an operator has deleted. */
export async function speakingHost(db: Reader, host: HostId) {
  const row = await db
    .selectFrom('hosts')
    .select(['generation', 'document_hash', 'last_seen', 'forced_down', 'restored'])
    .where('id', '=', host)
    .executeTakeFirst();
  if (!row) throw dismissed(host);
  return row;
}

/** A poll is a sign of life too. `row` is the host's as it was just read. */
export async function noteSeen(app: App, host: HostId, row: Pick<HostRow, 'last_seen' | 'forced_down'>): Promise<void> {
  const now = app.clock.now();
  if (!noteHeard(app, host, row.last_seen, now)) return;
  await app.store.transaction(async (tx) => {
    await tx.db.updateTable('hosts').set({ last_seen: now }).where('id', '=', host).execute();
    // Schedulers see at once that a host is back.
    if (!isUp(row, now)) await touchProviders(tx, 'host_id', [host], now);
  });
}

/**
 * Takes over what an agent says: capacity, states, and which deleted servers are gone, in one transaction. A report
 * that says nothing new writes nothing but, now and then, that the host was seen.
 */
export async function takeReport(app: App, host: HostId, report: HostReport): Promise<void> {
  const now = app.clock.now();
  const quiet = quietOf(app);
  const digest = digestOf(report);
  const last = quiet.get(host);
  if (last?.digest === digest && now - last.judged < JUDGE_EVERY) {
    const row = await speakingHost(app.store.read, host);
    if (row.generation === last.generation && !noteHeard(app, host, row.last_seen, now)) return;
  }
  quiet.delete(host);
  const generation = await app.store.transaction(async (tx) => {
    const { wrote, generation, awaited } = await takeCapacity(app, tx, host, report, now);
    if (awaited) {
      await takeFirstReport(app, tx, awaited, report, now);
      return null;
    }
    let quietly = !wrote;
    const servers = await tx.db
      .selectFrom('servers')
      .select(JUDGED)
      .where('host_id', '=', host)
      .where('deleted', '=', 0)
      .orderBy('number')
      .execute();
    const entries = new Map(report.servers.map((entry) => [entry.id, entry]));
    const building = servers.filter((server) => server.vm_state === 'building').map((server) => server.id);
    const ports = building.length === 0 ? new Map() : await serverPorts(tx.db, building);
    for (const server of servers) {
      const outcome = judge(
        server,
        { generation: report.generation, entry: entries.get(server.id) },
        { now, portsActive: allActive(ports, server.id) },
      );
      quietly &&= server.task_state === null && isNothing(outcome);
      await carryOut(app, tx, server, outcome, now);
    }
    const attachments = report.servers.map(({ id, attachments: found }) => ({ serverId: id, attachments: found }));
    await applyVolumeReports(app, tx, host, report.generation, report.volumes, attachments);
    for (const { id, state, reason } of report.uploads) {
      if (state === 'error') await failUpload(app, tx, host, id, reason ?? 'The host gave no reason.');
    }
    return quietly && report.uploads.length === 0 ? generation : null;
  });
  if (generation !== null) quiet.set(host, { digest, generation, judged: now });
}

const isNothing = (outcome: Outcome): boolean =>
  Object.keys(outcome.patch).length === 0 && !outcome.gone && !outcome.offloaded && outcome.incident === undefined;

async function failUpload(app: App, tx: Tx, host: HostId, imageId: ImageId, reason: string): Promise<void> {
  app.log.warn('image-not-made', { image: imageId, host, reason });
  if (await hostMakesServerImage(tx.db, host, imageId)) await failServerImage(tx, imageId, reason);
  else if (!(await failKeptImage(tx, host, imageId, reason, app.clock.now()))) {
    await endVolumeUpload(app, tx, imageId, reason);
  }
}

/** Whether every port of a server carries traffic; true for a server without ports. */
export function allActive(ports: ReadonlyMap<ServerId, readonly ServerPort[]>, server: ServerId): boolean {
  return (ports.get(server) ?? []).every((port) => port.status === 'ACTIVE');
}

/** Writes an outcome down: the row, the history, and for a server that is gone all that it held. */
export async function carryOut(app: App, tx: Tx, server: JudgedServer, outcome: Outcome, now: number): Promise<void> {
  if (outcome.gone) {
    await removeServer(tx, server, now);
    return;
  }
  if (outcome.offloaded) {
    await offloadServer(tx, server, now);
    return;
  }
  if (outcome.finished) {
    await finishAction(tx, server.action_id, now, outcome.finished.result, outcome.finished.details);
  }
  if (outcome.incident !== undefined) {
    const context = { ...systemContext(now, `report-${now}`), projectId: server.project_id };
    const failed = { result: 'Error' as const, details: outcome.incident };
    await noteAction(tx, context, server, 'host-report', 'potluck_host_report', failed);
    app.log.warn('server-incident', { server: server.id, host: server.host_id, reason: outcome.incident });
  }
  if (Object.keys(outcome.patch).length === 0) return;
  const { updated_at: kept } = server;
  // Only what a client can see moves `updated`.
  await changeServer(tx, server, kept, outcome.patch, { document: outcome.document === true });
}

/** Answers whether anything had to be written but that the host was heard, and the document's generation. */
async function takeCapacity(
  app: App,
  tx: Tx,
  host: HostId,
  report: HostReport,
  now: number,
): Promise<{ wrote: boolean; generation: number; awaited: HostRow | null }> {
  const row = await tx.db.selectFrom('hosts').selectAll().where('id', '=', host).executeTakeFirst();
  if (!row) throw dismissed(host);
  const { generation } = row;
  const awaited = isAwaited(row.restored) ? row : null;
  await noteKept(tx, row, report);
  const capacity = toJson(report.capacity);
  const reported = Math.max(row.reported_generation, report.generation);
  const overdue = noteHeard(app, host, row.last_seen, now);
  const same = row.capacity === capacity && row.reported_generation === reported;
  if (same && !overdue) return { wrote: false, generation, awaited };
  const { vcpus, memoryMib, diskGib } = report.capacity;
  const amounts = { vcpus, memory_mib: memoryMib, disk_gib: diskGib };
  await tx.db
    .updateTable('hosts')
    .set({ last_seen: now, capacity, reported_generation: reported, ...amounts })
    .where('id', '=', host)
    .execute();
  await syncHostInventory(tx, row, { vcpus, memoryMib, diskGib }, now);
  const before = row.capacity === null ? [] : (fromJson<HostCapacity>(row.capacity).traits ?? []);
  const { traits = before } = report.capacity;
  if (traits.join() !== before.join()) {
    await changeHostTraits(tx, host, { add: traits, remove: before.filter((one) => !traits.includes(one)) }, now);
  }
  // What a host is from its first report on, its aggregates may have said before.
  if (row.capacity === null) await settleHosts(tx, [row.name], {}, now);
  else if (!isUp(row, now)) await touchProviders(tx, 'host_id', [host], now);
  if (!isUp(row, now)) app.log.info('host-seen', { host, name: row.name });
  // A chassis that comes or changes its name may become the gateway of routers.
  if (row.capacity === null || !isUp(row, now)) tx.raise('ovn');
  return { wrote: !same, generation, awaited };
}
