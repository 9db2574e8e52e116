import type { Migration } from '../migrate.ts';

/** Quota is counted from the index alone, which must say of each server also whether it is deleted but kept. */
export const usageIndex: Migration = {
  name: '0062-usage-index',
  async up(db) {
    await db.schema.dropIndex('servers_usage').execute();
    await db.schema
      .createIndex('servers_usage')
      .on('servers')
      .columns(['project_id', 'deleted', 'user_id', 'vm_state', 'vcpus', 'memory_mib'])
      .execute();
  },
};
