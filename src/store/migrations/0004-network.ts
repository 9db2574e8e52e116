import { sql, type CreateTableBuilder } from 'kysely';
import type { Migration } from '../migrate.ts';

/** Networks, subnets, ports, routers, floating addresses, security groups, and their quotas and tags. */
export const network: Migration = {
  name: '0004-network',
  async up(db) {
    await standard(db.schema.createTable('networks'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('admin_state_up', 'integer', (column) => column.notNull())
      .addColumn('shared', 'integer', (column) => column.notNull())
      .addColumn('external', 'integer', (column) => column.notNull())
      .addColumn('is_default', 'integer', (column) => column.notNull())
      .addColumn('port_security_enabled', 'integer', (column) => column.notNull())
      .addColumn('mtu', 'integer', (column) => column.notNull())
      .addColumn('dns_domain', 'text', (column) => column.notNull())
      .addColumn('network_type', 'text', (column) => column.notNull())
      .addColumn('physical_network', 'text')
      .addColumn('segmentation_id', 'integer')
      .addColumn('availability_zone_hints', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('networks_project').on('networks').column('project_id').execute();
    // Two networks on the same wire would be one network.
    await sql`create unique index networks_segment on networks
      (network_type, coalesce(physical_network, ''), coalesce(segmentation_id, 0))`.execute(db);
    await sql`create unique index networks_default on networks (is_default) where is_default = 1`.execute(db);

    await standard(db.schema.createTable('subnet_pools'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('ip_version', 'integer', (column) => column.notNull())
      .addColumn('prefixes', 'text', (column) => column.notNull())
      .addColumn('default_prefixlen', 'integer', (column) => column.notNull())
      .addColumn('min_prefixlen', 'integer', (column) => column.notNull())
      .addColumn('max_prefixlen', 'integer', (column) => column.notNull())
      .addColumn('default_quota', 'integer')
      .addColumn('shared', 'integer', (column) => column.notNull())
      .addColumn('is_default', 'integer', (column) => column.notNull())
      .execute();
    await sql`create unique index subnet_pools_default on subnet_pools (ip_version) where is_default = 1`.execute(db);

    await standard(db.schema.createTable('subnets'))
      .addColumn('network_id', 'text', (column) => column.notNull().references('networks.id'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('ip_version', 'integer', (column) => column.notNull())
      .addColumn('cidr', 'text', (column) => column.notNull())
      .addColumn('gateway_ip', 'text')
      .addColumn('enable_dhcp', 'integer', (column) => column.notNull())
      .addColumn('ipv6_ra_mode', 'text')
      .addColumn('ipv6_address_mode', 'text')
      .addColumn('dns_nameservers', 'text', (column) => column.notNull())
      .addColumn('host_routes', 'text', (column) => column.notNull())
      .addColumn('dns_publish_fixed_ip', 'integer', (column) => column.notNull())
      .addColumn('service_types', 'text', (column) => column.notNull())
      .addColumn('subnetpool_id', 'text', (column) => column.references('subnet_pools.id'))
      .execute();
    await db.schema.createIndex('subnets_project').on('subnets').column('project_id').execute();
    await db.schema.createIndex('subnets_cidr').on('subnets').columns(['network_id', 'cidr']).unique().execute();

    await db.schema
      .createTable('subnet_allocation_pools')
      .addColumn('subnet_id', 'text', (column) => column.notNull().references('subnets.id').onDelete('cascade'))
      .addColumn('first_ip', 'text', (column) => column.notNull())
      .addColumn('last_ip', 'text', (column) => column.notNull())
      .addColumn('first_key', 'text', (column) => column.notNull())
      .addColumn('last_key', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('subnet_allocation_pools_key', ['subnet_id', 'first_key'])
      .execute();

    await standard(db.schema.createTable('ports'))
      .addColumn('network_id', 'text', (column) => column.notNull().references('networks.id'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('mac_address', 'text', (column) => column.notNull())
      .addColumn('admin_state_up', 'integer', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('device_id', 'text', (column) => column.notNull())
      .addColumn('device_owner', 'text', (column) => column.notNull())
      .addColumn('binding_host_id', 'text', (column) => column.notNull())
      .addColumn('binding_vnic_type', 'text', (column) => column.notNull())
      .addColumn('binding_profile', 'text', (column) => column.notNull())
      .addColumn('port_security_enabled', 'integer', (column) => column.notNull())
      .addColumn('allowed_address_pairs', 'text', (column) => column.notNull())
      .addColumn('extra_dhcp_opts', 'text', (column) => column.notNull())
      .addColumn('dns_name', 'text', (column) => column.notNull())
      .addColumn('device_index', 'integer', (column) => column.notNull())
      .addColumn('device_tag', 'text')
      .addColumn('made_for_server', 'integer', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('ports_project').on('ports').column('project_id').execute();
    await db.schema.createIndex('ports_mac').on('ports').columns(['network_id', 'mac_address']).unique().execute();
    await db.schema.createIndex('ports_device').on('ports').column('device_id').execute();
    await db.schema.createIndex('ports_host').on('ports').column('binding_host_id').execute();

    await db.schema
      .createTable('port_addresses')
      .addColumn('port_id', 'text', (column) => column.notNull().references('ports.id').onDelete('cascade'))
      .addColumn('subnet_id', 'text', (column) => column.notNull().references('subnets.id'))
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('address_key', 'text', (column) => column.notNull())
      .addColumn('next_key', 'text', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      // An address is one port's, whatever two requests believed a moment ago.
      .addPrimaryKeyConstraint('port_addresses_key', ['subnet_id', 'address_key'])
      .execute();
    await db.schema.createIndex('port_addresses_port').on('port_addresses').column('port_id').execute();
    await db.schema.createIndex('port_addresses_address').on('port_addresses').column('address').execute();

    await standard(db.schema.createTable('security_groups'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('is_default', 'integer', (column) => column.notNull())
      .addColumn('stateful', 'integer', (column) => column.notNull())
      .addColumn('shared', 'integer', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('security_groups_project').on('security_groups').column('project_id').execute();
    await sql`create unique index security_groups_default on security_groups (project_id) where is_default = 1`.execute(
      db,
    );

    await standard(db.schema.createTable('security_group_rules'))
      .addColumn('security_group_id', 'text', (column) =>
        column.notNull().references('security_groups.id').onDelete('cascade'),
      )
      .addColumn('direction', 'text', (column) => column.notNull())
      .addColumn('ethertype', 'text', (column) => column.notNull())
      .addColumn('protocol', 'text')
      .addColumn('port_range_min', 'integer')
      .addColumn('port_range_max', 'integer')
      .addColumn('remote_ip_prefix', 'text')
      .addColumn('remote_group_id', 'text', (column) => column.references('security_groups.id').onDelete('cascade'))
      .addColumn('canonical', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('security_group_rules_project')
      .on('security_group_rules')
      .column('project_id')
      .execute();
    await db.schema
      .createIndex('security_group_rules_canonical')
      .on('security_group_rules')
      .columns(['security_group_id', 'canonical'])
      .unique()
      .execute();
    await db.schema
      .createIndex('security_group_rules_remote')
      .on('security_group_rules')
      .column('remote_group_id')
      .execute();

    await db.schema
      .createTable('port_security_groups')
      .addColumn('port_id', 'text', (column) => column.notNull().references('ports.id').onDelete('cascade'))
      .addColumn('security_group_id', 'text', (column) => column.notNull().references('security_groups.id'))
      .addPrimaryKeyConstraint('port_security_groups_key', ['port_id', 'security_group_id'])
      .execute();
    await db.schema
      .createIndex('port_security_groups_group')
      .on('port_security_groups')
      .column('security_group_id')
      .execute();

    await standard(db.schema.createTable('routers'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('admin_state_up', 'integer', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('gateway_network_id', 'text', (column) => column.references('networks.id'))
      .addColumn('gateway_port_id', 'text', (column) => column.references('ports.id'))
      .addColumn('enable_snat', 'integer', (column) => column.notNull())
      .addColumn('routes', 'text', (column) => column.notNull())
      .addColumn('availability_zone_hints', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('routers_project').on('routers').column('project_id').execute();
    await db.schema.createIndex('routers_gateway').on('routers').column('gateway_port_id').execute();

    await standard(db.schema.createTable('floating_ips'))
      .addColumn('floating_network_id', 'text', (column) => column.notNull().references('networks.id'))
      .addColumn('floating_ip_address', 'text', (column) => column.notNull())
      .addColumn('floating_port_id', 'text', (column) => column.notNull().references('ports.id'))
      .addColumn('port_id', 'text', (column) => column.references('ports.id'))
      .addColumn('fixed_ip_address', 'text')
      .addColumn('router_id', 'text', (column) => column.references('routers.id'))
      .addColumn('status', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('floating_ips_project').on('floating_ips').column('project_id').execute();
    await db.schema.createIndex('floating_ips_router').on('floating_ips').column('router_id').execute();
    await db.schema.createIndex('floating_ips_holder').on('floating_ips').column('floating_port_id').execute();
    await db.schema
      .createIndex('floating_ips_target')
      .on('floating_ips')
      .columns(['port_id', 'fixed_ip_address', 'floating_network_id'])
      .unique()
      .execute();

    await db.schema
      .createTable('network_quotas')
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('resource', 'text', (column) => column.notNull())
      .addColumn('hard_limit', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('network_quotas_key', ['project_id', 'resource'])
      .execute();

    await db.schema
      .createTable('network_tags')
      .addColumn('collection', 'text', (column) => column.notNull())
      .addColumn('resource_id', 'text', (column) => column.notNull())
      .addColumn('tag', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('network_tags_key', ['resource_id', 'tag'])
      .execute();
  },
};

/** The id, and the columns every resource of the network API has. */
function standard<T extends string>(table: CreateTableBuilder<T>) {
  return table
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project_id', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('revision_number', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull());
}
