import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { OperatorError, unauthorized } from '../core/errors.ts';
import { newUuid, type HostId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { RATIOS, type HostInventory, type Ratios } from '../placement/index.ts';
import type { Reader, Store, Tx } from '../store/store.ts';
import { DEFAULT_ZONE, hostZones } from './catalogue/aggregates.ts';
import type { HostRow } from './model.ts';

/** A host that was not heard of for this long is shown as down and gets no new servers. */
export const DOWN_AFTER = 60_000;

export const isUp = (host: Pick<HostRow, 'last_seen' | 'forced_down'>, now: number): boolean =>
  host.forced_down === 0 && host.last_seen !== null && now - host.last_seen <= DOWN_AFTER;

/** The token hashes of each open store, so that a request of an agent needs no database read. */
const tokens = new WeakMap<Store, Map<string, HostId>>();

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Checks the bearer tokens of agents in process. */
export async function createHostTokens({ store }: { store: Store }): Promise<{
  verifyHost: (token: string) => HostId;
}> {
  const rows = await store.read.selectFrom('hosts').select(['id', 'token_hash']).execute();
  const known = new Map<string, HostId>();
  for (const row of rows) if (row.token_hash !== null) known.set(row.token_hash, row.id);
  tokens.set(store, known);
  return {
    verifyHost(token) {
      const host = token === '' ? undefined : known.get(hashOf(token));
      if (host === undefined) throw unauthorized('This host is not enrolled, or its token was replaced.');
      return host;
    },
  };
}

/** Enrols a host, or gives it this name and token; harmless when nothing is new. Throws OperatorError for a namesake. */
export async function ensureLocalHost(app: App, host: { id: HostId; name: string; token: string }): Promise<void> {
  const hash = hashOf(host.token);
  const now = app.clock.now();
  await app.store.transaction(async (tx) => {
    const known = await tx.db
      .selectFrom('hosts')
      .select(['name', 'token_hash'])
      .where('id', '=', host.id)
      .executeTakeFirst();
    if (known?.name === host.name && known.token_hash === hash) return;
    const namesake = await tx.db
      .selectFrom('hosts')
      .select(['id', 'uuid'])
      .where('name', '=', host.name)
      .where('id', '<>', host.id)
      .executeTakeFirst();
    if (namesake) {
      throw new OperatorError(
        `The name ${host.name} belongs to host ${namesake.id} already.`,
        `Start this one with another --host-name, or delete the other: openstack compute service delete ${namesake.uuid}`,
      );
    }
    if (known) {
      const change = { name: host.name, token_hash: hash, updated_at: now };
      await tx.db.updateTable('hosts').set(change).where('id', '=', host.id).execute();
      return;
    }
    const numbers = {
      vcpus: 0,
      memory_mib: 0,
      disk_gib: 0,
      vcpus_used: 0,
      memory_used_mib: 0,
      disk_used_gib: 0,
      servers: 0,
    };
    await tx.db
      .insertInto('hosts')
      .values({
        id: host.id,
        uuid: newUuid(),
        name: host.name,
        token_hash: hash,
        enabled: 1,
        forced_down: 0,
        generation: 1,
        reported_generation: 0,
        ...numbers,
        created_at: now,
        updated_at: now,
      })
      .execute();
  });
  const known = tokens.get(app.store);
  if (!known) return;
  for (const [other, id] of known) if (id === host.id) known.delete(other);
  known.set(hash, host.id);
}

/** What the scheduler chooses from. */
export async function readInventory(db: Reader, now: number): Promise<HostInventory[]> {
  const zones = await hostZones(db);
  const rows = await db.selectFrom('hosts').selectAll().orderBy('number').execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    zone: zones.get(row.name) ?? DEFAULT_ZONE,
    enabled: row.enabled === 1,
    disabledReason: row.disabled_reason,
    up: isUp(row, now),
    vcpus: row.vcpus,
    memoryMib: row.memory_mib,
    diskGib: row.disk_gib,
    vcpusUsed: row.vcpus_used,
    memoryUsedMib: row.memory_used_mib,
    diskUsedGib: row.disk_used_gib,
    servers: row.servers,
  }));
}

export interface Amount {
  vcpus: number;
  memoryMib: number;
  diskGib: number;
  servers: number;
}

/**
 * Promises capacity of a host to a server, or answers false when another request was faster: the condition is part
 * of the update, so that two can never both have the last of it.
 */
export async function claim(tx: Tx, hostId: HostId, more: Amount, ratios: Ratios = RATIOS): Promise<boolean> {
  const result = await sql`update hosts
    set vcpus_used = vcpus_used + ${more.vcpus}, memory_used_mib = memory_used_mib + ${more.memoryMib},
      disk_used_gib = disk_used_gib + ${more.diskGib}, servers = servers + ${more.servers}
    where id = ${hostId} and vcpus_used + ${more.vcpus} <= vcpus * ${ratios.cpu}
      and disk_used_gib + ${more.diskGib} <= disk_gib * ${ratios.disk}
      and memory_used_mib + ${more.memoryMib} + (servers + ${more.servers}) * ${ratios.overheadMib}
        <= memory_mib * ${ratios.memory} - ${ratios.reservedMemoryMib}`.execute(tx.db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Gives capacity back. */
export async function release(tx: Tx, hostId: HostId, less: Amount): Promise<void> {
  await sql`update hosts
    set vcpus_used = vcpus_used - ${less.vcpus}, memory_used_mib = memory_used_mib - ${less.memoryMib},
      disk_used_gib = disk_used_gib - ${less.diskGib}, servers = servers - ${less.servers}
    where id = ${hostId}`.execute(tx.db);
}

/**
 * Says that a host's document changes in this transaction: its generation grows, and the agent's long poll wakes.
 * Answers the generation at which the change can first be seen.
 */
export async function touchHost(app: App, tx: Tx, hostId: HostId): Promise<number> {
  const row = await tx.db
    .updateTable('hosts')
    .set((set) => ({ generation: set('generation', '+', 1), document_hash: null }))
    .where('id', '=', hostId)
    .returning('generation')
    .executeTakeFirstOrThrow();
  tx.afterCommit(() => app.signals.raise(`host:${hostId}`));
  return row.generation;
}

/** Counts what each host has promised anew from its servers, and mends what differs. Answers the hosts mended. */
export async function recountHosts(tx: Tx): Promise<string[]> {
  const result = await sql<{ name: string }>`update hosts
    set vcpus_used = t.vcpus, memory_used_mib = t.memory_mib, disk_used_gib = t.disk_gib, servers = t.servers
    from (select h.id as id, coalesce(sum(s.vcpus), 0) as vcpus, coalesce(sum(s.memory_mib), 0) as memory_mib,
        coalesce(sum(s.disk_gib), 0) as disk_gib, count(s.id) as servers
      from hosts h left join servers s on s.host_id = h.id and s.deleted = 0 group by h.id) as t
    where t.id = hosts.id and (hosts.vcpus_used <> t.vcpus or hosts.memory_used_mib <> t.memory_mib
      or hosts.disk_used_gib <> t.disk_gib or hosts.servers <> t.servers)
    returning hosts.name`.execute(tx.db);
  return result.rows.map((row) => row.name);
}
