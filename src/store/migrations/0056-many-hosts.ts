import type { Migration } from '../migrate.ts';

/** What is asked for often must not read all rows when there are thousands of hosts and servers. */
export const manyHosts: Migration = {
  name: '0056-many-hosts',
  async up(db) {
    // An index with a condition serves no query that gives the value as a parameter, and all of ours do.
    for (const name of ['servers_host', 'servers_building']) await db.schema.dropIndex(name).execute();
    // A host's document and report, and how many servers each host has.
    await db.schema.createIndex('servers_on_host').on('servers').columns(['host_id', 'deleted']).execute();
    // Quota is counted from the index alone.
    await db.schema
      .createIndex('servers_usage')
      .on('servers')
      .columns(['project_id', 'deleted', 'user_id', 'vcpus', 'memory_mib'])
      .execute();
    // What the reconciler of servers waits for; most rows have null in these columns.
    await db.schema.createIndex('servers_waiting').on('servers').columns(['vm_state', 'reported_state']).execute();
    await db.schema.createIndex('servers_task').on('servers').column('task_state').execute();
    await db.schema.createIndex('servers_shelved').on('servers').column('shelved_image_id').execute();
    // The metadata port of a network, and ports whose state is not settled.
    await db.schema.createIndex('ports_owner').on('ports').columns(['network_id', 'device_owner']).execute();
    await db.schema.createIndex('ports_status').on('ports').columns(['status', 'admin_state_up']).execute();
  },
};
