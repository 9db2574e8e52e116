import { notFound } from '../core/errors.ts';
import type { HostId, SnapshotId, VolumeId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader } from '../store/store.ts';
import type { SnapshotStatus } from './tables.ts';

/** A snapshot as compute looks at it before it boots from a volume made of it. */
export interface SnapshotSource {
  id: SnapshotId;
  volumeId: VolumeId;
  status: SnapshotStatus;
  sizeGib: number;
  /** Where its volume lies, and so a volume made of it. */
  hostId: HostId | null;
  /** What the volume knows of the image that it was made of. */
  imageMetadata: Record<string, string>;
}

/** The snapshot as the caller sees it. Throws ApiError 404. */
export async function snapshotForServer(db: Reader, context: Context, id: string): Promise<SnapshotSource> {
  const row = await db
    .selectFrom('volume_snapshots')
    .innerJoin('volumes', 'volumes.id', 'volume_snapshots.volume_id')
    .select(['volume_snapshots.id', 'volume_id', 'volume_snapshots.status', 'volume_snapshots.size_gib', 'host_id'])
    .where('volume_snapshots.id', '=', id)
    .where('volume_snapshots.managed', '=', 1)
    .$if(!context.isAdmin, (query) => query.where('volume_snapshots.project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Snapshot ${id} could not be found.`);
  const properties = await db
    .selectFrom('volume_properties')
    .select(['name', 'value'])
    .where('kind', '=', 'image')
    .where('owner_id', '=', row.volume_id)
    .execute();
  return {
    id: row.id,
    volumeId: row.volume_id,
    status: row.status,
    sizeGib: row.size_gib,
    hostId: row.host_id,
    imageMetadata: Object.fromEntries(properties.map(({ name, value }) => [name, value])),
  };
}
