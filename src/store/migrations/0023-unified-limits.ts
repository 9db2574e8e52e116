import { sql } from 'kysely';
import type { Migration } from '../migrate.ts';

/** Registered limits (a default per service, region and resource) and what projects and domains have instead. */
export const unifiedLimits: Migration = {
  name: '0023-unified-limits',
  async up(db) {
    await db.schema
      .createTable('registered_limits')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('service_id', 'text', (column) =>
        column.notNull().references('catalog_services.id').onDelete('cascade'),
      )
      .addColumn('region_id', 'text', (column) => column.references('regions.id'))
      .addColumn('resource_name', 'text', (column) => column.notNull())
      .addColumn('default_limit', 'integer', (column) => column.notNull())
      .addColumn('description', 'text')
      .execute();
    await sql`create unique index registered_limits_resource
      on registered_limits (service_id, coalesce(region_id, ''), resource_name)`.execute(db);
    await db.schema
      .createTable('limits')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('registered_limit_id', 'text', (column) =>
        column.notNull().references('registered_limits.id').onDelete('cascade'),
      )
      .addColumn('project_id', 'text', (column) => column.references('projects.id').onDelete('cascade'))
      .addColumn('domain_id', 'text', (column) => column.references('projects.id').onDelete('cascade'))
      .addColumn('resource_limit', 'integer', (column) => column.notNull())
      .addColumn('description', 'text')
      .execute();
    await sql`create unique index limits_owner
      on limits (registered_limit_id, coalesce(project_id, domain_id))`.execute(db);
  },
};
