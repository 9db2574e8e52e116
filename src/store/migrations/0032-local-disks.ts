import type { Migration } from '../migrate.ts';

/** Ephemeral and swap disks of servers, and those from before a resize that may yet be taken back. */
export const localDisks: Migration = {
  name: '0032-local-disks',
  async up(db) {
    await db.schema
      .alterTable('servers')
      .addColumn('local_disks', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
    await db.schema.alterTable('servers').addColumn('old_local_disks', 'text').execute();
  },
};
