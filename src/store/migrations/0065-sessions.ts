import type { Migration } from '../migrate.ts';

/** Browsers that are signed in, and how whoever signed in elsewhere is asked about again. */
export const sessions: Migration = {
  name: '0065-sessions',
  async up(db) {
    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('ends_at', 'bigint', (column) => column.notNull())
      .addColumn('renewed_at', 'bigint', (column) => column.notNull())
      .addColumn('identity_provider_id', 'text')
      .addColumn('protocol_id', 'text')
      .addColumn('subject', 'text')
      .addColumn('provider_session', 'text')
      .addColumn('sealed_refresh_token', 'text')
      .execute();
    await db.schema.createIndex('sessions_user').on('sessions').columns(['user_id', 'renewed_at']).execute();
    await db.schema
      .createIndex('sessions_subject')
      .on('sessions')
      .columns(['identity_provider_id', 'subject'])
      .execute();
  },
};
