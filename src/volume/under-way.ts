import type { UnderWay } from '../operations/contract.ts';
import type { Reader } from '../store/store.ts';
import type { VolumeStatus } from './contract.ts';

/** What a volume does not stay in. */
const PASSING: VolumeStatus[] = [
  ...(['creating', 'deleting', 'attaching', 'detaching', 'extending', 'uploading', 'downloading'] as const),
  ...(['retyping', 'managing', 'backing-up', 'restoring-backup'] as const),
];

/** Volumes, snapshots and backups that something is done to. */
export async function volumesUnderWay(db: Reader, limit: number): Promise<UnderWay[]> {
  const volumes = await db
    .selectFrom('volumes')
    .leftJoin('hosts', 'hosts.id', 'volumes.host_id')
    .select(['volumes.id', 'volumes.name', 'project_id', 'status', 'volumes.updated_at', 'volumes.created_at'])
    .select(['user_id', 'hosts.name as host'])
    .where('status', 'in', PASSING)
    .orderBy('volumes.updated_at')
    .limit(limit)
    .execute();
  const own = ['id', 'name', 'project_id', 'status', 'updated_at', 'created_at', 'user_id'] as const;
  const snapshots = await db
    .selectFrom('volume_snapshots')
    .select(own)
    .where('status', 'in', ['creating', 'deleting', 'backing-up', 'restoring', 'unmanaging'])
    .orderBy('updated_at')
    .limit(limit)
    .execute();
  const backups = await db
    .selectFrom('volume_backups')
    .select(own)
    .where('status', 'in', ['creating', 'deleting', 'restoring'])
    .orderBy('updated_at')
    .limit(limit)
    .execute();
  type Row = Omit<(typeof volumes)[number], 'id' | 'status' | 'host'> & {
    id: string;
    status: string;
    host?: string | null;
  };
  const underWay = (kind: string) => (row: Row) => ({
    ...{ kind, id: row.id, name: row.name, projectId: row.project_id, host: row.host ?? null, doing: row.status },
    ...{ since: row.updated_at ?? row.created_at, deadline: null, userId: row.user_id, requestId: null },
  });
  return [
    ...volumes.map(underWay('volumes')),
    ...snapshots.map(underWay('snapshots')),
    ...backups.map(underWay('backups')),
  ];
}
