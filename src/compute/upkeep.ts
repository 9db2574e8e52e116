import { sql } from 'kysely';
import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import { forgetHostImages } from './host-images.ts';
import { recountAllHosts } from './hosts.ts';

/** Rows of servers that are gone are kept this long, for usage reports and `changes-since`. */
const KEEP_DELETED = 30 * 24 * 3600_000;

/**
 * What nobody waits for: what should never differ is counted anew, and what has had its time is forgotten. By itself,
 * because among thousands of hosts it takes its time, and servers are not to wait for it.
 */
export function createUpkeepReconciler(app: App): Reconciler {
  return {
    name: 'upkeep',
    signal: 'upkeep',
    every: 10 * 60_000,
    async run() {
      const now = app.clock.now();
      const mended = await recountAllHosts(app.store, now);
      if (mended.length > 0) app.log.warn('capacity-mended', { mended });
      await forgetDeleted(app, now);
      await forgetHostImages(app, now);
    },
  };
}

async function forgetDeleted(app: App, now: number): Promise<void> {
  await app.store.transaction(async (tx) => {
    await sql`delete from servers where id in (
      select id from servers where deleted = 1 and terminated_at < ${now - KEEP_DELETED} limit 500)`.execute(tx.db);
  });
}
