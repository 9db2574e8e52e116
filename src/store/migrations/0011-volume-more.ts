import type { Migration } from '../migrate.ts';

/** What hangs around volumes: quotas, groups, transfers, messages, backups. */
export const volumeMore: Migration = {
  name: '0011-volume-more',
  async up(db) {
    for (const [table, owner] of [
      ['volume_quotas', 'project_id'],
      ['volume_quota_classes', 'class_name'],
    ] as const) {
      await db.schema
        .createTable(table)
        .addColumn(owner, 'text', (column) => column.notNull())
        .addColumn('resource', 'text', (column) => column.notNull())
        .addColumn('hard_limit', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint(`${table}_pk`, [owner, 'resource'])
        .execute();
    }
    await db.schema
      .createTable('volume_services')
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('binary', 'text', (column) => column.notNull())
      .addColumn('disabled', 'integer', (column) => column.notNull())
      .addColumn('disabled_reason', 'text')
      .addColumn('frozen', 'integer', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('volume_services_pk', ['host', 'binary'])
      .execute();
    await db.schema
      .createTable('volume_group_types')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('description', 'text')
      .addColumn('is_public', 'integer', (column) => column.notNull())
      .addColumn('group_specs', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .execute();
    await db.schema
      .createTable('volume_groups')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('name', 'text')
      .addColumn('description', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('group_type_id', 'text', (column) => column.notNull().references('volume_group_types.id'))
      .addColumn('availability_zone', 'text', (column) => column.notNull())
      .addColumn('group_snapshot_id', 'text')
      .addColumn('source_group_id', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .execute();
    await db.schema.createIndex('volume_groups_project').on('volume_groups').column('project_id').execute();
    await db.schema
      .createTable('volume_group_volume_types')
      .addColumn('group_id', 'text', (column) => column.notNull().references('volume_groups.id').onDelete('cascade'))
      .addColumn('volume_type_id', 'text', (column) => column.notNull().references('volume_types.id'))
      .addPrimaryKeyConstraint('volume_group_volume_types_pk', ['group_id', 'volume_type_id'])
      .execute();
    await db.schema
      .createTable('volume_group_snapshots')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('name', 'text')
      .addColumn('description', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('group_id', 'text', (column) => column.notNull())
      .addColumn('group_type_id', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .execute();
    await db.schema
      .createIndex('volume_group_snapshots_project')
      .on('volume_group_snapshots')
      .column('project_id')
      .execute();
    await db.schema
      .createTable('volume_transfers')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('volume_id', 'text', (column) =>
        column.notNull().unique().references('volumes.id').onDelete('cascade'),
      )
      .addColumn('name', 'text')
      .addColumn('key_hash', 'text', (column) => column.notNull())
      .addColumn('source_project_id', 'text', (column) => column.notNull())
      .addColumn('destination_project_id', 'text')
      .addColumn('accepted', 'integer', (column) => column.notNull())
      .addColumn('no_snapshots', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('volume_messages')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('request_id', 'text')
      .addColumn('resource_type', 'text', (column) => column.notNull())
      .addColumn('resource_uuid', 'text')
      .addColumn('event_id', 'text', (column) => column.notNull())
      .addColumn('user_message', 'text', (column) => column.notNull())
      .addColumn('message_level', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('guaranteed_until', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('volume_messages_project').on('volume_messages').column('project_id').execute();
    await db.schema.createIndex('volume_messages_until').on('volume_messages').column('guaranteed_until').execute();
    await db.schema
      .createTable('volume_backups')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('name', 'text')
      .addColumn('description', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('volume_id', 'text', (column) => column.notNull())
      .addColumn('snapshot_id', 'text')
      .addColumn('container', 'text')
      .addColumn('availability_zone', 'text')
      .addColumn('size_gib', 'integer', (column) => column.notNull())
      .addColumn('image_id', 'text')
      .addColumn('copy_volume_id', 'text')
      .addColumn('restore_volume_id', 'text')
      .addColumn('volume_record', 'text', (column) => column.notNull())
      .addColumn('metadata', 'text', (column) => column.notNull())
      .addColumn('fail_reason', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .addColumn('data_timestamp', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('volume_backups_project').on('volume_backups').column('project_id').execute();
  },
};
