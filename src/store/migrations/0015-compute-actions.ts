import type { Migration } from '../migrate.ts';

/** Rescue and shelving, the record of resizes, and limits that every project has unless it has its own. */
export const computeActions: Migration = {
  name: '0015-compute-actions',
  async up(db) {
    await db.schema.alterTable('servers').addColumn('rescue', 'text').execute();
    await db.schema.alterTable('servers').addColumn('shelved_image_id', 'text').execute();
    await db.schema.alterTable('servers').addColumn('shelved_at', 'bigint').execute();
    await db.schema
      .createTable('server_migrations')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('uuid', 'text', (column) => column.notNull().unique())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('source_host', 'text')
      .addColumn('dest_host', 'text')
      .addColumn('old_flavor', 'text')
      .addColumn('new_flavor', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .execute();
    await db.schema.createIndex('server_migrations_server').on('server_migrations').column('server_id').execute();
    await db.schema
      .createTable('quota_classes')
      .addColumn('class_name', 'text', (column) => column.notNull())
      .addColumn('resource', 'text', (column) => column.notNull())
      .addColumn('hard_limit', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('quota_classes_pk', ['class_name', 'resource'])
      .execute();
  },
};
