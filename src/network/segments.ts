import { badRequest, conflict, notFound } from '../core/errors.ts';
import { newUuid, type NetworkId, type ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import { newStandard } from './resource/change.ts';
import { OWNER, type NetworkSegmentsTable, type SubnetsTable } from './tables.ts';

/** Records the wire of a network. */
export async function insertSegment(
  tx: Tx,
  context: Context,
  input: Pick<NetworkSegmentsTable, 'name' | 'network_type' | 'physical_network' | 'segmentation_id'> & {
    network_id: NetworkId;
    project_id: ProjectId;
    description?: string;
  },
): Promise<string> {
  const { project_id, network_id, name, network_type, physical_network, segmentation_id } = input;
  const id = newUuid();
  await tx.db
    .insertInto('network_segments')
    .values({
      id,
      ...newStandard(context, input),
      project_id,
      network_id,
      name,
      network_type,
      physical_network,
      segmentation_id,
    })
    .execute();
  return id;
}

/** The segment a subnet is said to be on, if it is one of its network's. Throws ApiError 400 or 404. */
export async function segmentFor(db: Reader, networkId: NetworkId, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const row = await db.selectFrom('network_segments').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw segmentNotFound(id);
  if (row.network_id !== networkId) {
    throw badRequest(
      `A subnet of network ${networkId} cannot be associated with segment ${id} of network ${row.network_id}.`,
      'NetworkIdsDontMatch',
    );
  }
  return row.id;
}

/** A subnet may be put on a segment while it is on none, or taken off when it has no ports. Throws ApiError 409. */
export async function changeSegment(
  db: Reader,
  subnet: Pick<SubnetsTable, 'id' | 'network_id' | 'segment_id'>,
  id: string | null,
): Promise<string | null> {
  if (id === subnet.segment_id) return id;
  const used = await db
    .selectFrom('port_addresses')
    .select('port_id')
    .where('subnet_id', '=', subnet.id)
    .where('port_id', 'not in', (query) =>
      query.selectFrom('ports').select('id').where('device_owner', '=', OWNER.metadata),
    )
    .executeTakeFirst();
  if (subnet.segment_id !== null && used) {
    throw conflict(`The segment of subnet ${subnet.id} cannot change while ports have addresses of it.`, 'SubnetInUse');
  }
  return segmentFor(db, subnet.network_id, id);
}

export const segmentNotFound = (id: string) => notFound(`Segment ${id} could not be found.`, 'SegmentNotFound');
