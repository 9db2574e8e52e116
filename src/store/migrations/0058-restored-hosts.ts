import type { Migration } from '../migrate.ts';

/** What hosts have that a database put back from a backup does not know. */
export const restoredHosts: Migration = {
  name: '0058-restored-hosts',
  async up(db) {
    await db.schema.alterTable('hosts').addColumn('restored', 'text').execute();
  },
};
