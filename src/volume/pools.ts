import { sql } from 'kysely';
import type { HostId } from '../core/ids.ts';
import { claimDisk, hostRooms, RATIOS, releaseDisk } from '../placement/index.ts';
import { fromJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { Pool } from './schedule.ts';

/** The one backend of each host: files in its own directory. */
export const BACKEND = 'local';
export const BINARY = 'cinder-volume';
/** The zone of hosts that no aggregate puts into another; also Nova's. */
export const DEFAULT_ZONE = 'nova';
/** A host that was not heard of for so many milliseconds is down, as in compute. */
const DOWN_AFTER = 60_000;

/** `alpha@local`: how Cinder names the service of a host. */
export const serviceHost = (name: string) => `${name}@${BACKEND}`;
/** `alpha@local#local`: how Cinder names the place of a volume. */
export const poolName = (name: string) => `${serviceHost(name)}#${BACKEND}`;
/** The host of `alpha`, `alpha@local` or `alpha@local#local`. */
export const hostOfPool = (text: string) => text.split('@')[0] ?? text;

/** What the scheduler chooses from, and what administrators see as pools. */
export async function readPools(db: Reader, now: number): Promise<Pool[]> {
  const hosts = await db.selectFrom('hosts').selectAll().orderBy('number').execute();
  const zones = await zonesOf(db);
  const rooms = await hostRooms(db);
  const services = await db.selectFrom('volume_services').selectAll().where('binary', '=', BINARY).execute();
  return hosts.map((host) => {
    const service = services.find((one) => one.host === serviceHost(host.name));
    const total = Math.floor(host.disk_gib * RATIOS.disk);
    return {
      id: host.id,
      name: host.name,
      zone: zones.get(host.name) ?? DEFAULT_ZONE,
      enabled: service?.disabled !== 1,
      disabledReason: service?.disabled_reason ?? null,
      frozen: service?.frozen === 1,
      up: host.forced_down === 0 && host.last_seen !== null && now - host.last_seen <= DOWN_AFTER,
      seenAt: host.last_seen,
      changedAt: Math.max(service?.updated_at ?? 0, host.created_at),
      uuid: host.uuid,
      totalGib: total,
      freeGib: Math.max(0, rooms.get(host.id)?.free.diskGib ?? 0),
      allocatedGib: host.volume_gib,
    };
  });
}

/** The availability zone of each host that an aggregate names, by the host's name. */
async function zonesOf(db: Reader): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('aggregate_hosts')
    .innerJoin('aggregates', 'aggregates.id', 'aggregate_hosts.aggregate_id')
    .select(['aggregate_hosts.host', 'aggregates.metadata'])
    .orderBy('aggregates.id')
    .execute();
  const zones = new Map<string, string>();
  for (const row of rows) {
    const zone = fromJson<Record<string, string>>(row.metadata).availability_zone;
    if (zone) zones.set(row.host, zone);
  }
  return zones;
}

/**
 * Promises room of a host to a volume, or answers false when another request was faster: the condition is part of the
 * update, so that two can never both have the last of it.
 */
export async function claimRoom(tx: Tx, hostId: HostId, gib: number): Promise<boolean> {
  if (!(await claimDisk(tx, hostId, gib))) return false;
  await sql`update hosts set volume_gib = volume_gib + ${gib} where id = ${hostId}`.execute(tx.db);
  return true;
}

/** Gives room back. */
export async function releaseRoom(tx: Tx, hostId: HostId | null, gib: number): Promise<void> {
  if (hostId === null) return;
  await releaseDisk(tx, hostId, gib);
  await sql`update hosts set volume_gib = case when volume_gib > ${gib} then volume_gib - ${gib} else 0 end where id = ${hostId}`.execute(
    tx.db,
  );
}

/** Counts what each host has promised anew from its volumes, and mends what differs. Answers the hosts mended. */
export async function recountRoom(tx: Tx): Promise<string[]> {
  const result = await sql<{ name: string }>`update hosts set volume_gib = t.gib
    from (select h.id as id, coalesce(sum(v.target_gib), 0) as gib from hosts h
      left join volumes v on v.host_id = h.id group by h.id) as t
    where t.id = hosts.id and hosts.volume_gib <> t.gib returning hosts.name`.execute(tx.db);
  return result.rows.map((row) => row.name);
}

/**
 * Says that a host's document changes in this transaction: its generation grows, and the agent's long poll wakes.
 * Answers the generation at which the change can first be seen.
 */
export async function touchHost(tx: Tx, hostId: HostId | null): Promise<number> {
  if (hostId === null) return 0;
  const row = await tx.db
    .updateTable('hosts')
    .set((set) => ({ generation: set('generation', '+', 1), document_hash: null }))
    .where('id', '=', hostId)
    .returning('generation')
    .executeTakeFirst();
  tx.raise(`host:${hostId}`);
  tx.raise('volumes');
  return row?.generation ?? 0;
}
