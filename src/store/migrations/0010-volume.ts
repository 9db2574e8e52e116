import { sql, type CreateTableBuilder } from 'kysely';
import type { Migration } from '../migrate.ts';

/** Who has it, what it is called, and when it was made: the same of all that a project owns. */
const owned = <T extends string, C extends string>(table: CreateTableBuilder<T, C>) =>
  table
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('project_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('name', 'text')
    .addColumn('description', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint');

/** Volumes, their snapshots and attachments, and the types they are made of. */
export const volume: Migration = {
  name: '0010-volume',
  async up(db) {
    await db.schema
      .alterTable('hosts')
      .addColumn('volume_gib', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createTable('volume_qos_specs')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('consumer', 'text', (column) => column.notNull())
      .addColumn('specs', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('volume_types')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('description', 'text')
      .addColumn('is_public', 'integer', (column) => column.notNull())
      .addColumn('extra_specs', 'text', (column) => column.notNull())
      .addColumn('qos_specs_id', 'text', (column) => column.references('volume_qos_specs.id').onDelete('set null'))
      .addColumn('encryption', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .execute();
    await db.schema
      .createTable('volume_type_access')
      .addColumn('volume_type_id', 'text', (column) =>
        column.notNull().references('volume_types.id').onDelete('cascade'),
      )
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('volume_type_access_pk', ['volume_type_id', 'project_id'])
      .execute();
    await db.schema
      .createTable('volume_default_types')
      .addColumn('project_id', 'text', (column) => column.primaryKey())
      .addColumn('volume_type_id', 'text', (column) =>
        column.notNull().references('volume_types.id').onDelete('cascade'),
      )
      .execute();
    await owned(db.schema.createTable('volumes'))
      .addColumn('backend_id', 'text', (column) => column.notNull())
      .addColumn('managed', 'integer', (column) => column.notNull())
      .addColumn('size_gib', 'integer', (column) => column.notNull())
      .addColumn('target_gib', 'integer', (column) => column.notNull())
      .addColumn('host_id', 'text', (column) => column.references('hosts.id').onDelete('set null'))
      .addColumn('availability_zone', 'text', (column) => column.notNull())
      .addColumn('volume_type_id', 'text', (column) => column.references('volume_types.id'))
      .addColumn('bootable', 'integer', (column) => column.notNull())
      .addColumn('multiattach', 'integer', (column) => column.notNull())
      .addColumn('read_only', 'integer')
      .addColumn('source_kind', 'text', (column) => column.notNull())
      .addColumn('source_id', 'text')
      .addColumn('source_backend', 'text')
      .addColumn('build', 'integer', (column) => column.notNull())
      .addColumn('build_source', 'text', (column) => column.notNull())
      .addColumn('server_id', 'text')
      .addColumn('group_id', 'text')
      .addColumn('status_before', 'text')
      .addColumn('image_id', 'text')
      .addColumn('image_format', 'text')
      .addColumn('reason', 'text')
      .addColumn('changed_generation', 'bigint', (column) => column.notNull())
      .addColumn('launched_at', 'bigint')
      .execute();
    await db.schema.createIndex('volumes_project').on('volumes').columns(['project_id', 'created_at']).execute();
    await db.schema.createIndex('volumes_host').on('volumes').column('host_id').execute();
    await db.schema.createIndex('volumes_type').on('volumes').column('volume_type_id').execute();
    await sql`create index volumes_group on volumes (group_id) where group_id is not null`.execute(db);
    await sql`create index volumes_image on volumes (image_id) where image_id is not null`.execute(db);
    await owned(db.schema.createTable('volume_snapshots'))
      .addColumn('backend_id', 'text', (column) => column.notNull())
      .addColumn('managed', 'integer', (column) => column.notNull())
      .addColumn('volume_id', 'text', (column) => column.notNull().references('volumes.id').onDelete('cascade'))
      .addColumn('size_gib', 'integer', (column) => column.notNull())
      .addColumn('progress', 'text', (column) => column.notNull())
      .addColumn('group_snapshot_id', 'text')
      .addColumn('reason', 'text')
      .addColumn('changed_generation', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('volume_snapshots_volume').on('volume_snapshots').column('volume_id').execute();
    await db.schema
      .createIndex('volume_snapshots_project')
      .on('volume_snapshots')
      .columns(['project_id', 'created_at'])
      .execute();
    await db.schema
      .createTable('volume_properties')
      .addColumn('owner_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('volume_properties_pk', ['owner_id', 'kind', 'name'])
      .execute();
    await db.schema
      .createTable('volume_attachments')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('volume_id', 'text', (column) => column.notNull().references('volumes.id').onDelete('cascade'))
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('server_id', 'text')
      .addColumn('host_id', 'text')
      .addColumn('host_name', 'text')
      .addColumn('plugged', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('device', 'text')
      .addColumn('bus', 'text', (column) => column.notNull())
      .addColumn('boot_index', 'integer')
      .addColumn('tag', 'text')
      .addColumn('delete_on_termination', 'integer', (column) => column.notNull())
      .addColumn('bdm_uuid', 'text', (column) => column.notNull())
      .addColumn('connector', 'text')
      .addColumn('reason', 'text')
      .addColumn('changed_generation', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('attached_at', 'bigint')
      .execute();
    await db.schema.createIndex('volume_attachments_volume').on('volume_attachments').column('volume_id').execute();
    await db.schema.createIndex('volume_attachments_server').on('volume_attachments').column('server_id').execute();
    await db.schema.createIndex('volume_attachments_host').on('volume_attachments').column('host_id').execute();
  },
};
