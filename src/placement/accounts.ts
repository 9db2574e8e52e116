import { sql } from 'kysely';
import type { HostId, ServerId } from '../core/ids.ts';
import type { Reader, Tx } from '../store/store.ts';
import { RATIOS, type Amount } from './schedule.ts';
import type { InventoryTable } from './tables.ts';
import { bump, mustTake, roomOf, take, touchProviders } from './use.ts';

/** The largest number that clients of the API are used to. */
export const MOST = 2_147_483_647;

/** Who takes, and where. */
export interface Account {
  hostId: HostId;
  serverId: ServerId;
  projectId: string;
  userId: string;
}

export const CLASSES = [
  ['VCPU', 'vcpus'],
  ['MEMORY_MB', 'memoryMib'],
  ['DISK_GB', 'diskGib'],
] as const;

/** What is free on a host, and what it has. Hosts without a report have none. */
export interface HostRoom {
  total: Amount;
  used: Amount;
  /** For one more server: what its QEMU needs is taken off. */
  free: Amount;
  /** The most that one server may have. */
  largest: Amount;
  /** What is free of other resource classes. */
  others: ReadonlyMap<string, number>;
}

const nothing = (): Amount => ({ vcpus: 0, memoryMib: 0, diskGib: 0 });

/** The accounts of all hosts, or of those given. */
export async function hostRooms(db: Reader, ids?: readonly HostId[]): Promise<Map<HostId, HostRoom>> {
  const rooms = new Map<HostId, HostRoom & { others: Map<string, number> }>();
  const rows = await db
    .selectFrom('resource_providers')
    .leftJoin('inventories', 'provider', 'uuid')
    .select(['host_id', 'resource_class', 'total', 'reserved', 'max_unit', 'allocation_ratio', 'used', 'overhead'])
    .where('host_id', 'is not', null)
    .$if(ids !== undefined, (query) => query.where('host_id', 'in', ids ?? []))
    .execute();
  for (const { host_id, ...row } of rows) {
    if (host_id === null) continue;
    const room = rooms.get(host_id) ?? {
      ...{ total: nothing(), used: nothing(), free: nothing(), largest: nothing() },
      others: new Map<string, number>(),
    };
    rooms.set(host_id, room);
    if (row.resource_class === null) continue;
    const inventory = row as InventoryTable;
    const field = CLASSES.find(([name]) => name === row.resource_class)?.[1];
    if (field === undefined) {
      room.others.set(inventory.resource_class, Math.min(roomOf(inventory), inventory.max_unit));
      continue;
    }
    room.total[field] = inventory.total;
    room.used[field] = inventory.used;
    room.free[field] = roomOf(inventory) - (field === 'memoryMib' ? RATIOS.overheadMib : 0);
    room.largest[field] = inventory.max_unit;
  }
  return rooms;
}

/**
 * Promises more of a host to a server, or answers null when it has not so much left; then nothing is changed. A
 * server's first claim on a host also takes what its QEMU needs. Answers the revision that the host then has.
 */
export async function claim(
  tx: Tx,
  account: Account,
  more: Amount & { others?: Readonly<Record<string, number>> },
  now: number,
): Promise<number | null> {
  const { serverId } = account;
  const rows = await tx.db
    .selectFrom('resource_providers')
    .innerJoin('inventories', 'inventories.provider', 'uuid')
    .leftJoin('allocations', (join) =>
      join
        .onRef('allocations.provider', '=', 'uuid')
        .onRef('allocations.resource_class', '=', 'inventories.resource_class')
        .on('consumer', '=', serverId),
    )
    .select(['uuid', 'inventories.resource_class', 'total', 'reserved', 'allocation_ratio', 'overhead'])
    .select(['inventories.used', 'allocations.used as has'])
    .where('host_id', '=', account.hostId)
    .execute();
  const provider = rows[0]?.uuid;
  if (provider === undefined) return null;
  const first = rows.every((row) => row.has === null);
  const amounts = { ...more.others, ...Object.fromEntries(CLASSES.map(([name, field]) => [name, more[field]])) };
  const takes = Object.entries(amounts)
    .map(([resourceClass, amount]) => {
      const overhead = first && resourceClass === 'MEMORY_MB' ? RATIOS.overheadMib : 0;
      return { provider, resourceClass, amount, overhead };
    })
    .filter((one) => one.amount + one.overhead !== 0);
  for (const one of takes) {
    const row = rows.find((inventory) => inventory.resource_class === one.resourceClass);
    if (!row) return null;
    if (one.amount + one.overhead > 0 && roomOf(row) < one.amount + one.overhead) return null;
  }
  await tx.db
    .insertInto('consumers')
    .values({
      ...{ uuid: serverId, project_id: account.projectId, user_id: account.userId },
      ...{ type: 'INSTANCE', generation: 1, created_at: now, updated_at: now },
    })
    .onConflict((on) =>
      on.column('uuid').doUpdateSet((set) => ({ generation: set('consumers.generation', '+', 1), updated_at: now })),
    )
    .execute();
  for (const one of takes) await mustTake(tx, one);
  const given = takes.filter((one) => one.amount !== 0);
  if (first && given.length > 0) {
    const rows = given.map(({ resourceClass, amount }) => ({ resource_class: resourceClass, used: amount }));
    await tx.db
      .insertInto('allocations')
      .values(rows.map((row) => ({ consumer: serverId, provider, ...row, created_at: now })))
      .execute();
  } else for (const one of given) await add(tx, serverId, provider, one.resourceClass, one.amount, now);
  return (await bump(tx, provider, now)).revision;
}

/** Adds to what a consumer was given of a provider. */
export async function add(
  tx: Tx,
  consumer: string,
  provider: string,
  resourceClass: string,
  amount: number,
  now: number,
) {
  if (amount === 0) return;
  await sql`insert into allocations (consumer, provider, resource_class, used, created_at)
    values (${consumer}, ${provider}, ${resourceClass}, ${amount}, ${now})
    on conflict (consumer, provider, resource_class) do update set used = allocations.used + ${amount}`.execute(tx.db);
}

/** Gives a part of a server's share back. */
export async function release(tx: Tx, account: Pick<Account, 'hostId' | 'serverId'>, less: Amount, now: number) {
  const provider = await providerOf(tx.db, account.hostId);
  if (provider === null) return;
  for (const [resourceClass, field] of CLASSES) {
    if (less[field] === 0) continue;
    await mustTake(tx, { provider, resourceClass, amount: -less[field], overhead: 0 });
    await add(tx, account.serverId, provider, resourceClass, -less[field], now);
  }
  await tx.db.deleteFrom('allocations').where('consumer', '=', account.serverId).where('used', '<=', 0).execute();
  await bump(tx, provider, now);
}

/** Gives all back that a server has, on one host or wherever it is. */
export async function releaseAll(tx: Tx, serverId: ServerId, now: number, hostId?: HostId): Promise<void> {
  const only = hostId === undefined ? null : await providerOf(tx.db, hostId);
  const rows = await tx.db
    .selectFrom('allocations')
    .innerJoin('resource_providers', 'uuid', 'provider')
    .select(['provider', 'resource_class', 'used', 'host_id'])
    .where('consumer', '=', serverId)
    .$if(hostId !== undefined, (query) => query.where('provider', '=', only ?? ''))
    .execute();
  for (const { provider, resource_class: resourceClass, used, host_id } of rows) {
    const overhead = host_id !== null && resourceClass === 'MEMORY_MB' ? -RATIOS.overheadMib : 0;
    await mustTake(tx, { provider, resourceClass, amount: -used, overhead });
  }
  await tx.db
    .deleteFrom('allocations')
    .where('consumer', '=', serverId)
    .$if(hostId !== undefined, (query) => query.where('provider', '=', only ?? ''))
    .execute();
  await sql`delete from consumers where uuid = ${serverId}
    and not exists (select 1 from allocations where consumer = ${serverId})`.execute(tx.db);
  for (const provider of new Set(rows.map((row) => row.provider))) await bump(tx, provider, now);
}

/** The provider that a host is. */
export async function providerOf(db: Reader, hostId: HostId): Promise<string | null> {
  const row = await db.selectFrom('resource_providers').select('uuid').where('host_id', '=', hostId).executeTakeFirst();
  return row?.uuid ?? null;
}

/** Registers a host as a provider, by the id that it has as a hypervisor, and under its name of now. */
export async function ensureHostProvider(
  tx: Tx,
  host: { id: HostId; uuid: string; name: string },
  now: number,
): Promise<void> {
  const { uuid, name } = host;
  await tx.db
    .insertInto('resource_providers')
    .values({
      ...{ uuid, name, generation: 0, parent: null, root: uuid, host_id: host.id },
      ...{ created_at: now, updated_at: now },
    })
    .onConflict((on) =>
      on.column('uuid').doUpdateSet((set) => ({
        ...{ name, host_id: host.id, updated_at: now },
        revision: set('resource_providers.revision', '+', 1),
      })),
    )
    .execute();
}

/**
 * Takes over what a host's agent has counted. What an administrator has set (ratio, reserved) stays; a host that
 * shrank below what it promised is full.
 */
export async function syncHostInventory(
  tx: Tx,
  host: { id: HostId; uuid: string; name: string },
  counted: Amount,
  now: number,
): Promise<void> {
  const rows = await tx.db.selectFrom('inventories').selectAll().where('provider', '=', host.uuid).execute();
  const changed = CLASSES.filter(([name, field]) => {
    const row = rows.find((one) => one.resource_class === name);
    return counted[field] > 0 && row?.total !== counted[field];
  });
  if (changed.length === 0) return;
  await ensureHostProvider(tx, host, now);
  for (const [name, field] of changed) {
    const total = counted[field];
    const max_unit = name === 'VCPU' ? MOST : total;
    const allocation_ratio = { VCPU: RATIOS.cpu, MEMORY_MB: RATIOS.memory, DISK_GB: RATIOS.disk }[name];
    const reserved = name === 'MEMORY_MB' ? Math.min(RATIOS.reservedMemoryMib, total) : 0;
    await tx.db
      .insertInto('inventories')
      .values({
        ...{ provider: host.uuid, resource_class: name, total, reserved, min_unit: 1, max_unit, step_size: 1 },
        ...{ allocation_ratio, used: 0, overhead: 0, created_at: now, updated_at: now },
      })
      .onConflict((on) => on.columns(['provider', 'resource_class']).doUpdateSet({ total, max_unit, updated_at: now }))
      .execute();
  }
  await bump(tx, host.uuid, now);
}

/** Sets how far hosts may be promised beyond what they have of a class; harmless for what it is already. */
export async function setHostRatio(
  tx: Tx,
  hosts: readonly HostId[],
  resourceClass: string,
  ratio: number,
  now: number,
): Promise<void> {
  const rows = await tx.db
    .updateTable('inventories')
    .set({ allocation_ratio: ratio, updated_at: now })
    .where('resource_class', '=', resourceClass)
    .where('allocation_ratio', '<>', ratio)
    .where('provider', 'in', (select) =>
      select.selectFrom('resource_providers').select('uuid').where('host_id', 'in', hosts),
    )
    .returning('provider')
    .execute();
  for (const { provider } of rows) await bump(tx, provider, now);
}

/**
 * Takes room of a host's disk for a volume, or answers false when there is not so much left. Volumes are not consumers
 * of their own: what they take stands beside the allocations, as what the host needs itself.
 */
export async function claimDisk(tx: Tx, hostId: HostId, gib: number, now = Date.now()): Promise<boolean> {
  const provider = await providerOf(tx.db, hostId);
  if (provider === null) return false;
  if (!(await take(tx, { provider, resourceClass: 'DISK_GB', amount: 0, overhead: gib }))) return false;
  await touchProviders(tx, 'host_id', [hostId], now);
  return true;
}

/** Gives room back that was taken for a volume. */
export async function releaseDisk(tx: Tx, hostId: HostId, gib: number): Promise<void> {
  await claimDisk(tx, hostId, -gib);
}
