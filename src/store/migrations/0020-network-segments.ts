import { sql } from 'kysely';
import { newUuid } from '../../core/ids.ts';
import type { Migration } from '../migrate.ts';
import { standard } from './network-columns.ts';

/** The wires of networks as things of their own, and the networks that are made for projects without being asked. */
export const networkSegments: Migration = {
  name: '0020-network-segments',
  async up(db) {
    await standard(db.schema.createTable('network_segments'))
      .addColumn('network_id', 'text', (column) => column.notNull().references('networks.id').onDelete('cascade'))
      .addColumn('name', 'text')
      .addColumn('network_type', 'text', (column) => column.notNull())
      .addColumn('physical_network', 'text')
      .addColumn('segmentation_id', 'integer')
      .execute();
    await db.schema.createIndex('network_segments_network').on('network_segments').column('network_id').execute();
    await sql`create unique index network_segments_wire on network_segments
      (network_type, coalesce(physical_network, ''), coalesce(segmentation_id, 0))`.execute(db);
    await db.schema
      .alterTable('subnets')
      .addColumn('segment_id', 'text', (column) => column.references('network_segments.id'))
      .execute();
    const { rows } = await sql<{ id: string }>`select id from networks`.execute(db);
    for (const { id } of rows) {
      await sql`insert into network_segments (id, project_id, description, revision_number, created_at, updated_at,
        network_id, name, network_type, physical_network, segmentation_id) select ${newUuid()}, project_id, '', 1,
        created_at, created_at, id, null, network_type, physical_network, segmentation_id from networks
        where id = ${id}`.execute(db);
    }

    await db.schema
      .createTable('auto_topologies')
      .addColumn('project_id', 'text', (column) => column.primaryKey())
      .addColumn('network_id', 'text', (column) => column.notNull().references('networks.id').onDelete('cascade'))
      .addColumn('router_id', 'text', (column) => column.notNull().references('routers.id').onDelete('cascade'))
      .execute();
  },
};
