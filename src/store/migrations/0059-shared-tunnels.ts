import type { Migration } from '../migrate.ts';

/** Tunnels that a controller asked a host for; the agent may poll, and dial, any other. */
export const sharedTunnels: Migration = {
  name: '0059-shared-tunnels',
  async up(db) {
    await db.schema
      .createTable('tunnels')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('server', 'text', (column) => column.notNull())
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('controller', 'text', (column) => column.notNull())
      .addColumn('offered_at', 'bigint')
      .addColumn('deadline', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('tunnels_host').on('tunnels').column('host').execute();
  },
};
