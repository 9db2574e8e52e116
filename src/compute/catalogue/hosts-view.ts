import type { Selectable } from 'kysely';
import type { HostCapacity } from '../../host/document.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import type { HostTable } from '../tables.ts';

/** A host that was not heard of for so many milliseconds is down. */
export const SERVICE_DOWN_AFTER = 60_000;

export type HostRow = Selectable<HostTable>;

export const readHosts = (db: Reader): Promise<HostRow[]> =>
  db.selectFrom('hosts').selectAll().orderBy('name').execute();

/** Whether the host's agent was heard of lately and nobody declared it down. */
export function isUp(host: HostRow, now: number): boolean {
  return host.forced_down === 0 && host.last_seen !== null && now - host.last_seen < SERVICE_DOWN_AFTER;
}

export function capacityOf(host: HostRow): HostCapacity | null {
  return host.capacity === null ? null : fromJson<HostCapacity>(host.capacity);
}
