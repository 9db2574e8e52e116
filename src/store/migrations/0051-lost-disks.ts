import type { Migration } from '../migrate.ts';

/** Servers and volumes whose disks went with a machine that was installed again. */
export const lostDisks: Migration = {
  name: '0051-lost-disks',
  async up(db) {
    for (const table of ['servers', 'volumes']) {
      await db.schema.alterTable(table).addColumn('lost_build', 'integer').execute();
    }
  },
};
