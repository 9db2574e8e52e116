import { badRequest, conflict } from '../core/errors.ts';
import type { Reader } from '../store/store.ts';
import type { PortForwardingsTable } from './tables.ts';

/** The forwarded ports of each floating address, in the order of their numbers. */
export async function forwardingsOf(
  db: Reader,
  floatingIds: readonly string[],
): Promise<Map<string, PortForwardingsTable[]>> {
  if (floatingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('port_forwardings')
    .selectAll()
    .where('floating_ip_id', 'in', [...floatingIds])
    .orderBy('protocol')
    .orderBy('external_first')
    .execute();
  return Map.groupBy(rows, (row) => row.floating_ip_id);
}

/** A floating address leads as a whole, or port by port. Throws ApiError 409. */
export async function checkNotForwarding(db: Reader, floatingId: string): Promise<void> {
  const [one] = (await forwardingsOf(db, [floatingId])).get(floatingId) ?? [];
  if (one) {
    throw conflict(
      `Floating IP ${floatingId} already in use by port forwarding resource ${one.id}; delete it first.`,
      'FloatingIPPortForwardingInUse',
    );
  }
}

/** OVN keeps each port of a range by itself. */
const MOST_PORTS = 1024;

export interface Range {
  first: number;
  last: number;
}

/** `80` or `80:90`, the way Neutron writes ranges of ports. Throws ApiError 400. */
export function parseRange(attribute: string, port: number | undefined, range: string | undefined): Range {
  if (port !== undefined && range !== undefined) {
    throw badRequest(`Invalid input for ${attribute}. Reason: give either a port or a range of ports.`, 'InvalidInput');
  }
  const [first = '', last = first, more] = (range ?? String(port ?? '')).split(':');
  const numbers = { first: Number(first), last: Number(last) };
  const fine = /^\d+$/.test(first) && /^\d+$/.test(last) && more === undefined;
  if (!fine || numbers.first < 1 || numbers.last > 65535 || numbers.first > numbers.last) {
    throw badRequest(
      `Invalid input for ${attribute}. Reason: '${range ?? port ?? ''}' is no port and no range of ports from 1 to 65535.`,
      'InvalidInput',
    );
  }
  return numbers;
}

/** Ranges of the same size lead one to one; a range outside may also lead to one port alone. Throws ApiError 400. */
export function checkRanges(external: Range, internal: Range): void {
  const outside = external.last - external.first;
  const inside = internal.last - internal.first;
  if (outside >= MOST_PORTS) {
    throw badRequest(
      `Invalid input for external_port_range. Reason: one port forwarding leads at most ${MOST_PORTS} ports on.`,
      'InvalidInput',
    );
  }
  if (inside !== 0 && inside !== outside) {
    throw badRequest(
      'Invalid input for internal_port_range. Reason: it must be one port, or as many ports as external_port_range.',
      'InvalidInput',
    );
  }
}

const text = ({ first, last }: Range) => `${first}:${last}`;

const ranges = (row: PortForwardingsTable) => {
  const external = { first: row.external_first, last: row.external_last };
  const internal = { first: row.internal_first, last: row.internal_last };
  return {
    external_port_range: text(external),
    internal_port_range: text(internal),
    // The single number is there as long as there is one alone, for clients that know no ranges.
    ...(external.first === external.last && { external_port: external.first }),
    ...(internal.first === internal.last && { internal_port: internal.first }),
  };
};

/** As it is shown by itself. */
export const view = (row: PortForwardingsTable) => ({
  id: row.id,
  protocol: row.protocol,
  internal_port_id: row.internal_port_id,
  internal_ip_address: row.internal_ip_address,
  description: row.description,
  ...ranges(row),
});

/** As it is shown in its floating address: a single port by its number, a range as one. */
export function summary(row: PortForwardingsTable) {
  const { external_port, internal_port, ...both } = ranges(row);
  const numbers = external_port !== undefined && internal_port !== undefined ? { external_port, internal_port } : both;
  const { id, protocol, internal_ip_address, internal_port_id } = row;
  return { id, protocol, internal_ip_address, internal_port_id, ...numbers };
}
