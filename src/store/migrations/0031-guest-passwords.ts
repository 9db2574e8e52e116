import type { Migration } from '../migrate.ts';

/** What guests tell their owners: passwords, encrypted by the guest. */
export const guestPasswords: Migration = {
  name: '0031-guest-passwords',
  async up(db) {
    await db.schema
      .createTable('guest_passwords')
      .addColumn('server_id', 'text', (column) => column.primaryKey().references('servers.id').onDelete('cascade'))
      .addColumn('password', 'text', (column) => column.notNull())
      .addColumn('set_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
