import type { Migration } from '../migrate.ts';

/** From where and on whose word something was done, what was refused, and what lists of it are found by. */
export const auditOutcome: Migration = {
  name: '0045-audit-outcome',
  async up(db) {
    const add = (name: string) => db.schema.alterTable('audit').addColumn(name, 'text');
    await add('domain_id').execute();
    await add('delegation').execute();
    await add('address').execute();
    await db.schema.alterTable('audit').addColumn('status', 'integer').execute();
    const index = (name: string, columns: string[]) => db.schema.createIndex(name).on('audit').columns(columns);
    await index('audit_at', ['at']).execute();
    await index('audit_user', ['user_id', 'id']).execute();
    await index('audit_project', ['project_id', 'id']).execute();
    await index('audit_domain', ['domain_id', 'id']).execute();
  },
};
