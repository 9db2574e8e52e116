import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Selectable } from 'kysely';
import { badRequest, forbidden, notFound } from '../core/errors.ts';
import { newUuid, type VolumeId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { bit } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { claimQuota } from './quotas.ts';
import type { VolumeTransferTable } from './tables.ts';
import { visibleTypes } from './types-store.ts';
import { changeVolume, volumeById } from './volumes-store.ts';

export type TransferRow = Selectable<VolumeTransferTable>;

const hashOf = (id: string, key: string) => createHash('sha256').update(`${id}:${key}`).digest('hex');

/** A transfer of one's own volumes, or any for an administrator. Throws ApiError 404. */
export async function transferById(db: Reader, context: Context, id: string): Promise<TransferRow> {
  const row = await db
    .selectFrom('volume_transfers')
    .selectAll()
    .where('id', '=', id)
    .$if(!context.isAdmin, (query) => query.where('source_project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw noTransfer(id);
  return row;
}

const noTransfer = (id: string) => notFound(`Transfer ${id} could not be found.`, 'TransferNotFound');

/** Offers a volume to whoever brings the key, which is told once and kept only as a hash. Throws ApiError 404 and 400. */
export async function createTransfer(
  app: App,
  context: Context,
  input: { volumeId: string; name: string | null; noSnapshots: boolean },
): Promise<{ row: TransferRow; key: string }> {
  const key = randomBytes(8).toString('hex');
  const row = await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, input.volumeId);
    if (volume.status !== 'available') {
      throw badRequest(
        `Invalid volume: Volume ${volume.id} status must be available to transfer, but it is ${volume.status}.`,
      );
    }
    const snapshots = await snapshotsOf(tx, volume.id);
    if (input.noSnapshots && snapshots.length > 0) {
      throw badRequest(`Volume ${volume.id} has snapshots, which go along: leave out no_snapshots, or delete them.`);
    }
    const busy = snapshots.find((one) => one.status !== 'available');
    if (busy) throw badRequest(`Snapshot ${busy.id} of the volume is ${busy.status}, not available.`);
    const id = newUuid();
    await changeVolume(tx, volume, context.now, { status: 'awaiting-transfer' });
    await writeAudit(tx, context, 'volume:transfers:create', id, { volume: volume.id });
    return tx.db
      .insertInto('volume_transfers')
      .values({
        id,
        volume_id: volume.id,
        name: input.name,
        key_hash: hashOf(id, key),
        source_project_id: volume.project_id,
        destination_project_id: null,
        accepted: 0,
        no_snapshots: bit(input.noSnapshots),
        created_at: context.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  return { row, key };
}

/** Takes an offer back. Throws ApiError 404. */
export async function deleteTransfer(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const row = await transferById(tx.db, context, id);
    const volume = await volumeById(tx.db, { ...context, isAdmin: true }, row.volume_id);
    if (volume.status === 'awaiting-transfer') await changeVolume(tx, volume, context.now, { status: 'available' });
    await tx.db.deleteFrom('volume_transfers').where('id', '=', row.id).execute();
    await writeAudit(tx, context, 'volume:transfers:delete', row.id);
  });
}

/**
 * Makes the volume and its snapshots the caller's. Throws ApiError 404, 400 for a wrong key or a volume that is not
 * waiting, 403 for a type that the caller may not use, 413 for its quota.
 */
export async function acceptTransfer(app: App, context: Context, id: string, key: string): Promise<TransferRow> {
  return app.store.transaction(async (tx) => {
    const row = await tx.db.selectFrom('volume_transfers').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw noTransfer(id);
    if (!timingSafeEqual(Buffer.from(hashOf(id, key)), Buffer.from(row.key_hash))) {
      throw badRequest(`Invalid auth key: The key does not open transfer ${id}.`, 'InvalidAuthKey');
    }
    const volume = await volumeById(tx.db, { ...context, isAdmin: true }, row.volume_id);
    if (volume.status !== 'awaiting-transfer') {
      throw badRequest(`Volume ${volume.id} is ${volume.status}, it does not wait for a transfer.`);
    }
    const type = await visibleTypes(tx.db, context)
      .where('id', '=', volume.volume_type_id ?? '')
      .executeTakeFirst();
    if (!type)
      throw forbidden('Your project may not use the type of this volume: ask an administrator for access to it.');
    const snapshots = await snapshotsOf(tx, volume.id);
    const projectId = context.projectId;
    if (projectId === null) throw forbidden('Only a project takes a volume: use a token of one.');
    const gib = volume.target_gib + snapshots.reduce((sum, one) => sum + one.size_gib, 0);
    const wanted = { volumes: 1, snapshots: snapshots.length, gigabytes: gib, typeName: type.name };
    await claimQuota(tx, projectId, wanted);
    const owner = { project_id: projectId, user_id: context.userId };
    await changeVolume(tx, volume, context.now, { ...owner, status: 'available' });
    await tx.db.updateTable('volume_snapshots').set(owner).where('volume_id', '=', volume.id).execute();
    await tx.db.deleteFrom('volume_transfers').where('id', '=', row.id).execute();
    await writeAudit(tx, context, 'volume:transfers:accept', row.id, { volume: volume.id });
    return { ...row, destination_project_id: projectId, accepted: 1 };
  });
}

function snapshotsOf(tx: Tx, volumeId: VolumeId) {
  return tx.db
    .selectFrom('volume_snapshots')
    .select(['id', 'status', 'size_gib'])
    .where('volume_id', '=', volumeId)
    .where('managed', '=', 1)
    .execute();
}
