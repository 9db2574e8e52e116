import type { Selectable } from 'kysely';
import type { HostCapacity } from '../../host/document.ts';
import { hostRooms } from '../../placement/index.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { serverCounts } from '../hosts.ts';
import type { HostTable } from '../tables.ts';

/** A host that was not heard of for so many milliseconds is down. */
export const SERVICE_DOWN_AFTER = 60_000;

/** A host with what its servers were promised. */
export type HostRow = Selectable<HostTable> & {
  vcpus_used: number;
  memory_used_mib: number;
  disk_used_gib: number;
  servers: number;
};

export async function readHosts(db: Reader): Promise<HostRow[]> {
  const hosts = await db.selectFrom('hosts').selectAll().orderBy('name').execute();
  const rooms = await hostRooms(db);
  const counts = await serverCounts(db);
  return hosts.map((host) => {
    const { vcpus, memoryMib, diskGib } = rooms.get(host.id)?.used ?? { vcpus: 0, memoryMib: 0, diskGib: 0 };
    const used = { vcpus_used: vcpus, memory_used_mib: memoryMib, disk_used_gib: diskGib };
    return { ...host, ...used, servers: counts.get(host.id) ?? 0 };
  });
}

/** Whether the host's agent was heard of lately and nobody declared it down. */
export function isUp(host: HostRow, now: number): boolean {
  return host.forced_down === 0 && host.last_seen !== null && now - host.last_seen < SERVICE_DOWN_AFTER;
}

export function capacityOf(host: HostRow): HostCapacity | null {
  return host.capacity === null ? null : fromJson<HostCapacity>(host.capacity);
}
