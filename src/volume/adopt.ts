import type { HostId, SnapshotId, VolumeId } from '../core/ids.ts';
import type { VolumeReport } from '../host/document.ts';
import { toJson } from '../store/json.ts';
import type { Tx } from '../store/store.ts';
import { DEFAULT_ZONE } from './pools.ts';

/**
 * After a restore: counts of a volume follow what its host has carried out, and a volume that the host does not have is
 * lost. What the host has and no row knows, volumes and snapshots, is there but nobody's (`manage.ts`): nothing of it is
 * removed, and an administrator may give it to a project. Answers such volumes.
 */
export async function adoptVolumes(
  tx: Tx,
  hostId: HostId,
  reports: readonly VolumeReport[],
  reason: string,
  now: number,
): Promise<VolumeId[]> {
  const rows = await tx.db
    .selectFrom('volumes')
    .select(['id', 'backend_id', 'build', 'status', 'launched_at'])
    .where('host_id', '=', hostId)
    .execute();
  const entries = new Map(reports.map((entry) => [entry.id, entry]));
  const known = new Map(rows.map((row) => [row.backend_id, row.id]));
  for (const row of rows) {
    const entry = entries.get(row.backend_id);
    // One that never was ready is made, one that is being deleted is gone as it should be.
    if (!entry && (row.launched_at === null || row.status === 'deleting')) continue;
    if (entry && entry.build <= row.build) continue;
    const change = entry
      ? { build: entry.build }
      : { status: 'error' as const, reason, lost_build: row.build, updated_at: now };
    await tx.db.updateTable('volumes').set(change).where('id', '=', row.id).execute();
  }
  const strangers = reports.filter(({ id }) => !known.has(id));
  for (const entry of strangers) await insertUnmanaged(tx, hostId, entry, now);
  await insertSnapshots(tx, hostId, reports, now);
  return strangers.map(({ id }) => id).sort();
}

/** Who has what nobody has: no project has this id. */
const NOBODY = { project_id: '', user_id: null, name: null, description: null };

async function insertUnmanaged(tx: Tx, host_id: HostId, entry: VolumeReport, now: number): Promise<void> {
  await tx.db
    .insertInto('volumes')
    .values({
      ...{ ...NOBODY, id: entry.id, backend_id: entry.id, managed: 0, status: 'available', host_id },
      ...{ size_gib: entry.sizeGib, target_gib: entry.sizeGib, availability_zone: DEFAULT_ZONE },
      ...{ volume_type_id: null, bootable: 0, multiattach: 0, read_only: null },
      ...{ source_kind: 'empty', source_id: null, source_backend: null },
      ...{ build: entry.build, build_source: toJson({ kind: 'empty' }) },
      ...{ server_id: null, group_id: null, status_before: null, image_id: null, image_format: null, reason: null },
      ...{ changed_generation: 0, created_at: now, updated_at: null, launched_at: now },
    })
    .execute();
}

/** Snapshots of these volumes that no row knows: what the document does not name would be merged into the volume. */
async function insertSnapshots(tx: Tx, hostId: HostId, reports: readonly VolumeReport[], now: number): Promise<void> {
  if (reports.every(({ snapshots }) => snapshots.length === 0)) return;
  const volumes = await tx.db
    .selectFrom('volumes')
    .select(['id', 'backend_id', 'size_gib'])
    .where('host_id', '=', hostId)
    .execute();
  const rows = await tx.db
    .selectFrom('volume_snapshots')
    .innerJoin('volumes', 'volumes.id', 'volume_snapshots.volume_id')
    .select('volume_snapshots.backend_id')
    .where('volumes.host_id', '=', hostId)
    .execute();
  const known = new Set<SnapshotId>(rows.map((row) => row.backend_id));
  for (const entry of reports) {
    const volume = volumes.find((one) => one.backend_id === entry.id);
    const fresh = entry.snapshots.filter(({ id, state }) => state === 'available' && !known.has(id));
    if (!volume || fresh.length === 0) continue;
    const values = fresh.map(({ id }) => ({
      ...{ ...NOBODY, id, backend_id: id, managed: 0 as const, status: 'available' as const, volume_id: volume.id },
      ...{ size_gib: volume.size_gib, progress: '100%', group_snapshot_id: null, reason: null },
      ...{ changed_generation: 0, created_at: now, updated_at: null },
    }));
    await tx.db.insertInto('volume_snapshots').values(values).execute();
  }
}
