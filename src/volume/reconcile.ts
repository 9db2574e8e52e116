import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import { backupsUnderWay, settleBackups } from './backups-settle.ts';
import { settleGroups } from './groups-settle.ts';
import { recountRoom } from './pools.ts';
import { settleUploads } from './uploads.ts';

const RECOUNT_EVERY = 10 * 60_000;

/** What no single report can settle: uploads that ended, groups whose last part is there, messages past their time. */
export function createVolumeReconciler(app: App): Reconciler {
  let recounted = 0;
  return {
    name: 'volumes',
    signal: 'volumes',
    every: 5_000,
    async run() {
      const now = app.clock.now();
      if (await hasWork(app)) {
        await app.store.transaction(async (tx) => {
          await settleUploads(app, tx);
          await settleBackups(app, tx);
          await settleGroups(app, tx);
        });
      }
      if (now - recounted < RECOUNT_EVERY) return;
      recounted = now;
      await app.store.transaction(async (tx) => {
        const mended = await recountRoom(tx);
        if (mended.length > 0) app.log.warn('volume-room-mended', { hosts: mended });
        await tx.db.deleteFrom('volume_messages').where('guaranteed_until', '<', now).execute();
      });
    },
  };
}

/** Whether anything waits, so that a quiet cloud takes no write lock. */
async function hasWork(app: App): Promise<boolean> {
  const db = app.store.read;
  const upload = await db.selectFrom('volumes').select('id').where('image_id', 'is not', null).limit(1).execute();
  if (upload.length > 0) return true;
  if (await backupsUnderWay(db)) return true;
  const passing = ['creating', 'deleting'] as const;
  const group = await db
    .selectFrom('volume_groups')
    .select('id')
    .where('status', 'in', passing)
    .where('by_hand', '=', 0)
    .limit(1)
    .execute();
  if (group.length > 0) return true;
  const shots = await db
    .selectFrom('volume_group_snapshots')
    .select('id')
    .where('status', 'in', passing)
    .where('by_hand', '=', 0)
    .limit(1)
    .execute();
  return shots.length > 0;
}
