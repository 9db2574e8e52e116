import type { ServerId } from '../core/ids.ts';
import { discardImage } from '../image/index.ts';
import type { Tx } from '../store/store.ts';
import { finishAction } from './server-actions.ts';

/** Gives up what is being made of a server that goes: the images would never be complete. */
export async function dropServerImages(tx: Tx, serverId: ServerId, now: number): Promise<void> {
  const rows = await tx.db.selectFrom('server_images').selectAll().where('server_id', '=', serverId).execute();
  for (const row of rows) {
    if (row.kind === 'volumes') continue;
    await discardImage(tx, row.image_id, now);
    await finishAction(tx, row.action_id, now, 'Error', 'The server was deleted meanwhile.');
    await tx.db.deleteFrom('server_images').where('image_id', '=', row.image_id).execute();
  }
}
