import type { ImageId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { discardImage } from '../image/index.ts';
import { beginShelvedImage } from './shelve.ts';

/**
 * Steps of shelving that no report takes: the image of a guest that has just gone off, and the end of an image that
 * nobody needs any more, because its server is back or deleted.
 */
export async function settleShelving(app: App, now: number): Promise<void> {
  const { read } = app.store;
  const ids = read.selectFrom('servers').select('id');
  const shelved = ids.where('shelved_image_id', '>', '' as ImageId);
  // Each part finds its rows by an index; as one condition they would read all servers.
  const waiting = await ids
    .where('task_state', '=', 'shelving_image_pending_upload')
    .union(shelved.where('shelved_at', 'is', null).where('task_state', 'is', null))
    .union(shelved.where('deleted', '=', 1))
    .execute();
  if (waiting.length === 0) return;
  await app.store.transaction(async (tx) => {
    const rows = await tx.db
      .selectFrom('servers')
      .selectAll()
      .where(
        'id',
        'in',
        waiting.map((row) => row.id),
      )
      .execute();
    for (const row of rows) {
      if (row.task_state === 'shelving_image_pending_upload' && row.deleted === 0) {
        await beginShelvedImage(app, tx, row, now);
      } else if (row.shelved_image_id !== null && (row.deleted === 1 || row.vm_state !== 'error')) {
        await discardImage(tx, row.shelved_image_id, now);
        await tx.db.updateTable('servers').set({ shelved_image_id: null }).where('id', '=', row.id).execute();
      }
    }
  });
}
