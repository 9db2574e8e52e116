import type { Migration } from '../migrate.ts';
import { standard } from './network-columns.ts';

/** Policies of how much traffic passes, and what they are put on. */
export const networkQos: Migration = {
  name: '0018-network-qos',
  async up(db) {
    await standard(db.schema.createTable('qos_policies'))
      .addColumn('name', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('qos_policies_project').on('qos_policies').column('project_id').execute();
    await db.schema
      .createTable('qos_rules')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('qos_policy_id', 'text', (column) =>
        column.notNull().references('qos_policies.id').onDelete('cascade'),
      )
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('direction', 'text', (column) => column.notNull())
      .addColumn('kbps', 'integer')
      .addColumn('burst_kbits', 'integer')
      .addColumn('dscp_mark', 'integer')
      .execute();
    await db.schema
      .createIndex('qos_rules_once')
      .on('qos_rules')
      .columns(['qos_policy_id', 'kind', 'direction'])
      .unique()
      .execute();
    await db.schema
      .createTable('qos_defaults')
      .addColumn('project_id', 'text', (column) => column.primaryKey())
      .addColumn('qos_policy_id', 'text', (column) =>
        column.notNull().references('qos_policies.id').onDelete('cascade'),
      )
      .execute();
    for (const [table, column] of [
      ['networks', 'qos_policy_id'],
      ['ports', 'qos_policy_id'],
      ['floating_ips', 'qos_policy_id'],
      ['routers', 'gateway_qos_policy_id'],
    ] as const) {
      await db.schema
        .alterTable(table)
        .addColumn(column, 'text', (one) => one.references('qos_policies.id'))
        .execute();
      await db.schema.createIndex(`${table}_qos`).on(table).column(column).execute();
    }
  },
};
