import { sql, type Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Migration } from '../migrate.ts';

/** Which endpoints a project sees, which policy an endpoint follows, and what domains configure for themselves. */
export const catalogFilters: Migration = {
  name: '0024-catalog-filters',
  async up(db) {
    await endpointGroups(db);
    await policyAssociations(db);
    await db.schema
      .createTable('domain_configs')
      .addColumn('domain_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
      .addColumn('option_group', 'text', (column) => column.notNull())
      .addColumn('option_name', 'text', (column) => column.notNull())
      .addColumn('sealed_value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('domain_configs_key', ['domain_id', 'option_group', 'option_name'])
      .execute();
  },
};

async function endpointGroups(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('endpoint_groups')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('filters', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('endpoint_group_projects')
    .addColumn('endpoint_group_id', 'text', (column) =>
      column.notNull().references('endpoint_groups.id').onDelete('cascade'),
    )
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('endpoint_group_projects_key', ['endpoint_group_id', 'project_id'])
    .execute();
  await db.schema
    .createIndex('endpoint_group_projects_project')
    .on('endpoint_group_projects')
    .column('project_id')
    .execute();
  await db.schema
    .createTable('project_endpoints')
    .addColumn('endpoint_id', 'text', (column) =>
      column.notNull().references('catalog_endpoints.id').onDelete('cascade'),
    )
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('project_endpoints_key', ['endpoint_id', 'project_id'])
    .execute();
  await db.schema.createIndex('project_endpoints_project').on('project_endpoints').column('project_id').execute();
}

async function policyAssociations(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('policy_associations')
    .addColumn('policy_id', 'text', (column) => column.notNull().references('policies.id').onDelete('cascade'))
    .addColumn('endpoint_id', 'text', (column) => column.references('catalog_endpoints.id').onDelete('cascade'))
    .addColumn('service_id', 'text', (column) => column.references('catalog_services.id').onDelete('cascade'))
    .addColumn('region_id', 'text', (column) => column.references('regions.id').onDelete('cascade'))
    .execute();
  await sql`create unique index policy_associations_target
    on policy_associations (coalesce(endpoint_id, ''), coalesce(service_id, ''), coalesce(region_id, ''))`.execute(db);
}
