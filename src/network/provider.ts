import { sql } from 'kysely';
import { conflict } from '../core/errors.ts';
import type { Reader } from '../store/store.ts';
import { invalidInput } from './errors.ts';
import type { NetworksTable, NetworkType } from './tables.ts';

/** Bytes of a frame on the wire between hosts, and what Geneve with OVN's options and outer headers takes of it. */
const WIRE_MTU = 1500;
const GENEVE_OVERHEAD = 58;
const LARGEST_VNI = 2 ** 24 - 1;
const FIRST_VNI = 1;

export const defaultMtu = (type: NetworkType) => (type === 'geneve' ? WIRE_MTU - GENEVE_OVERHEAD : WIRE_MTU);
export const largestMtu = defaultMtu;

type Segment = Pick<NetworksTable, 'network_type' | 'physical_network' | 'segmentation_id'>;

/** What a client says of a wire. */
export interface GivenSegment {
  type: string | null;
  physicalNetwork: string | null;
  segmentationId: number | null;
}

/** What a network is made of, checked or chosen. Throws ApiError 400, or 409 when the wire is another network's. */
export async function parseSegment(db: Reader, given: GivenSegment): Promise<Segment> {
  const segment = await readSegment(db, given);
  const { rows } = await sql<{
    id: string;
  }>`select id from network_segments where network_type = ${segment.network_type}
    and coalesce(physical_network, '') = ${segment.physical_network ?? ''}
    and coalesce(segmentation_id, 0) = ${segment.segmentation_id ?? 0}`.execute(db);
  if (rows.length > 0) throw segmentInUse(segment);
  return segment;
}

async function readSegment(db: Reader, given: GivenSegment): Promise<Segment> {
  const { physicalNetwork, segmentationId } = given;
  switch (given.type) {
    case null:
      if (physicalNetwork !== null || segmentationId !== null) throw invalidInput('network_type required');
      return { network_type: 'geneve', physical_network: null, segmentation_id: await freeVni(db) };
    case 'geneve':
      if (physicalNetwork !== null) throw invalidInput('provider:physical_network specified for geneve network');
      checkRange(segmentationId, FIRST_VNI, LARGEST_VNI);
      return { network_type: 'geneve', physical_network: null, segmentation_id: segmentationId ?? (await freeVni(db)) };
    case 'flat':
      if (physicalNetwork === null) throw invalidInput('physical_network required for flat provider network');
      if (segmentationId !== null) throw invalidInput('segmentation_id specified for flat provider network');
      return { network_type: 'flat', physical_network: physicalNetwork, segmentation_id: null };
    case 'vlan':
      if (physicalNetwork === null || segmentationId === null) {
        throw invalidInput('physical_network and segmentation_id are required for a VLAN provider network');
      }
      checkRange(segmentationId, 1, 4094);
      return { network_type: 'vlan', physical_network: physicalNetwork, segmentation_id: segmentationId };
    default:
      throw invalidInput(`network_type value '${given.type}' not supported; it can be geneve, flat or vlan`);
  }
}

function checkRange(id: number | null, first: number, last: number): void {
  if (id !== null && (id < first || id > last)) {
    throw invalidInput(`segmentation_id out of range (${first} through ${last})`);
  }
}

/** The number after the highest in use, or the first gap once that is reached. */
async function freeVni(db: Reader): Promise<number> {
  const highest = await sql<{ n: number | null }>`select max(segmentation_id) as n from network_segments
    where network_type = 'geneve'`.execute(db);
  const next = Number(highest.rows[0]?.n ?? 0) + 1;
  if (next <= LARGEST_VNI) return next;
  const gap = await sql<{ n: number }>`select a.segmentation_id + 1 as n from network_segments a
    where a.network_type = 'geneve' and a.segmentation_id < ${LARGEST_VNI} and not exists
    (select 1 from network_segments b where b.network_type = 'geneve' and b.segmentation_id = a.segmentation_id + 1)
    order by n limit 1`.execute(db);
  if (!gap.rows[0])
    throw conflict(
      'Unable to create the network. No tenant network is available for allocation.',
      'NoNetworkAvailable',
    );
  return Number(gap.rows[0].n);
}

function segmentInUse(segment: Segment) {
  if (segment.network_type === 'flat') {
    return conflict(
      `Unable to create the flat network. Physical network ${segment.physical_network} is in use.`,
      'FlatNetworkInUse',
    );
  }
  if (segment.network_type === 'vlan') {
    return conflict(
      `Unable to create the network. The VLAN ${segment.segmentation_id} on physical network ${segment.physical_network} is in use.`,
      'VlanIdInUse',
    );
  }
  return conflict(`Unable to create the network. The tunnel ID ${segment.segmentation_id} is in use.`, 'TunnelIdInUse');
}
