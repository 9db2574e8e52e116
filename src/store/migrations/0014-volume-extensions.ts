import type { Migration } from '../migrate.ts';

/** Volumes that have grown under a server, until the server's history says so. */
export const volumeExtensions: Migration = {
  name: '0014-volume-extensions',
  async up(db) {
    await db.schema
      .createTable('volume_extensions')
      .addColumn('request_id', 'text', (column) => column.primaryKey())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('volume_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
