import type { Migration } from '../migrate.ts';

/** Images that are being made of servers, and what is under way between servers and volumes. */
export const serverImages: Migration = {
  name: '0013-server-images',
  async up(db) {
    await db.schema
      .createTable('server_images')
      .addColumn('image_id', 'text', (column) => column.primaryKey())
      .addColumn('server_id', 'text', (column) => column.notNull().references('servers.id').onDelete('cascade'))
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('action_id', 'integer')
      .addColumn('backup_type', 'text')
      .addColumn('rotation', 'integer')
      .addColumn('reason', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('deadline', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('server_images_server').on('server_images').column('server_id').execute();
    // What the image said when the disk was made of it: images of this server say the same, and the image may be gone.
    await db.schema.alterTable('servers').addColumn('image_metadata', 'text').execute();
    await db.schema
      .createTable('server_volume_actions')
      .addColumn('action_id', 'integer', (column) =>
        column.primaryKey().references('server_actions.id').onDelete('cascade'),
      )
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('volume_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .execute();
  },
};
