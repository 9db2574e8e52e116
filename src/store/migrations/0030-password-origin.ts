import type { Migration } from '../migrate.ts';

/** Who set a password: a least age goes only for one that its owner chose. */
export const passwordOrigin: Migration = {
  name: '0030-password-origin',
  async up(db) {
    await db.schema
      .alterTable('users')
      .addColumn('password_self_service', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
