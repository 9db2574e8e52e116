import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { conflict } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import type { Tx } from '../../store/store.ts';
import { Name } from '../resource/body.ts';
import { touched, type Changes } from '../resource/change.ts';
import { integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import { segmentNotFound } from '../segments.ts';
import type { NetworkSegmentsTable } from '../tables.ts';

const Description = Type.Optional(Type.String({ maxLength: 255 }));
const UpdateBody = Strict({ name: Type.Optional(Nullable(Name)), description: Description });

const { project_id: _project, tenant_id: _tenant, ...attributes } = standardAttributes('segments');

/** The wires of networks, for administrators. https://docs.openstack.org/api-ref/network/v2/#segments */
export const segments: Collection<NetworkSegmentsTable> = {
  singular: 'segment',
  plural: 'segments',
  path: 'segments',
  table: 'network_segments',
  without: ['project_id', 'tenant_id', 'tags'],
  attributes: {
    ...attributes,
    name: text,
    network_id: text,
    network_type: text,
    physical_network: text,
    segmentation_id: integer,
  },
  visible: () => sql`1 = 0`,
  notFound: segmentNotFound,
  render: async (_db, _context, rows) =>
    rows.map(({ name, network_id, network_type, physical_network, segmentation_id }) => ({
      name,
      network_id,
      network_type,
      physical_network,
      segmentation_id,
    })),
};

export const segmentChanges: Changes<NetworkSegmentsTable, typeof UpdateBody, typeof UpdateBody> = {
  create: null,
  update: { body: UpdateBody, run: update },
  remove,
};

async function update(
  tx: Tx,
  context: Context,
  row: NetworkSegmentsTable,
  body: Static<typeof UpdateBody>,
): Promise<void> {
  await tx.db
    .updateTable('network_segments')
    .set({
      ...touched(context, row),
      ...(body.name !== undefined && { name: body.name }),
      description: body.description ?? row.description,
    })
    .where('id', '=', row.id)
    .execute();
}

/**
 * Each network of this cloud has one wire, and it goes with the network. More of them (a routed provider network) would
 * need hosts that say which wires they are on, so that a server's address is one of its host's wire.
 */
async function remove(_tx: Tx, _context: Context, row: NetworkSegmentsTable): Promise<void> {
  throw conflict(
    `Segment '${row.id}' cannot be deleted: it is the only one of network ${row.network_id}, and goes with it.`,
    'SegmentInUse',
  );
}
