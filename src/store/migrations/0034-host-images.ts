import type { Migration } from '../migrate.ts';

/** Images that hosts were asked to have at hand before a server needs them. */
export const hostImages: Migration = {
  name: '0034-host-images',
  async up(db) {
    await db.schema
      .createTable('host_images')
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id').onDelete('cascade'))
      .addColumn('image_id', 'text', (column) => column.notNull())
      .addColumn('image', 'text', (column) => column.notNull())
      .addColumn('asked_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('host_images_pk', ['host_id', 'image_id'])
      .execute();
  },
};
