import { badRequest, conflict, notFound } from '../core/errors.ts';
import { newUuid, type NetworkId, type ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import { subnetsOf } from './allocation.ts';
import { newStandard } from './resource/change.ts';
import { invalidInput } from './errors.ts';
import { parseSegment, type GivenSegment } from './provider.ts';
import { OWNER, type NetworkSegmentsTable, type NetworksTable, type NetworkType, type SubnetsTable } from './tables.ts';

/** Records the wire of a network. */
export async function insertSegment(
  tx: Tx,
  context: Context,
  input: Pick<NetworkSegmentsTable, 'name' | 'network_type' | 'physical_network' | 'segmentation_id'> & {
    network_id: NetworkId;
    project_id: ProjectId;
    description?: string;
    /** The order of a network's segments: later ones are later, also within one request. */
    created_at?: number;
  },
): Promise<string> {
  const { project_id, network_id, name, network_type, physical_network, segmentation_id } = input;
  const id = newUuid();
  await tx.db
    .insertInto('network_segments')
    .values({
      id,
      ...newStandard(context, input),
      created_at: input.created_at ?? context.now,
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

/**
 * The segment a subnet is said to be on, if it is one of its network's; either all subnets of a network are on segments
 * or none. Throws ApiError 400 or 404.
 */
export async function segmentFor(
  db: Reader,
  networkId: NetworkId,
  id: string | null,
  subnetId: string | null = null,
): Promise<string | null> {
  const others = (await subnetsOf(db, networkId)).filter((one) => one.id !== subnetId);
  if (others.some((one) => (one.segment_id === null) !== (id === null))) {
    throw badRequest(
      `All of the subnets on network '${networkId}' must either all be associated with segments or all not associated with any segment.`,
      'SubnetsNotAllAssociatedWithSegments',
    );
  }
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
  return segmentFor(db, subnet.network_id, id, subnet.id);
}

export const segmentNotFound = (id: string) => notFound(`Segment ${id} could not be found.`, 'SegmentNotFound');

/** Throws ApiError 400: a switch of OVN is joined between hosts by wires or by tunnels, and not by both. */
export function checkKinds(types: readonly NetworkType[]): void {
  if (types.length > 1 && types.includes('geneve')) {
    throw invalidInput(
      'a network of several segments has flat and vlan ones only: geneve reaches every host by itself',
    );
  }
}

/** Further wires of a network. Throws ApiError 400, and 409 for a wire that is another network's. */
export async function addSegment(
  tx: Tx,
  context: Context,
  network: Pick<NetworksTable, 'id' | 'project_id'>,
  given: GivenSegment & { name: string | null; description?: string },
): Promise<string> {
  const segment = await parseSegment(tx.db, given);
  const { name, description } = given;
  const before = await segmentsOf(tx.db, [network.id]);
  checkKinds([...before.map((one) => one.network_type), segment.network_type]);
  const id = await insertSegment(tx, context, {
    ...{ network_id: network.id, project_id: network.project_id, name, ...segment },
    ...(description !== undefined && { description }),
    created_at: Math.max(context.now, (before.at(-1)?.created_at ?? 0) + 1),
  });
  tx.raise('ovn');
  return id;
}

/** The segments of networks, in the order in which they came. */
export async function segmentsOf(db: Reader, networkIds: readonly NetworkId[]): Promise<NetworkSegmentsTable[]> {
  if (networkIds.length === 0) return [];
  return db
    .selectFrom('network_segments')
    .selectAll()
    .where('network_id', 'in', [...networkIds])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/**
 * Takes a wire away from its network. Throws ApiError 409 while subnets are on it, and for the last one, which goes with
 * the network.
 */
export async function removeSegment(tx: Tx, row: NetworkSegmentsTable): Promise<void> {
  const subnet = await tx.db.selectFrom('subnets').select('id').where('segment_id', '=', row.id).executeTakeFirst();
  if (subnet) {
    throw conflict(
      `Segment '${row.id}' cannot be deleted: The segment is still associated with subnet(s) '${subnet.id}'.`,
      'SegmentInUse',
    );
  }
  const [next] = (await segmentsOf(tx.db, [row.network_id])).filter((one) => one.id !== row.id);
  if (!next) {
    throw conflict(
      `Segment '${row.id}' cannot be deleted: it is the only one of network ${row.network_id}, and goes with it.`,
      'SegmentInUse',
    );
  }
  await tx.db.deleteFrom('network_segments').where('id', '=', row.id).execute();
  // The network's own row says what its first one is.
  const { network_type, physical_network, segmentation_id } = next;
  const network = await tx.db.selectFrom('networks').selectAll().where('id', '=', row.network_id).executeTakeFirst();
  const wasFirst =
    network?.network_type === row.network_type &&
    network.physical_network === row.physical_network &&
    network.segmentation_id === row.segmentation_id;
  if (wasFirst) {
    await tx.db
      .updateTable('networks')
      .set({ network_type, physical_network, segmentation_id })
      .where('id', '=', row.network_id)
      .execute();
  }
  tx.raise('ovn');
}
