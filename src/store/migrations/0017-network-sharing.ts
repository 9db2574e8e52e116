import { sql } from 'kysely';
import { newUuid } from '../../core/ids.ts';
import type { Migration } from '../migrate.ts';
import { standard } from './network-columns.ts';

/** Who may use whose objects (RBAC), address scopes and groups, and the rules that new security groups begin with. */
export const networkSharing: Migration = {
  name: '0017-network-sharing',
  async up(db) {
    await standard(db.schema.createTable('network_rbac'))
      .addColumn('object_type', 'text', (column) => column.notNull())
      .addColumn('object_id', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('target_project', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('network_rbac_object')
      .on('network_rbac')
      .columns(['object_id', 'target_project', 'action'])
      .unique()
      .execute();
    // What was marked as shared until now is shared by a policy from now on.
    for (const [table, type, flag, action] of [
      ['networks', 'network', 'shared', 'access_as_shared'],
      ['networks', 'network', 'external', 'access_as_external'],
      ['subnet_pools', 'subnetpool', 'shared', 'access_as_shared'],
      ['security_groups', 'security_group', 'shared', 'access_as_shared'],
    ] as const) {
      const { rows } = await sql<{ id: string; project_id: string; created_at: number }>`
        select id, project_id, created_at from ${sql.table(table)} where ${sql.ref(flag)} = 1`.execute(db);
      for (const row of rows) {
        await sql`insert into network_rbac (id, project_id, description, revision_number, created_at, updated_at,
          object_type, object_id, action, target_project) values (${newUuid()}, ${row.project_id}, '', 1,
          ${row.created_at}, ${row.created_at}, ${type}, ${row.id}, ${action}, '*')`.execute(db);
      }
    }

    await standard(db.schema.createTable('address_scopes'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('ip_version', 'integer', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('address_scopes_project').on('address_scopes').column('project_id').execute();
    await db.schema
      .alterTable('subnet_pools')
      .addColumn('address_scope_id', 'text', (column) => column.references('address_scopes.id'))
      .execute();

    await standard(db.schema.createTable('address_groups'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('addresses', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('address_groups_project').on('address_groups').column('project_id').execute();
    await db.schema
      .alterTable('security_group_rules')
      .addColumn('remote_address_group_id', 'text', (column) => column.references('address_groups.id'))
      .execute();
    await db.schema
      .createIndex('security_group_rules_address_group')
      .on('security_group_rules')
      .column('remote_address_group_id')
      .execute();

    await standard(db.schema.createTable('default_group_rules'))
      .addColumn('direction', 'text', (column) => column.notNull())
      .addColumn('ethertype', 'text', (column) => column.notNull())
      .addColumn('protocol', 'text')
      .addColumn('port_range_min', 'integer')
      .addColumn('port_range_max', 'integer')
      .addColumn('remote_ip_prefix', 'text')
      .addColumn('remote_group_id', 'text')
      .addColumn('remote_address_group_id', 'text')
      .addColumn('used_in_default_sg', 'integer', (column) => column.notNull())
      .addColumn('used_in_non_default_sg', 'integer', (column) => column.notNull())
      .addColumn('canonical', 'text', (column) => column.notNull().unique())
      .execute();
    // Neutron's own: everything out of every group, and into the default group from its members.
    for (const ethertype of ['IPv4', 'IPv6'] as const) {
      for (const direction of ['egress', 'ingress'] as const) {
        const remote = direction === 'ingress' ? 'PARENT' : null;
        await sql`insert into default_group_rules (id, project_id, description, revision_number, created_at, updated_at,
          direction, ethertype, remote_group_id, used_in_default_sg, used_in_non_default_sg, canonical) values
          (${newUuid()}, '', '', 1, 0, 0, ${direction}, ${ethertype}, ${remote}, 1, ${direction === 'egress' ? 1 : 0},
          ${`${direction} ${ethertype}  - ${remote ?? ''}`})`.execute(db);
      }
    }
  },
};
