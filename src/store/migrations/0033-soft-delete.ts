import type { Migration } from '../migrate.ts';

/** When a server was deleted that may still be restored. */
export const softDelete: Migration = {
  name: '0033-soft-delete',
  async up(db) {
    await db.schema.alterTable('servers').addColumn('soft_deleted_at', 'bigint').execute();
  },
};
