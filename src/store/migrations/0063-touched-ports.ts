import type { Migration } from '../migrate.ts';

/** Ports that changed since OVN was last brought in line: while nothing else did, only they are looked at. */
export const touchedPorts: Migration = {
  name: '0063-touched-ports',
  async up(db) {
    await db.schema
      .createTable('touched_ports')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('port_id', 'text', (column) => column.notNull())
      .execute();
  },
};
