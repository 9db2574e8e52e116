import { sql } from 'kysely';
import type { HostId, ServerId } from '../core/ids.ts';
import type { Reader, Tx } from '../store/store.ts';
import { RATIOS } from './schedule.ts';
import type { InventoryTable } from './tables.ts';
import { bump, mustTake, roomOf, take } from './use.ts';

/** The largest number that clients of the API are used to. */
export const MOST = 2_147_483_647;

/** What a server takes of its host. */
export interface Amount {
  vcpus: number;
  memoryMib: number;
  diskGib: number;
}

/** Who takes, and where. */
export interface Account {
  hostId: HostId;
  serverId: ServerId;
  projectId: string;
  userId: string;
}

const CLASSES = [
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
  traits: ReadonlySet<string>;
}

const nothing = (): Amount => ({ vcpus: 0, memoryMib: 0, diskGib: 0 });

/** The accounts of all hosts. */
export async function hostRooms(db: Reader): Promise<Map<HostId, HostRoom>> {
  const rooms = new Map<HostId, HostRoom & { traits: Set<string> }>();
  const rows = await db
    .selectFrom('resource_providers')
    .leftJoin('inventories', 'provider', 'uuid')
    .select(['host_id', 'resource_class', 'total', 'reserved', 'allocation_ratio', 'used', 'overhead'])
    .where('host_id', 'is not', null)
    .execute();
  for (const { host_id, ...row } of rows) {
    if (host_id === null) continue;
    const room = rooms.get(host_id) ?? { total: nothing(), used: nothing(), free: nothing(), traits: new Set() };
    rooms.set(host_id, room);
    const field = CLASSES.find(([name]) => name === row.resource_class)?.[1];
    if (field === undefined) continue;
    const inventory = row as Pick<InventoryTable, 'total' | 'reserved' | 'allocation_ratio' | 'used' | 'overhead'>;
    room.total[field] = inventory.total;
    room.used[field] = inventory.used;
    room.free[field] = roomOf(inventory) - (field === 'memoryMib' ? RATIOS.overheadMib : 0);
  }
  const traits = await db
    .selectFrom('provider_traits')
    .innerJoin('resource_providers', 'uuid', 'provider')
    .select(['host_id', 'trait'])
    .where('host_id', 'is not', null)
    .execute();
  for (const { host_id, trait } of traits) if (host_id !== null) rooms.get(host_id)?.traits.add(trait);
  return rooms;
}

/**
 * Promises more of a host to a server, or answers false when it has not so much left; then nothing is changed. A
 * server's first claim on a host also takes what its QEMU needs.
 */
export async function claim(tx: Tx, account: Account, more: Amount, now: number): Promise<boolean> {
  const { serverId } = account;
  const provider = await providerOf(tx.db, account.hostId);
  if (provider === null) return false;
  const before = await tx.db
    .selectFrom('allocations')
    .select('resource_class')
    .where('consumer', '=', serverId)
    .where('provider', '=', provider)
    .execute();
  const first = before.length === 0;
  const takes = CLASSES.map(([resourceClass, field]) => ({
    provider,
    resourceClass,
    amount: more[field],
    overhead: first && field === 'memoryMib' ? RATIOS.overheadMib : 0,
  })).filter((one) => one.amount + one.overhead !== 0);
  const rows = await tx.db.selectFrom('inventories').selectAll().where('provider', '=', provider).execute();
  for (const one of takes) {
    const row = rows.find((inventory) => inventory.resource_class === one.resourceClass);
    if (!row) return false;
    if (one.amount + one.overhead > 0 && roomOf(row) < one.amount + one.overhead) return false;
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
  for (const one of takes) {
    await mustTake(tx, one);
    await add(tx, serverId, provider, one.resourceClass, one.amount, now);
  }
  await bump(tx, provider, now);
  return true;
}

async function add(tx: Tx, consumer: string, provider: string, resourceClass: string, amount: number, now: number) {
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

async function providerOf(db: Reader, hostId: HostId): Promise<string | null> {
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
    .onConflict((on) => on.column('uuid').doUpdateSet({ name, host_id: host.id }))
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

/**
 * Takes room of a host's disk for a volume, or answers false when there is not so much left. Volumes are not consumers
 * of their own: what they take stands beside the allocations, as what the host needs itself.
 */
export async function claimDisk(tx: Tx, hostId: HostId, gib: number): Promise<boolean> {
  const provider = await providerOf(tx.db, hostId);
  return provider !== null && take(tx, { provider, resourceClass: 'DISK_GB', amount: 0, overhead: gib });
}

/** Gives room back that was taken for a volume. */
export async function releaseDisk(tx: Tx, hostId: HostId, gib: number): Promise<void> {
  await claimDisk(tx, hostId, -gib);
}

/** A server as it should stand in the accounts. */
export interface Entitled extends Account {
  amount: Amount;
}

/**
 * Compares the accounts with the servers there are, and mends what differs: servers without their share, shares
 * without a server, sums that are not the sum. Answers in words what was mended.
 */
export async function mendAccounts(
  tx: Tx,
  servers: readonly Entitled[],
  volumesGib: ReadonlyMap<HostId, number>,
  now: number,
): Promise<string[]> {
  const mended: string[] = [];
  const rows = await tx.db
    .selectFrom('allocations')
    .innerJoin('consumers', 'consumers.uuid', 'consumer')
    .innerJoin('resource_providers', 'resource_providers.uuid', 'provider')
    .select(['consumer', 'host_id', 'resource_class', 'used'])
    .where('type', '=', 'INSTANCE')
    .where('host_id', 'is not', null)
    .execute();
  const key = (server: string, host: string | null, name: string) => `${server} ${host} ${name}`;
  const has = new Map(rows.map((row) => [key(row.consumer, row.host_id, row.resource_class), row.used]));
  const known = new Set(servers.map((server) => server.serverId));
  const unfounded = new Set(rows.map((row) => row.consumer).filter((id) => !known.has(id as ServerId)));
  const wrong = servers.filter((server) =>
    CLASSES.some(([name, field]) => (has.get(key(server.serverId, server.hostId, name)) ?? 0) !== server.amount[field]),
  );
  for (const id of [...unfounded, ...wrong.map((server) => server.serverId)]) {
    await tx.db.deleteFrom('consumers').where('uuid', '=', id).execute();
    mended.push(`server ${id}`);
  }
  for (const server of wrong) await writeEntitled(tx, server, now);
  return [...mended, ...(await mendSums(tx, volumesGib, now)).map((name) => `sums of ${name}`)];
}

/** Makes the sums of all inventories anew. Answers the providers whose sums were wrong. */
async function mendSums(tx: Tx, volumesGib: ReadonlyMap<HostId, number>, now: number): Promise<string[]> {
  const rows = await tx.db
    .selectFrom('inventories')
    .innerJoin('resource_providers', 'resource_providers.uuid', 'inventories.provider')
    .leftJoin('allocations', (join) =>
      join
        .onRef('allocations.provider', '=', 'inventories.provider')
        .onRef('allocations.resource_class', '=', 'inventories.resource_class'),
    )
    .leftJoin('consumers', (join) =>
      join.onRef('consumers.uuid', '=', 'allocations.consumer').on('consumers.type', '=', 'INSTANCE'),
    )
    .select(['inventories.provider', 'inventories.resource_class', 'inventories.used', 'inventories.overhead'])
    .select(['name', 'host_id'])
    .select((select) => [
      select.fn.coalesce(select.fn.sum<number>('allocations.used'), select.val(0)).as('sum'),
      select.fn.count<number>('consumers.uuid').as('servers'),
    ])
    .groupBy(['inventories.provider', 'inventories.resource_class', 'resource_providers.uuid'])
    .execute();
  const wrong: string[] = [];
  for (const row of rows) {
    const overhead =
      row.host_id === null
        ? 0
        : row.resource_class === 'MEMORY_MB'
          ? row.servers * RATIOS.overheadMib
          : row.resource_class === 'DISK_GB'
            ? (volumesGib.get(row.host_id) ?? 0)
            : 0;
    if (row.used === row.sum && row.overhead === overhead) continue;
    wrong.push(row.name);
    await tx.db
      .updateTable('inventories')
      .set({ used: row.sum, overhead, updated_at: now })
      .where('provider', '=', row.provider)
      .where('resource_class', '=', row.resource_class)
      .execute();
  }
  return wrong;
}

/** Writes what a server has, whether it fits or not: it is there. The sums are made after it. */
async function writeEntitled(tx: Tx, server: Entitled, now: number): Promise<void> {
  const provider = await providerOf(tx.db, server.hostId);
  if (provider === null) return;
  await tx.db
    .insertInto('consumers')
    .values({
      ...{ uuid: server.serverId, project_id: server.projectId, user_id: server.userId, type: 'INSTANCE' },
      ...{ generation: 1, created_at: now, updated_at: now },
    })
    .execute();
  for (const [name, field] of CLASSES) await add(tx, server.serverId, provider, name, server.amount[field], now);
}
