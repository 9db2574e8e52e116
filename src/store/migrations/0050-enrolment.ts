import type { Migration } from '../migrate.ts';

/** Who may become a host, and by which certificate each is known. */
export const enrolment: Migration = {
  name: '0050-enrolment',
  async up(db) {
    await db.schema
      .createTable('authorities')
      .addColumn('purpose', 'text', (column) => column.primaryKey())
      .addColumn('certificate', 'text', (column) => column.notNull())
      .addColumn('sealed_key', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('host_invites')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('secret_hash', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text')
      .addColumn('replaces', 'integer', (column) => column.notNull())
      .addColumn('uses_left', 'integer', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('created_by', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('host_certificates')
      .addColumn('fingerprint', 'text', (column) => column.primaryKey())
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id').onDelete('cascade'))
      .addColumn('key_hash', 'text', (column) => column.notNull())
      .addColumn('invite_id', 'text')
      .addColumn('issued_at', 'bigint', (column) => column.notNull())
      .addColumn('not_after', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('host_certificates_by_host')
      .on('host_certificates')
      .columns(['host_id', 'issued_at'])
      .execute();
  },
};
