import { sql } from 'kysely';
import type { Migration } from '../migrate.ts';

/** Hosts, servers, and what was done with them. */
export const compute: Migration = {
  name: '0006-compute',
  async up(db) {
    await db.schema
      .createTable('hosts')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('uuid', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('token_hash', 'text', (column) => column.unique())
      .addColumn('enabled', 'integer', (column) => column.notNull())
      .addColumn('disabled_reason', 'text')
      .addColumn('forced_down', 'integer', (column) => column.notNull())
      .addColumn('generation', 'bigint', (column) => column.notNull())
      .addColumn('document_hash', 'text')
      .addColumn('reported_generation', 'bigint', (column) => column.notNull())
      .addColumn('last_seen', 'bigint')
      .addColumn('capacity', 'text')
      .addColumn('vcpus', 'integer', (column) => column.notNull())
      .addColumn('memory_mib', 'integer', (column) => column.notNull())
      .addColumn('disk_gib', 'integer', (column) => column.notNull())
      .addColumn('vcpus_used', 'integer', (column) => column.notNull())
      .addColumn('memory_used_mib', 'integer', (column) => column.notNull())
      .addColumn('disk_used_gib', 'integer', (column) => column.notNull())
      .addColumn('servers', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('servers')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('hostname', 'text', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('vm_state', 'text', (column) => column.notNull())
      .addColumn('task_state', 'text')
      .addColumn('power_state', 'integer', (column) => column.notNull())
      .addColumn('image', 'text')
      .addColumn('image_id', 'text')
      .addColumn('flavor', 'text', (column) => column.notNull())
      .addColumn('flavor_id', 'text', (column) => column.notNull())
      .addColumn('old_flavor', 'text')
      .addColumn('vcpus', 'integer', (column) => column.notNull())
      .addColumn('memory_mib', 'integer', (column) => column.notNull())
      .addColumn('disk_gib', 'integer', (column) => column.notNull())
      .addColumn('key_name', 'text')
      .addColumn('key', 'text')
      .addColumn('user_data', 'text')
      .addColumn('config_drive', 'integer', (column) => column.notNull())
      .addColumn('admin_password', 'text')
      .addColumn('disk_config', 'text', (column) => column.notNull())
      .addColumn('access_ipv4', 'text')
      .addColumn('access_ipv6', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .addColumn('security_groups', 'text', (column) => column.notNull())
      .addColumn('scheduler_hints', 'text', (column) => column.notNull())
      .addColumn('pinned_zone', 'text')
      .addColumn('launch_index', 'integer', (column) => column.notNull())
      .addColumn('reservation_id', 'text', (column) => column.notNull())
      .addColumn('locked_by', 'text')
      .addColumn('locked_reason', 'text')
      .addColumn('host_id', 'text', (column) => column.references('hosts.id').onDelete('set null'))
      .addColumn('power', 'text', (column) => column.notNull())
      .addColumn('build', 'integer', (column) => column.notNull())
      .addColumn('boot', 'integer', (column) => column.notNull())
      .addColumn('shutdown', 'text', (column) => column.notNull())
      .addColumn('soft_seconds', 'integer', (column) => column.notNull())
      .addColumn('layers', 'text', (column) => column.notNull())
      .addColumn('changed_generation', 'bigint', (column) => column.notNull())
      .addColumn('deadline', 'bigint')
      .addColumn('action_id', 'integer')
      .addColumn('reported_state', 'text')
      .addColumn('reported_reason', 'text')
      .addColumn('reported_build', 'integer', (column) => column.notNull())
      .addColumn('reported_boot', 'integer', (column) => column.notNull())
      .addColumn('reported_at', 'bigint')
      .addColumn('fault', 'text')
      .addColumn('placement', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('launched_at', 'bigint')
      .addColumn('terminated_at', 'bigint')
      .addColumn('deleted', 'integer', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('servers_project')
      .on('servers')
      .columns(['project_id', 'deleted', 'created_at'])
      .execute();
    await sql`create index servers_host on servers (host_id) where deleted = 0`.execute(db);
    // What the reconciler looks at is a few rows among many.
    await sql`create index servers_deadline on servers (deadline) where deadline is not null`.execute(db);
    await sql`create index servers_building on servers (vm_state) where vm_state = 'building'`.execute(db);
    await sql`create index servers_terminated on servers (terminated_at) where deleted = 1`.execute(db);
    await db.schema
      .createTable('server_tags')
      .addColumn('server_id', 'text', (column) => column.notNull().references('servers.id').onDelete('cascade'))
      .addColumn('tag', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('server_tags_pk', ['server_id', 'tag'])
      .execute();
    await db.schema
      .createTable('server_actions')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('server_id', 'text', (column) => column.notNull().references('servers.id').onDelete('cascade'))
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('request_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('project_id', 'text')
      .addColumn('start_time', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('message', 'text')
      .execute();
    await db.schema.createIndex('server_actions_server').on('server_actions').column('server_id').execute();
    await db.schema
      .createTable('server_events')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('action_id', 'integer', (column) =>
        column.notNull().references('server_actions.id').onDelete('cascade'),
      )
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('start_time', 'bigint', (column) => column.notNull())
      .addColumn('finish_time', 'bigint')
      .addColumn('result', 'text')
      .addColumn('details', 'text')
      .addColumn('host_id', 'text')
      .execute();
    await db.schema.createIndex('server_events_action').on('server_events').column('action_id').execute();
  },
};
