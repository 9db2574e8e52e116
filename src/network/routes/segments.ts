import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import type { Tx } from '../../store/store.ts';
import { Int, isGiven, Name, toInt, Uuid } from '../resource/body.ts';
import { touched, type Changes } from '../resource/change.ts';
import { integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import { findRow } from '../resource/list.ts';
import { addSegment, removeSegment, segmentNotFound } from '../segments.ts';
import type { NetworkSegmentsTable } from '../tables.ts';
import { networks } from './networks.ts';

const Description = Type.Optional(Type.String({ maxLength: 255 }));
const CreateBody = Strict({
  network_id: Uuid,
  network_type: Type.String({ maxLength: 32 }),
  physical_network: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
  segmentation_id: Type.Optional(Nullable(Int)),
  name: Type.Optional(Nullable(Name)),
  description: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
});
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

export const segmentChanges: Changes<NetworkSegmentsTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
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

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const network = await findRow(tx.db, context, networks, body.network_id);
  return addSegment(tx, context, network, {
    type: body.network_type,
    physicalNetwork: body.physical_network ?? null,
    segmentationId: isGiven(body.segmentation_id) ? toInt(body.segmentation_id) : null,
    name: body.name ?? null,
    description: body.description ?? '',
  });
}

async function remove(tx: Tx, _context: Context, row: NetworkSegmentsTable): Promise<void> {
  await removeSegment(tx, row);
}
