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
  const pending = await read
    .selectFrom('servers')
    .select('id')
    .where('task_state', '=', 'shelving_image_pending_upload')
    .execute();
  // With more conditions SQLite would rather read all servers without a task than the few that have such an image.
  const shelved = await read
    .selectFrom('servers')
    .select(['id', 'task_state', 'shelved_at', 'deleted'])
    .where('shelved_image_id', '>', '' as ImageId)
    .execute();
  const over = shelved.filter((row) => row.deleted === 1 || (row.shelved_at === null && row.task_state === null));
  const waiting = [...new Set([...pending, ...over].map((row) => row.id))];
  if (waiting.length === 0) return;
  await app.store.transaction(async (tx) => {
    const rows = await tx.db.selectFrom('servers').selectAll().where('id', 'in', waiting).execute();
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
