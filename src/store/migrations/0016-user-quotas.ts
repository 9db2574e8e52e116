import type { Migration } from '../migrate.ts';

/** Limits of one user within a project, below those of the project. */
export const userQuotas: Migration = {
  name: '0016-user-quotas',
  async up(db) {
    await db.schema
      .createTable('user_quotas')
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('resource', 'text', (column) => column.notNull())
      .addColumn('hard_limit', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('user_quotas_pk', ['project_id', 'user_id', 'resource'])
      .execute();
  },
};
