import type { HostId, ServerId, VolumeId } from '../core/ids.ts';
import type { ServerReport, VolumeReport } from '../host/document.ts';
import type { App } from '../http/app.ts';
import { systemContext } from '../http/context.ts';
import type { Tx } from '../store/store.ts';
import { dropAttachment, settleVolume } from './attachments.ts';
import { noteExtension } from './extensions.ts';
import { settleGroups } from './groups-settle.ts';
import { judgeAttachment, judgeSnapshot, judgeVolume, type VolumeOutcome } from './judge.ts';
import { leaveMessage } from './messages.ts';
import { BUILDING, type VolumePatch, type VolumeRow } from './model.ts';
import { releaseRoom, touchHost } from './pools.ts';
import { settleUploads } from './uploads.ts';
import { attachmentsOf, changeVolume, removeSnapshot, removeVolume } from './volumes-store.ts';

/**
 * Takes over what an agent says of its volumes and of what is plugged into its servers. `generation` is that of the
 * document it speaks of: reports from before a change say nothing about it. `attachments` has an entry for every
 * server of the report.
 */
export async function applyVolumeReports(
  app: App,
  tx: Tx,
  hostId: HostId,
  generation: number,
  volumes: readonly VolumeReport[],
  attachments: readonly { serverId: ServerId; attachments: ServerReport['attachments'] }[],
): Promise<void> {
  const entries = new Map<VolumeId, VolumeReport>(volumes.map((entry) => [entry.id, entry]));
  await takeAttachments(
    app,
    tx,
    hostId,
    generation,
    new Map(attachments.map((one) => [one.serverId, one.attachments])),
  );
  await takeSnapshots(app, tx, hostId, generation, entries);
  await takeVolumes(app, tx, hostId, generation, entries);
  await settleUploads(app, tx, hostId);
}

async function takeVolumes(
  app: App,
  tx: Tx,
  hostId: HostId,
  generation: number,
  entries: ReadonlyMap<VolumeId, VolumeReport>,
): Promise<void> {
  const rows = await tx.db
    .selectFrom('volumes')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('status', 'in', [...BUILDING, 'deleting', 'extending'])
    .orderBy('number')
    .execute();
  if (rows.length === 0) return;
  const users = await attachmentsOf(
    tx.db,
    rows.map((row) => row.id),
  );
  let freed = false;
  for (const row of rows) {
    const entry = entries.get(row.backend_id);
    const outcome = judgeVolume(row, users.get(row.id) ?? [], { generation, entry });
    if (outcome.kind === 'nothing') continue;
    freed ||= outcome.kind === 'built' && row.source_backend !== null;
    await carryOut(app, tx, row, outcome);
  }
  // What another volume was still being made of may go now.
  if (freed) await touchHost(tx, hostId);
  await settleGroups(app, tx);
}

async function carryOut(app: App, tx: Tx, row: VolumeRow, outcome: VolumeOutcome): Promise<void> {
  const now = app.clock.now();
  switch (outcome.kind) {
    case 'nothing':
      return;
    case 'gone':
      return removeVolume(tx, row);
    case 'built':
      return changeVolume(tx, row, now, {
        status: outcome.status,
        server_id: null,
        reason: null,
        source_backend: null,
        launched_at: row.launched_at ?? now,
        status_before: null,
      });
    case 'extended':
      await noteExtension(tx, row, now);
      tx.raise('servers');
      return changeVolume(tx, row, now, {
        status: outcome.status,
        size_gib: outcome.sizeGib,
        reason: null,
        status_before: null,
      });
    case 'failed':
      app.log.warn('volume-failed', { volume: row.id, host: row.host_id, reason: outcome.reason });
      await leaveMessage(tx, systemContext(now), row, row.status === 'extending' ? 'extend' : 'host', outcome.reason);
      if (row.status === 'extending') return notExtended(app, tx, row, outcome);
      return changeVolume(tx, row, now, { status: outcome.status, reason: outcome.reason });
  }
}

/** A volume that could not grow is as large as it was: quota, room and the wish go back. */
async function notExtended(
  app: App,
  tx: Tx,
  row: VolumeRow,
  { status, reason }: Pick<VolumePatch, 'status' | 'reason'>,
): Promise<void> {
  await releaseRoom(tx, row.host_id, row.target_gib - row.size_gib);
  const patch: VolumePatch = { status, reason, target_gib: row.size_gib, status_before: null };
  await changeVolume(tx, row, app.clock.now(), patch, { host: true });
}

async function takeSnapshots(
  app: App,
  tx: Tx,
  hostId: HostId,
  generation: number,
  entries: ReadonlyMap<VolumeId, VolumeReport>,
): Promise<void> {
  const rows = await tx.db
    .selectFrom('volume_snapshots')
    .innerJoin('volumes', 'volumes.id', 'volume_snapshots.volume_id')
    .selectAll('volume_snapshots')
    .select('volumes.backend_id as volume_backend_id')
    .where('volumes.host_id', '=', hostId)
    .where('volume_snapshots.status', 'in', ['creating', 'deleting'])
    .execute();
  const now = app.clock.now();
  for (const row of rows) {
    const outcome = judgeSnapshot(row, { generation, entry: entries.get(row.volume_backend_id) });
    if (outcome === null) continue;
    if (outcome === 'gone') {
      await removeSnapshot(tx, row.id);
      continue;
    }
    const { status, reason } = outcome;
    if (reason !== null) await leaveMessage(tx, systemContext(now), row, 'snapshot', reason, 'VOLUME_SNAPSHOT');
    await tx.db
      .updateTable('volume_snapshots')
      .set({ status, reason, progress: status === 'available' ? '100%' : row.progress, updated_at: now })
      .where('id', '=', row.id)
      .execute();
  }
  if (rows.length > 0) await settleGroups(app, tx);
}

async function takeAttachments(
  app: App,
  tx: Tx,
  hostId: HostId,
  generation: number,
  entries: ReadonlyMap<ServerId, ServerReport['attachments']>,
): Promise<void> {
  const rows = await tx.db
    .selectFrom('volume_attachments')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('plugged', '=', 1)
    .where('state', 'in', ['attaching', 'detaching', 'error'])
    .orderBy('number')
    .execute();
  const now = app.clock.now();
  for (const row of rows) {
    const reported = row.server_id === null ? undefined : entries.get(row.server_id);
    const outcome = judgeAttachment(row, { generation, entries: reported });
    if (outcome === null) continue;
    if (outcome === 'gone') {
      await dropAttachment(tx, row, now);
      continue;
    }
    const { state, reason } = outcome;
    const touched = state === 'detaching' ? { changed_generation: await touchHost(tx, hostId) } : {};
    if (reason !== null) {
      app.log.warn('attach-failed', { volume: row.volume_id, server: row.server_id, reason });
      const about = { id: row.volume_id, project_id: row.project_id };
      await leaveMessage(tx, systemContext(now), about, 'attach', reason);
    }
    await tx.db
      .updateTable('volume_attachments')
      .set({ state, reason, ...touched, ...(state === 'attached' && { attached_at: row.attached_at ?? now }) })
      .where('id', '=', row.id)
      .execute();
    await settleVolume(tx, row.volume_id, now);
    tx.raise('servers');
  }
}
