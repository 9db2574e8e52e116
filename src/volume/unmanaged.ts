import { notFound } from '../core/errors.ts';
import type { VolumeId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Reader, Tx } from '../store/store.ts';
import { isPassing } from './backups.ts';
import { deleteVolumeRow } from './delete.ts';
import type { VolumeRow } from './model.ts';

/** A volume that lies on a host and is nobody's. */
export interface UnmanagedVolume {
  /** What it is called on its host. */
  id: VolumeId;
  host: string;
  sizeGib: number;
  /** Milliseconds since 1970. */
  since: number;
}

const unmanaged = (db: Reader) =>
  db
    .selectFrom('volumes')
    .innerJoin('hosts', 'hosts.id', 'volumes.host_id')
    .selectAll('volumes')
    .select('hosts.name as host')
    .where('volumes.managed', '=', 0)
    .where('volumes.status', '=', 'available');

/** Volumes that are nobody's: an administrator took them out of a project, or a restore knew nothing of them. */
export async function unmanagedVolumes(db: Reader): Promise<UnmanagedVolume[]> {
  const rows = await unmanaged(db).orderBy('hosts.name').orderBy('volumes.number').execute();
  return rows
    .filter((row) => !isPassing(row))
    .map((row) => ({ id: row.backend_id, host: row.host, sizeGib: row.size_gib, since: row.created_at }));
}

/** Has a host remove a volume that is nobody's. Throws ApiError 404. */
export async function deleteUnmanaged(tx: Tx, context: Context, id: string): Promise<void> {
  const found = await unmanaged(tx.db)
    .where('volumes.backend_id', '=', id as VolumeId)
    .executeTakeFirst();
  if (!found || isPassing(found)) throw notFound(`No volume ${id} is nobody's.`);
  const { host, ...row } = found;
  await deleteVolumeRow(tx, row satisfies VolumeRow, context.now);
  await writeAudit(tx, context, 'volume:volumes:delete', row.id, { host, managed: false });
}
