import type { Migration } from '../migrate.ts';

/** Definitions of metadata: which properties images, flavors and others may carry, and what they mean. */
export const imageMetadefs: Migration = {
  name: '0026-image-metadefs',
  async up(db) {
    await db.schema
      .createTable('metadef_namespaces')
      .addColumn('namespace', 'text', (column) => column.primaryKey())
      .addColumn('display_name', 'text')
      .addColumn('description', 'text')
      .addColumn('visibility', 'text', (column) => column.notNull())
      .addColumn('protected', 'integer', (column) => column.notNull())
      .addColumn('owner', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('metadef_items')
      .addColumn('namespace', 'text', (column) =>
        column.notNull().references('metadef_namespaces.namespace').onDelete('cascade').onUpdate('cascade'),
      )
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('metadef_items_pk', ['namespace', 'kind', 'name'])
      .execute();
    await db.schema
      .createTable('metadef_resource_types')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('protected', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('metadef_associations')
      .addColumn('namespace', 'text', (column) =>
        column.notNull().references('metadef_namespaces.namespace').onDelete('cascade').onUpdate('cascade'),
      )
      .addColumn('resource_type', 'text', (column) => column.notNull().references('metadef_resource_types.name'))
      .addColumn('prefix', 'text')
      .addColumn('properties_target', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('metadef_associations_pk', ['namespace', 'resource_type'])
      .execute();
    // The resources of OpenStack that carry metadata, by the names that Heat and Horizon have for them.
    const at = Date.now();
    await db
      .insertInto('metadef_resource_types')
      .values(
        ['OS::Glance::Image', 'OS::Cinder::Volume', 'OS::Nova::Flavor', 'OS::Nova::Aggregate', 'OS::Nova::Server'].map(
          (name) => ({ name, protected: 1 as const, created_at: at, updated_at: at }),
        ),
      )
      .execute();
  },
};
