import type { Migration } from '../migrate.ts';

/** What QoS specs allowed a disk when it was attached: it keeps that until it is attached anew. */
export const diskLimits: Migration = {
  name: '0036-disk-limits',
  async up(db) {
    await db.schema.alterTable('volume_attachments').addColumn('limits', 'text').execute();
  },
};
