import type { Migration } from '../migrate.ts';

/** What servers are made from and counted against: flavors, key pairs, server groups, quotas, aggregates. */
export const computeCatalogue: Migration = {
  name: '0005-compute-catalogue',
  async up(db) {
    await db.schema
      .createTable('flavors')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('vcpus', 'integer', (column) => column.notNull())
      .addColumn('memory_mib', 'integer', (column) => column.notNull())
      .addColumn('disk_gib', 'integer', (column) => column.notNull())
      .addColumn('ephemeral_gib', 'integer', (column) => column.notNull())
      .addColumn('swap_mib', 'integer', (column) => column.notNull())
      .addColumn('rxtx_factor', 'real', (column) => column.notNull())
      .addColumn('is_public', 'integer', (column) => column.notNull())
      .addColumn('disabled', 'integer', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('extra_specs', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('flavor_access')
      .addColumn('flavor_id', 'text', (column) => column.notNull().references('flavors.id').onDelete('cascade'))
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('flavor_access_pk', ['flavor_id', 'project_id'])
      .execute();
    await db.schema
      .createTable('keypairs')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('public_key', 'text', (column) => column.notNull())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('keypairs_user_name', ['user_id', 'name'])
      .execute();
    await db.schema
      .createTable('server_groups')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('policy', 'text', (column) => column.notNull())
      .addColumn('max_server_per_host', 'integer')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('server_groups_project').on('server_groups').column('project_id').execute();
    await db.schema
      .createTable('server_group_members')
      .addColumn('group_id', 'text', (column) => column.notNull().references('server_groups.id').onDelete('cascade'))
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('server_group_members_pk', ['group_id', 'server_id'])
      .execute();
    await db.schema.createIndex('server_group_members_server').on('server_group_members').column('server_id').execute();
    await db.schema
      .createTable('compute_quotas')
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('resource', 'text', (column) => column.notNull())
      .addColumn('hard_limit', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('compute_quotas_pk', ['project_id', 'resource'])
      .execute();
    await db.schema
      .createTable('aggregates')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('uuid', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('metadata', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .execute();
    await db.schema
      .createTable('aggregate_hosts')
      .addColumn('aggregate_id', 'integer', (column) =>
        column.notNull().references('aggregates.id').onDelete('cascade'),
      )
      .addColumn('host', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('aggregate_hosts_pk', ['aggregate_id', 'host'])
      .execute();
  },
};
