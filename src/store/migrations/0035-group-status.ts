import type { Migration } from '../migrate.ts';

/** Whether the status of a group or a group snapshot is an administrator's word, which nothing that happens overrides. */
export const groupStatus: Migration = {
  name: '0035-group-status',
  async up(db) {
    for (const table of ['volume_groups', 'volume_group_snapshots']) {
      await db.schema
        .alterTable(table)
        .addColumn('by_hand', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    }
  },
};
