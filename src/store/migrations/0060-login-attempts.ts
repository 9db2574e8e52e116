import type { Migration } from '../migrate.ts';

/** What slows down guessing of passwords, and which passcodes were used: for all controllers alike. */
export const loginAttempts: Migration = {
  name: '0060-login-attempts',
  async up(db) {
    await db.schema
      .createTable('login_attempts')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('known', 'integer', (column) => column.notNull())
      .addColumn('failures', 'integer', (column) => column.notNull())
      .addColumn('last_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('login_attempts_age').on('login_attempts').columns(['known', 'last_at']).execute();
    await db.schema
      .createTable('used_passcodes')
      .addColumn('user_id', 'text', (column) => column.primaryKey())
      .addColumn('step', 'bigint', (column) => column.notNull())
      .execute();
  },
};
