import type { HostId } from '../core/ids.ts';
import type { Tx } from '../store/store.ts';

/** The volumes and snapshots whose bytes lay on a host are gone with it. Answers how many volumes there were. */
export async function loseVolumes(tx: Tx, hostId: HostId, reason: string, now: number): Promise<number> {
  const lost = await tx.db
    .updateTable('volumes')
    .set((set) => ({ status: 'error' as const, reason, lost_build: set.ref('build'), updated_at: now }))
    .where('host_id', '=', hostId)
    .where('status', '!=', 'deleting')
    .returning('id')
    .execute();
  await tx.db
    .updateTable('volume_snapshots')
    .set({ status: 'error', reason, updated_at: now })
    .where('volume_id', 'in', (select) =>
      select.selectFrom('volumes').select('volumes.id').where('host_id', '=', hostId),
    )
    .where('status', '!=', 'deleting')
    .execute();
  return lost.length;
}
