import type { ExpressionBuilder } from 'kysely';
import type { ImageId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { discardImage } from '../image/index.ts';
import type { Database } from '../store/database.ts';
import { beginShelvedImage } from './shelve.ts';

/** Has the image of a shelved server: a comparison that can use the index, which `is not null` cannot. */
const isShelved = (where: ExpressionBuilder<Database, 'servers'>) => where('shelved_image_id', '>', '' as ImageId);

/**
 * Steps of shelving that no report takes: the image of a guest that has just gone off, and the end of an image that
 * nobody needs any more, because its server is back or deleted.
 */
export async function settleShelving(app: App, now: number): Promise<void> {
  const waiting = await app.store.read
    .selectFrom('servers')
    .select('id')
    .where((where) =>
      where.or([
        where('task_state', '=', 'shelving_image_pending_upload'),
        where.and([isShelved(where), where('shelved_at', 'is', null), where('task_state', 'is', null)]),
        where.and([isShelved(where), where('deleted', '=', 1)]),
      ]),
    )
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
        await discardImage(app, tx, row.shelved_image_id, now);
        await tx.db.updateTable('servers').set({ shelved_image_id: null }).where('id', '=', row.id).execute();
      }
    }
  });
}
