import { Readable } from 'node:stream';
import { ApiError } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import { systemContext } from '../http/context.ts';
import { backupsOf, discardImage, imageStatuses, storeImageData } from '../image/index.ts';
import type { Tx } from '../store/store.ts';
import { finishAction } from './server-actions.ts';
import { failServerImage } from './server-images.ts';
import { changeServer } from './servers-store.ts';
import { endShelvedImage } from './shelve.ts';
import { COPYING } from './states.ts';
import type { ServerImageTable } from './tables.ts';

type Ending = { result: 'Success' | 'Error'; details: string | null; discard: boolean };

/** How the making of an image ends, or null while it goes on. Pure. */
export function endingOf(
  row: Pick<ServerImageTable, 'reason' | 'deadline'>,
  status: string | undefined,
  now: number,
): Ending | null {
  if (status === undefined) return { result: 'Error', details: 'The image was deleted meanwhile.', discard: false };
  if (status === 'active' || status === 'deactivated') return { result: 'Success', details: null, discard: false };
  if (row.reason !== null) return { result: 'Error', details: row.reason, discard: true };
  if (row.deadline < now) {
    return { result: 'Error', details: 'The host did not send the image in time.', discard: true };
  }
  return null;
}

/**
 * Ends the making of images of servers: the server is free for other things once its image is active, deleted or
 * given up. Images without data of their own get their empty file here.
 */
export async function settleServerImages(app: App, now: number): Promise<void> {
  const waiting = await readWaiting(app);
  if (waiting.length === 0) return;
  const ids = waiting.map((row) => row.image_id);
  let statuses = await imageStatuses(app.store.read, ids);
  const empty = waiting.filter((row) => row.kind === 'volumes' && statuses.get(row.image_id) === 'queued');
  for (const row of empty) await storeNothing(app, row, now);
  if (empty.length > 0) statuses = await imageStatuses(app.store.read, ids);
  const seen = empty.length > 0 ? await readWaiting(app) : waiting;
  if (seen.every((row) => endingOf(row, statuses.get(row.image_id), now) === null)) return;
  await app.store.transaction(async (tx) => {
    const rows = await tx.db.selectFrom('server_images').selectAll().where('image_id', 'in', ids).execute();
    const current = await imageStatuses(tx.db, ids);
    for (const row of rows) {
      const ending = endingOf(row, current.get(row.image_id), now);
      if (ending) await end(app, tx, row, ending, now);
    }
  });
}

const readWaiting = (app: App): Promise<ServerImageTable[]> =>
  app.store.read.selectFrom('server_images').selectAll().execute();

/** What the image service refuses for good ends this image, and holds up no other. */
async function storeNothing(app: App, row: ServerImageTable, now: number): Promise<void> {
  try {
    await storeImageData(app, systemContext(now), row.image_id, Readable.from([]), { expected: 0 });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    await app.store.transaction((tx) => failServerImage(tx, row.image_id, error.publicMessage));
  }
}

async function end(app: App, tx: Tx, row: ServerImageTable, ending: Ending, now: number): Promise<void> {
  await tx.db.deleteFrom('server_images').where('image_id', '=', row.image_id).execute();
  if (ending.discard) await discardImage(tx, row.image_id, now);
  await finishAction(tx, row.action_id, now, ending.result, ending.details);
  if (ending.result === 'Error') {
    app.log.warn('server-image-failed', { server: row.server_id, image: row.image_id, reason: ending.details });
  }
  const { backup_type: type, rotation } = row;
  if (ending.result === 'Success' && type !== null && rotation !== null) {
    const backups = await backupsOf(tx.db, row.server_id, type);
    for (const old of backups.slice(rotation)) await discardImage(tx, old, now);
  }
  const server = await tx.db
    .selectFrom('servers')
    .select(['id', 'host_id', 'task_state', 'updated_at'])
    .where('id', '=', row.server_id)
    .where('deleted', '=', 0)
    .executeTakeFirst();
  if (!server || row.kind === 'volumes') return;
  if (row.kind === 'shelve' && server.task_state === 'shelving_image_uploading') {
    await endShelvedImage(tx, { ...row, host_id: server.host_id }, ending, now);
    return;
  }
  const free = COPYING.has(server.task_state) ? { task_state: null } : {};
  await changeServer(tx, server, now, free, { document: true });
}
