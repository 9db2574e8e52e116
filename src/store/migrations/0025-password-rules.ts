import type { Migration } from '../migrate.ts';

/** What rules about passwords look back at: earlier passwords, their end, failures and the last log-in. */
export const passwordRules: Migration = {
  name: '0025-password-rules',
  async up(db) {
    await db.schema
      .createTable('user_passwords')
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('user_passwords_key', ['user_id', 'created_at', 'hash'])
      .execute();
    await db.schema.alterTable('users').addColumn('password_expires_at', 'bigint').execute();
    await db.schema
      .alterTable('users')
      .addColumn('failed_logins', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable('users').addColumn('last_failed_login_at', 'bigint').execute();
    await db.schema.alterTable('users').addColumn('last_active_at', 'bigint').execute();
  },
};
