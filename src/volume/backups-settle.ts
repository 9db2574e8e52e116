import type { App } from '../http/app.ts';
import { systemContext } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import { backupOwner, beginUpload, stillRestoring, type BackupRow } from './backups.ts';
import { deleteVolumeRow } from './delete.ts';
import { leaveMessage } from './messages.ts';

/** Backups on their way: whether the reconciler has anything to look at. */
export async function backupsUnderWay(db: Reader): Promise<boolean> {
  const row = await db
    .selectFrom('volume_backups')
    .select('id')
    .where((where) =>
      where.or([where('status', 'in', ['creating', 'restoring']), where('copy_volume_id', 'is not', null)]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes each backup that is on its way one step further, or finds that it has arrived. */
export async function settleBackups(app: App, tx: Tx): Promise<void> {
  const rows = await tx.db
    .selectFrom('volume_backups')
    .leftJoin('images', 'images.id', 'volume_backups.image_id')
    .leftJoin('volumes as restored', 'restored.id', 'volume_backups.restore_volume_id')
    .selectAll('volume_backups')
    .select(['images.status as image_status', 'restored.status as restored_status'])
    .where('volume_backups.status', 'in', ['creating', 'restoring'])
    .execute();
  for (const row of rows) {
    if (row.status === 'restoring') {
      if (!stillRestoring(row.restored_status))
        await change(app, tx, row, { status: 'available', restore_volume_id: null });
      continue;
    }
    if (row.image_id === null) {
      await fromCopy(app, tx, row);
      continue;
    }
    if (row.image_status === 'queued' || row.image_status === 'saving') continue;
    if (row.image_status === 'active') await change(app, tx, row, { status: 'available' });
    else await fail(app, tx, row, 'The data did not arrive; the host could not send it, or it was cut off.');
    await dropCopy(app, tx, row);
  }
  await dropLeftCopies(app, tx);
}

/** The passing copy of a snapshot is made: its bytes are sent. */
async function fromCopy(app: App, tx: Tx, row: BackupRow): Promise<void> {
  const now = app.clock.now();
  const copy = await tx.db.selectFrom('volumes').selectAll().where('id', '=', row.copy_volume_id).executeTakeFirst();
  if (copy?.status === 'available') {
    await change(app, tx, row, { image_id: await beginUpload(app, tx, { now }, copy, row) });
  } else if (!copy || copy.status === 'error') {
    await fail(app, tx, row, copy?.reason ?? 'The copy of the snapshot could not be made.');
    await dropCopy(app, tx, row);
  }
}

/** A host says why it could not send the bytes of a backup. */
export async function failBackupOf(app: App, tx: Tx, imageId: string, reason: string): Promise<void> {
  const row = await tx.db
    .selectFrom('volume_backups')
    .selectAll()
    .where('image_id', '=', imageId)
    .where('status', '=', 'creating')
    .executeTakeFirst();
  if (!row) return;
  await fail(app, tx, row, reason);
  await dropCopy(app, tx, row);
}

async function fail(app: App, tx: Tx, row: BackupRow, reason: string): Promise<void> {
  await change(app, tx, row, { status: 'error', fail_reason: reason });
  await leaveMessage(tx, systemContext(app.clock.now()), row, 'backup', reason, 'VOLUME_BACKUP');
}

async function change(app: App, tx: Tx, row: BackupRow, patch: Partial<BackupRow>): Promise<void> {
  await tx.db
    .updateTable('volume_backups')
    .set({ ...patch, updated_at: app.clock.now() })
    .where('id', '=', row.id)
    .execute();
}

async function dropCopy(app: App, tx: Tx, row: BackupRow): Promise<void> {
  if (row.copy_volume_id === null) return;
  const copy = await tx.db.selectFrom('volumes').selectAll().where('id', '=', row.copy_volume_id).executeTakeFirst();
  if (copy) await deleteVolumeRow(tx, copy, app.clock.now());
  await change(app, tx, row, { copy_volume_id: null });
}

/** Passing copies whose backup was deleted on the way. */
async function dropLeftCopies(app: App, tx: Tx): Promise<void> {
  const left = await tx.db
    .selectFrom('volumes')
    .selectAll()
    .where('managed', '=', 0)
    .where('project_id', 'like', `${backupOwner('')}%`)
    .where('status', '!=', 'deleting')
    .where((where) =>
      where.not(
        where.exists(
          where.selectFrom('volume_backups').select('id').whereRef('volume_backups.copy_volume_id', '=', 'volumes.id'),
        ),
      ),
    )
    .execute();
  for (const row of left) await deleteVolumeRow(tx, row, app.clock.now());
}
