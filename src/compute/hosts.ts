import { createHash } from 'node:crypto';
import { OperatorError, unauthorized } from '../core/errors.ts';
import { newUuid, type HostId, type ServerId } from '../core/ids.ts';
import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import {
  changeHostTraits,
  DISABLED,
  ensureHostProvider,
  mendAccounts,
  mendSums,
  touchProviders,
} from '../placement/index.ts';
import { bit } from '../store/json.ts';
import type { Reader, Store, Tx } from '../store/store.ts';
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
  const known = new Map<string, HostId>();
  tokens.set(store, known);
  await readTokens(store, known);
  return {
    verifyHost(token) {
      const host = token === '' ? undefined : known.get(hashOf(token));
      if (host === undefined) throw unauthorized('This host is not enrolled, or its token was replaced.');
      return host;
    },
  };
}

async function readTokens(store: Store, known: Map<string, HostId>): Promise<void> {
  const rows = await store.read.selectFrom('hosts').select(['id', 'token_hash']).execute();
  known.clear();
  for (const row of rows) if (row.token_hash !== null) known.set(row.token_hash, row.id);
}

/** The signal that a host has a new token, or none any more. */
export const HOST_TOKENS = 'host-tokens';

/** Keeps the tokens that other controllers gave to hosts in this one's memory. */
export function createHostTokenReconciler(app: App): Reconciler {
  return {
    name: 'host-tokens',
    signal: HOST_TOKENS,
    every: 60_000,
    everywhere: true,
    async run() {
      const known = tokens.get(app.store);
      if (known) await readTokens(app.store, known);
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
    tx.raise(HOST_TOKENS);
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
    await insertHost(tx, { id: host.id, name: host.name, tokenHash: hash }, now);
  });
  const known = tokens.get(app.store);
  if (!known) return;
  for (const [other, id] of known) if (id === host.id) known.delete(other);
  known.set(hash, host.id);
}

/** Makes the row of a machine that becomes a host; what it has comes with its first report. */
export async function insertHost(
  tx: Tx,
  host: { id: HostId; name: string; tokenHash: string | null },
  now: number,
): Promise<void> {
  const uuid = newUuid();
  await tx.db
    .insertInto('hosts')
    .values({
      id: host.id,
      uuid,
      name: host.name,
      token_hash: host.tokenHash,
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
}

/**
 * From the commit on nobody speaks for a host: its bearer token counts no more, and it is down, so that no server is
 * placed there, until somebody who may is heard of.
 */
export async function silenceHost(app: App, tx: Tx, hostId: HostId): Promise<void> {
  await tx.db.updateTable('hosts').set({ token_hash: null, last_seen: null }).where('id', '=', hostId).execute();
  tx.afterCommit(() => {
    const known = tokens.get(app.store);
    for (const [hash, id] of known ?? []) if (id === hostId) known?.delete(hash);
  });
  tx.raise(HOST_TOKENS);
}

/** How many servers each host has: all hosts, or those given. */
export async function serverCounts(db: Reader, ids?: readonly HostId[]): Promise<Map<HostId, number>> {
  const rows = await db
    .selectFrom('servers')
    .select((select) => ['host_id', select.fn.countAll<number>().as('count')])
    .where('deleted', '=', 0)
    .where('host_id', 'is not', null)
    .$if(ids !== undefined, (query) => query.where('host_id', 'in', ids ?? []))
    .groupBy('host_id')
    .execute();
  return new Map(rows.flatMap((row) => (row.host_id === null ? [] : [[row.host_id, row.count] as const])));
}

/** What an administrator says of a host. */
export interface HostStatus {
  enabled?: boolean;
  /** Why it is disabled. */
  reason?: string | null;
  forcedDown?: boolean;
}

/** Lets a host have new servers or not, and tells schedulers. Answers the columns as they are now. */
export async function setHostStatus(tx: Tx, hostId: HostId, status: HostStatus, now: number) {
  const set = {
    ...(status.enabled !== undefined && { enabled: bit(status.enabled) }),
    ...(status.reason !== undefined && { disabled_reason: status.reason }),
    ...(status.enabled === true && { disabled_reason: null }),
    ...(status.forcedDown !== undefined && { forced_down: bit(status.forcedDown) }),
    updated_at: now,
  };
  await tx.db.updateTable('hosts').set(set).where('id', '=', hostId).execute();
  if (status.enabled !== undefined) {
    const [add, remove] = status.enabled ? [[], [DISABLED]] : [[DISABLED], []];
    await changeHostTraits(tx, hostId, { add, remove }, now);
  }
  await touchProviders(tx, 'host_id', [hostId], now);
  return set;
}

/**
 * Says that a host's document changes in this transaction: its generation grows, and the agent's long poll wakes.
 * Answers the generation at which the change can first be seen.
 */
export async function touchHost(tx: Tx, hostId: HostId): Promise<number> {
  const row = await tx.db
    .updateTable('hosts')
    .set((set) => ({ generation: set('generation', '+', 1), document_hash: null }))
    .where('id', '=', hostId)
    .returning('generation')
    .executeTakeFirstOrThrow();
  tx.raise(`host:${hostId}`);
  return row.generation;
}

/** Hosts that are counted in one transaction: everybody else waits for as long as it takes. */
const PIECE = 50;

/** Compares what all hosts have promised with the servers there are, in pieces. Answers in words what was mended. */
export async function recountAllHosts(store: Store, now: number): Promise<string[]> {
  const rows = await store.read.selectFrom('hosts').select('id').orderBy('number').execute();
  const mended: string[] = [];
  for (let from = 0; from < rows.length; from += PIECE) {
    const ids = rows.slice(from, from + PIECE).map((row) => row.id);
    mended.push(...(await store.transaction((tx) => recountHosts(tx, ids, now))));
  }
  const others = await store.transaction((tx) => mendSums(tx, null, now));
  return [...mended, ...others.map((name) => `sums of ${name}`)];
}

/** The same for the hosts given, in a transaction. */
export async function recountHosts(tx: Tx, ids: readonly HostId[], now: number): Promise<string[]> {
  if (ids.length === 0) return [];
  const hosts = await tx.db.selectFrom('hosts').select(['id', 'volume_gib']).where('id', 'in', ids).execute();
  const rows = await tx.db
    .selectFrom('servers')
    .select(['id', 'host_id', 'project_id', 'user_id', 'vcpus', 'memory_mib', 'disk_gib'])
    .where('deleted', '=', 0)
    .where('host_id', 'in', ids)
    .execute();
  const servers = rows.flatMap((row) =>
    row.host_id === null
      ? []
      : [
          {
            ...{ serverId: row.id, hostId: row.host_id, projectId: row.project_id, userId: row.user_id },
            amount: { vcpus: row.vcpus, memoryMib: row.memory_mib, diskGib: row.disk_gib },
          },
        ],
  );
  const due = { hosts: new Map(hosts.map((host) => [host.id, host.volume_gib])), servers };
  return mendAccounts(tx, { ...due, known: (strangers) => serversAmong(tx.db, strangers) }, now);
}

async function serversAmong(db: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('servers')
    .select('id')
    .where('id', 'in', ids as readonly ServerId[])
    .where('deleted', '=', 0)
    .where('host_id', 'is not', null)
    .execute();
  return new Set(rows.map((row) => row.id));
}
