import type { Migration } from '../migrate.ts';

/** Who changed what: one row per change, written in the transaction of the change itself. */
export const audit: Migration = {
  name: '0001-audit',
  async up(db) {
    await db.schema
      .createTable('audit')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('request_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('project_id', 'text')
      .addColumn('operation', 'text', (column) => column.notNull())
      .addColumn('target', 'text')
      .addColumn('detail', 'text')
      .execute();
    await db.schema.createIndex('audit_target').on('audit').column('target').execute();
  },
};
