import type { HostId } from '../../core/ids.ts';
import type { HostCapacity } from '../../host/document.ts';
import { hostRooms, traitsOfHosts, type HostInventory } from '../../placement/index.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { DEFAULT_ZONE } from '../catalogue/aggregates.ts';
import { DOWN_AFTER, serverCounts } from '../hosts.ts';
import type { HostRow } from '../model.ts';

/** A host that was not heard of for so long, or is forced down, gets no new servers. */
export const upUntil = (host: Pick<HostRow, 'last_seen' | 'forced_down'>): number =>
  host.forced_down === 1 || host.last_seen === null ? 0 : host.last_seen + DOWN_AFTER;

const NO_TRAITS: ReadonlySet<string> = new Set();
const NONE = { vcpus: 0, memoryMib: 0, diskGib: 0 };

/** All that a scheduler must know of hosts: of all, or of those given. */
export async function readInventory(db: Reader, ids?: readonly HostId[]): Promise<HostInventory[]> {
  const rows = await db
    .selectFrom('hosts')
    .selectAll()
    .$if(ids !== undefined, (query) => query.where('id', 'in', ids ?? []))
    .orderBy('number')
    .execute();
  const rooms = await hostRooms(db, ids);
  const traits = await traitsOfHosts(db, ids);
  const counts = await serverCounts(db, ids);
  const aggregates = await aggregatesOf(db, ids === undefined ? undefined : rows.map((row) => row.name));
  return rows.map((row) => {
    const room = rooms.get(row.id);
    const inside = aggregates.get(row.name) ?? [];
    return {
      id: row.id,
      name: row.name,
      zone: inside.findLast((one) => one.availability_zone)?.availability_zone ?? DEFAULT_ZONE,
      enabled: row.enabled === 1,
      disabledReason: row.disabled_reason,
      upUntil: upUntil(row),
      free: room?.free ?? NONE,
      largest: room?.largest ?? NONE,
      others: room?.others ?? new Map<string, number>(),
      traits: traits.get(row.id) ?? NO_TRAITS,
      capabilities: row.capacity === null ? {} : capabilitiesOf(fromJson<HostCapacity>(row.capacity)),
      aggregates: inside,
      servers: counts.get(row.id) ?? 0,
    };
  });
}

/** The metadata of each host's aggregates, oldest first. */
async function aggregatesOf(db: Reader, names?: readonly string[]): Promise<Map<string, Record<string, string>[]>> {
  const rows = await db
    .selectFrom('aggregate_hosts')
    .innerJoin('aggregates', 'aggregates.id', 'aggregate_id')
    .select(['host', 'metadata'])
    .$if(names !== undefined, (query) => query.where('host', 'in', names ?? []))
    .orderBy('aggregates.id')
    .execute();
  const found = new Map<string, Record<string, string>[]>();
  for (const { host, metadata } of rows) {
    found.set(host, [...(found.get(host) ?? []), fromJson<Record<string, string>>(metadata)]);
  }
  return found;
}

/** By the names that Nova's hosts give them, so that flavors made for it mean the same. */
function capabilitiesOf(capacity: HostCapacity): Record<string, string> {
  return {
    hypervisor_type: capacity.hypervisor,
    hypervisor_version: String(capacity.hypervisorVersion),
    'cpu_info:arch': capacity.arch,
    'cpu_info:model': capacity.cpuModel,
    accel: capacity.accel,
  };
}
