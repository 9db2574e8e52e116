import { createHash } from 'node:crypto';
import { OperatorError, unauthorized } from '../core/errors.ts';
import { newUuid, type HostId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { ensureHostProvider, hostRooms, mendAccounts, type HostInventory } from '../placement/index.ts';
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
      .select(['uuid', 'name', 'token_hash'])
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
      await ensureHostProvider(tx, { id: host.id, uuid: known.uuid, name: host.name }, now);
      return;
    }
    const uuid = newUuid();
    await tx.db
      .insertInto('hosts')
      .values({
        id: host.id,
        uuid,
        name: host.name,
        token_hash: hash,
        enabled: 1,
        forced_down: 0,
        generation: 1,
        reported_generation: 0,
        ...{ vcpus: 0, memory_mib: 0, disk_gib: 0 },
        created_at: now,
        updated_at: now,
      })
      .execute();
    await ensureHostProvider(tx, { id: host.id, uuid, name: host.name }, now);
  });
  const known = tokens.get(app.store);
  if (!known) return;
  for (const [other, id] of known) if (id === host.id) known.delete(other);
  known.set(hash, host.id);
}

/** How many servers each host has. */
export async function serverCounts(db: Reader): Promise<Map<HostId, number>> {
  const rows = await db
    .selectFrom('servers')
    .select((select) => ['host_id', select.fn.countAll<number>().as('count')])
    .where('deleted', '=', 0)
    .where('host_id', 'is not', null)
    .groupBy('host_id')
    .execute();
  return new Map(rows.flatMap((row) => (row.host_id === null ? [] : [[row.host_id, row.count] as const])));
}

/** What the scheduler chooses from. */
export async function readInventory(db: Reader, now: number): Promise<HostInventory[]> {
  const zones = await hostZones(db);
  const rooms = await hostRooms(db);
  const counts = await serverCounts(db);
  const rows = await db.selectFrom('hosts').selectAll().orderBy('number').execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    zone: zones.get(row.name) ?? DEFAULT_ZONE,
    enabled: row.enabled === 1,
    disabledReason: row.disabled_reason,
    up: isUp(row, now),
    free: rooms.get(row.id)?.free ?? { vcpus: 0, memoryMib: 0, diskGib: 0 },
    traits: rooms.get(row.id)?.traits ?? new Set(),
    servers: counts.get(row.id) ?? 0,
  }));
}

/**
 * Says that a host's document changes in this transaction: its generation grows, and the agent's long poll wakes.
 * Answers the generation at which the change can first be seen.
 */
export async function touchHost(_app: App, tx: Tx, hostId: HostId): Promise<number> {
  const row = await tx.db
    .updateTable('hosts')
    .set((set) => ({ generation: set('generation', '+', 1), document_hash: null }))
    .where('id', '=', hostId)
    .returning('generation')
    .executeTakeFirstOrThrow();
  tx.raise(`host:${hostId}`);
  return row.generation;
}

/** Compares what hosts have promised with the servers there are, and mends what differs. Answers what was mended. */
export async function recountHosts(tx: Tx, now: number): Promise<string[]> {
  const hosts = await tx.db.selectFrom('hosts').select(['id', 'volume_gib']).execute();
  const volumes = new Map(hosts.map((host) => [host.id, host.volume_gib]));
  const rows = await tx.db
    .selectFrom('servers')
    .select(['id', 'host_id', 'project_id', 'user_id', 'vcpus', 'memory_mib', 'disk_gib'])
    .where('deleted', '=', 0)
    .where('host_id', 'is not', null)
    .execute();
  const entitled = rows.flatMap((row) =>
    row.host_id === null
      ? []
      : [
          {
            ...{ serverId: row.id, hostId: row.host_id, projectId: row.project_id, userId: row.user_id },
            amount: { vcpus: row.vcpus, memoryMib: row.memory_mib, diskGib: row.disk_gib },
          },
        ],
  );
  return mendAccounts(tx, entitled, volumes, now);
}
