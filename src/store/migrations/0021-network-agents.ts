import type { Migration } from '../migrate.ts';

/** What administrators write about the network's agents on hosts; all else of an agent is what its host says. */
export const networkAgents: Migration = {
  name: '0021-network-agents',
  async up(db) {
    await db.schema
      .createTable('network_agent_notes')
      .addColumn('agent_id', 'text', (column) => column.primaryKey())
      .addColumn('description', 'text', (column) => column.notNull())
      .execute();
  },
};
