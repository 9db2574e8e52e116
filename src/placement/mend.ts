import type { HostId } from '../core/ids.ts';
import type { Tx } from '../store/store.ts';
import { add, CLASSES, providerOf, type Account } from './accounts.ts';
import { RATIOS, type Amount } from './schedule.ts';
import { touchProviders } from './use.ts';

/** A server as it should stand in the accounts. */
export interface Entitled extends Account {
  amount: Amount;
}

/** What the accounts of some hosts should say. */
export interface Due {
  /** The GiB that each host's volumes take. */
  hosts: ReadonlyMap<HostId, number>;
  /** All servers of these hosts. */
  servers: readonly Entitled[];
  /** Which of the ids belong to a server of whatever host: it may have a share here and be elsewhere. */
  known: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
}

/**
 * Compares the accounts of some hosts with the servers they have, and mends what differs: servers without their share,
 * shares without a server, sums that are not the sum. Answers in words what was mended.
 */
export async function mendAccounts(tx: Tx, due: Due, now: number): Promise<string[]> {
  const hosts = [...due.hosts.keys()];
  if (hosts.length === 0) return [];
  const rows = await tx.db
    .selectFrom('resource_providers')
    .innerJoin('allocations', 'allocations.provider', 'resource_providers.uuid')
    .innerJoin('consumers', 'consumers.uuid', 'consumer')
    .select(['consumer', 'host_id', 'resource_class', 'used'])
    .where('type', '=', 'INSTANCE')
    .where('host_id', 'in', hosts)
    .execute();
  const key = (server: string, host: string | null, name: string) => `${server} ${host} ${name}`;
  const has = new Map(rows.map((row) => [key(row.consumer, row.host_id, row.resource_class), row.used]));
  const here = new Set<string>(due.servers.map((server) => server.serverId));
  const strangers = [...new Set(rows.map((row) => row.consumer).filter((id) => !here.has(id)))];
  const known = strangers.length === 0 ? new Set() : await due.known(strangers);
  const unfounded = strangers.filter((id) => !known.has(id));
  const wrong = due.servers.filter((server) =>
    CLASSES.some(([name, field]) => (has.get(key(server.serverId, server.hostId, name)) ?? 0) !== server.amount[field]),
  );
  const mended = [...unfounded, ...wrong.map((server) => server.serverId)];
  for (const id of mended) await tx.db.deleteFrom('consumers').where('uuid', '=', id).execute();
  for (const server of wrong) await writeEntitled(tx, server, now);
  const sums = await mendSums(tx, due.hosts, now);
  return [...mended.map((id) => `server ${id}`), ...sums.map((name) => `sums of ${name}`)];
}

/**
 * Makes the sums of inventories anew: of the given hosts, or with null of the providers that are no hosts. Answers the
 * providers whose sums were wrong.
 */
export async function mendSums(tx: Tx, hosts: ReadonlyMap<HostId, number> | null, now: number): Promise<string[]> {
  const rows = await tx.db
    .selectFrom('resource_providers')
    .innerJoin('inventories', 'inventories.provider', 'resource_providers.uuid')
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
    .where((where) => (hosts === null ? where('host_id', 'is', null) : where('host_id', 'in', [...hosts.keys()])))
    .groupBy(['inventories.provider', 'inventories.resource_class', 'resource_providers.uuid'])
    .execute();
  const wrong = new Set<string>();
  for (const row of rows) {
    const overhead =
      row.host_id === null
        ? 0
        : row.resource_class === 'MEMORY_MB'
          ? row.servers * RATIOS.overheadMib
          : row.resource_class === 'DISK_GB'
            ? (hosts?.get(row.host_id) ?? 0)
            : 0;
    if (row.used === row.sum && row.overhead === overhead) continue;
    wrong.add(row.name);
    await touchProviders(tx, 'uuid', [row.provider], now);
    await tx.db
      .updateTable('inventories')
      .set({ used: row.sum, overhead, updated_at: now })
      .where('provider', '=', row.provider)
      .where('resource_class', '=', row.resource_class)
      .execute();
  }
  return [...wrong];
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
