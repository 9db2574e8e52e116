import type { Migration } from '../migrate.ts';
import { standard } from './network-columns.ts';

/** Forwarded ports of floating addresses, DNS names, and why a port failed. */
export const networkNames: Migration = {
  name: '0019-network-names',
  async up(db) {
    await standard(db.schema.createTable('port_forwardings'))
      .addColumn('floating_ip_id', 'text', (column) =>
        column.notNull().references('floating_ips.id').onDelete('cascade'),
      )
      .addColumn('protocol', 'text', (column) => column.notNull())
      .addColumn('external_first', 'integer', (column) => column.notNull())
      .addColumn('external_last', 'integer', (column) => column.notNull())
      .addColumn('internal_port_id', 'text', (column) => column.notNull().references('ports.id').onDelete('cascade'))
      .addColumn('internal_ip_address', 'text', (column) => column.notNull())
      .addColumn('internal_first', 'integer', (column) => column.notNull())
      .addColumn('internal_last', 'integer', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('port_forwardings_outside')
      .on('port_forwardings')
      .columns(['floating_ip_id', 'protocol', 'external_first'])
      .unique()
      .execute();
    await db.schema.createIndex('port_forwardings_inside').on('port_forwardings').column('internal_port_id').execute();
    for (const [table, name] of [
      ['ports', 'dns_domain'],
      ['floating_ips', 'dns_name'],
      ['floating_ips', 'dns_domain'],
    ] as const) {
      await db.schema
        .alterTable(table)
        .addColumn(name, 'text', (column) => column.notNull().defaultTo(''))
        .execute();
    }
    await db.schema.alterTable('ports').addColumn('status_reason', 'text').execute();
  },
};
