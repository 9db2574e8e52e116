import type { Migration } from '../migrate.ts';

/** Ports whose addresses are chosen when they are bound: only then is it known on which wire of the network they are. */
export const routedNetworks: Migration = {
  name: '0037-routed-networks',
  async up(db) {
    await db.schema
      .alterTable('ports')
      .addColumn('ip_allocation', 'text', (column) => column.notNull().defaultTo('immediate'))
      .execute();
  },
};
