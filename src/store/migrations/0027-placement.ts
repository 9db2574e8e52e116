import { sql } from 'kysely';
import type { Migration } from '../migrate.ts';

/**
 * Who has how much of what, and who was promised it. Hosts become resource providers, and their servers' shares
 * allocations; the counters that `hosts` had for this end.
 */
export const placement: Migration = {
  name: '0027-placement',
  async up(db) {
    await db.schema
      .createTable('resource_providers')
      .addColumn('uuid', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('generation', 'integer', (column) => column.notNull())
      .addColumn('parent', 'text', (column) => column.references('resource_providers.uuid'))
      .addColumn('root', 'text', (column) => column.notNull())
      .addColumn('host_id', 'text', (column) => column.unique().references('hosts.id').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('resource_providers_root').on('resource_providers').column('root').execute();
    await db.schema.createIndex('resource_providers_parent').on('resource_providers').column('parent').execute();
    await db.schema
      .createTable('inventories')
      .addColumn('provider', 'text', (column) =>
        column.notNull().references('resource_providers.uuid').onDelete('cascade'),
      )
      .addColumn('resource_class', 'text', (column) => column.notNull())
      .addColumn('total', 'integer', (column) => column.notNull())
      .addColumn('reserved', 'integer', (column) => column.notNull())
      .addColumn('min_unit', 'integer', (column) => column.notNull())
      .addColumn('max_unit', 'integer', (column) => column.notNull())
      .addColumn('step_size', 'integer', (column) => column.notNull())
      .addColumn('allocation_ratio', 'real', (column) => column.notNull())
      .addColumn('used', 'integer', (column) => column.notNull())
      .addColumn('overhead', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('inventories_pk', ['provider', 'resource_class'])
      .execute();
    await db.schema.createIndex('inventories_class').on('inventories').column('resource_class').execute();
    for (const [table, name] of [
      ['provider_traits', 'trait'],
      ['provider_aggregates', 'aggregate'],
    ] as const) {
      await db.schema
        .createTable(table)
        .addColumn('provider', 'text', (column) =>
          column.notNull().references('resource_providers.uuid').onDelete('cascade'),
        )
        .addColumn(name, 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint(`${table}_pk`, ['provider', name])
        .execute();
      await db.schema.createIndex(`${table}_${name}`).on(table).column(name).execute();
    }
    for (const table of ['custom_traits', 'custom_resource_classes']) {
      await db.schema
        .createTable(table)
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
    }
    await db.schema
      .createTable('consumers')
      .addColumn('uuid', 'text', (column) => column.primaryKey())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('type', 'text')
      .addColumn('generation', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('consumers_project').on('consumers').columns(['project_id', 'user_id']).execute();
    await db.schema
      .createTable('allocations')
      .addColumn('consumer', 'text', (column) => column.notNull().references('consumers.uuid').onDelete('cascade'))
      .addColumn('provider', 'text', (column) =>
        column.notNull().references('resource_providers.uuid').onDelete('cascade'),
      )
      .addColumn('resource_class', 'text', (column) => column.notNull())
      .addColumn('used', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('allocations_pk', ['consumer', 'provider', 'resource_class'])
      .execute();
    await db.schema.createIndex('allocations_provider').on('allocations').column('provider').execute();
    await takeOver(db);
  },
};

/** What hosts and servers of before have: 16 vCPUs for one, 512 MiB for the host itself, 64 for each QEMU. */
async function takeOver(db: Parameters<Migration['up']>[0]): Promise<void> {
  await sql`insert into resource_providers (uuid, name, generation, parent, root, host_id, created_at, updated_at)
    select uuid, name, 0, null, uuid, id, created_at, updated_at from hosts`.execute(db);
  const most = 2_147_483_647;
  await sql`insert into inventories (provider, resource_class, total, reserved, min_unit, max_unit, step_size,
      allocation_ratio, used, overhead, created_at, updated_at)
    select uuid, 'VCPU', vcpus, 0, 1, ${most}, 1, 16.0, vcpus_used, 0, created_at, updated_at
      from hosts where vcpus > 0
    union all select uuid, 'MEMORY_MB', memory_mib, case when memory_mib < 512 then memory_mib else 512 end, 1, memory_mib, 1, 1.0, memory_used_mib,
      64 * servers, created_at, updated_at from hosts where memory_mib > 0
    union all select uuid, 'DISK_GB', disk_gib, 0, 1, disk_gib, 1, 1.0, disk_used_gib, 0, created_at, updated_at
      from hosts where disk_gib > 0`.execute(db);
  await sql`insert into consumers (uuid, project_id, user_id, type, generation, created_at, updated_at)
    select id, project_id, user_id, 'INSTANCE', 1, created_at, updated_at from servers
    where deleted = 0 and host_id is not null`.execute(db);
  for (const [name, column] of [
    ['VCPU', 'vcpus'],
    ['MEMORY_MB', 'memory_mib'],
    ['DISK_GB', 'disk_gib'],
  ] as const) {
    await sql`insert into allocations (consumer, provider, resource_class, used, created_at)
      select s.id, h.uuid, ${name}, ${sql.ref(`s.${column}`)}, s.created_at
      from servers s join hosts h on h.id = s.host_id
      where s.deleted = 0 and ${sql.ref(`s.${column}`)} > 0`.execute(db);
  }
  for (const column of ['vcpus_used', 'memory_used_mib', 'disk_used_gib', 'servers']) {
    await db.schema.alterTable('hosts').dropColumn(column).execute();
  }
}
