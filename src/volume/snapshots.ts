import { badRequest } from '../core/errors.ts';
import { newUuid } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import type { SnapshotRow, VolumeRow } from './model.ts';
import { touchHost } from './pools.ts';
import { writeProperties, type Properties } from './properties.ts';
import { claimQuota } from './quotas.ts';

export interface NewSnapshot {
  volume: VolumeRow;
  name: string | null;
  description: string | null;
  metadata: Properties;
  groupSnapshotId?: string | null;
}

/** Throws ApiError 400 when a volume cannot be photographed now. */
export function assertSnapshotable(volume: VolumeRow): void {
  const allowed = ['available', 'in-use', 'uploading', 'backing-up', 'attaching', 'detaching', 'reserved'];
  if (!allowed.includes(volume.status)) {
    throw badRequest(
      `Invalid volume: Volume ${volume.id} status must be ${allowed.join(' or ')} for a snapshot, but it is ${volume.status}.`,
    );
  }
}

/** Makes a snapshot: it is `creating` until the host has taken it. Throws ApiError 400 and, for the quota, 413. */
export async function createSnapshot(tx: Tx, context: Context, input: NewSnapshot): Promise<SnapshotRow> {
  const { volume } = input;
  assertSnapshotable(volume);
  const type = await tx.db
    .selectFrom('volume_types')
    .select('name')
    .where('id', '=', volume.volume_type_id ?? '')
    .executeTakeFirst();
  const wanted = { snapshots: 1, gigabytes: volume.target_gib, typeName: type?.name ?? null };
  await claimQuota(tx, volume.project_id, wanted);
  const id = newUuid<'snapshot'>();
  const row = await tx.db
    .insertInto('volume_snapshots')
    .values({
      id,
      backend_id: id,
      managed: 1,
      project_id: volume.project_id,
      user_id: context.userId,
      name: input.name,
      description: input.description,
      status: 'creating',
      volume_id: volume.id,
      size_gib: volume.target_gib,
      progress: '0%',
      group_snapshot_id: input.groupSnapshotId ?? null,
      reason: null,
      changed_generation: await touchHost(tx, volume.host_id),
      created_at: context.now,
      updated_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await writeProperties(tx, 'snapshot', id, input.metadata, { keep: true });
  await writeAudit(tx, context, 'volume:snapshots:create', id, { volume: volume.id });
  return row;
}
