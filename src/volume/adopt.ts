import type { HostId, VolumeId } from '../core/ids.ts';
import type { VolumeReport } from '../host/document.ts';
import type { Tx } from '../store/store.ts';

/**
 * After a restore: counts of a volume follow what its host has carried out, a volume that the host does not have is
 * lost. Answers those that the host has and no row knows.
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
  for (const row of rows) {
    const entry = entries.get(row.backend_id);
    entries.delete(row.backend_id);
    // One that never was ready is made, one that is being deleted is gone as it should be.
    if (!entry && (row.launched_at === null || row.status === 'deleting')) continue;
    if (entry && entry.build <= row.build) continue;
    const change = entry
      ? { build: entry.build }
      : { status: 'error' as const, reason, lost_build: row.build, updated_at: now };
    await tx.db.updateTable('volumes').set(change).where('id', '=', row.id).execute();
  }
  return [...entries.keys()].sort();
}
