import type { Migration } from '../migrate.ts';

/**
 * What schedulers keep in memory of a host is as good as the host's revision; which revisions are new is found by when
 * they were made. The generation of the API is not that: volumes and deleted allocations leave it as it is.
 */
export const providerRevisions: Migration = {
  name: '0053-provider-revisions',
  async up(db) {
    await db.schema
      .alterTable('resource_providers')
      .addColumn('revision', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex('resource_providers_updated').on('resource_providers').column('updated_at').execute();
  },
};
