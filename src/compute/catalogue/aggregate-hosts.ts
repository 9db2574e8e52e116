import { badRequest, conflict } from '../../core/errors.ts';
import type { HostId } from '../../core/ids.ts';
import { RATIOS, setHostRatio, touchProviders } from '../../placement/index.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';

type Metadata = Readonly<Record<string, string>>;

/** What an aggregate may say of its hosts' over-commitment, and what holds where none says it. */
const RATIO_KEYS = [
  ['cpu_allocation_ratio', 'VCPU', RATIOS.cpu],
  ['ram_allocation_ratio', 'MEMORY_MB', RATIOS.memory],
  ['disk_allocation_ratio', 'DISK_GB', RATIOS.disk],
] as const;

/** Throws ApiError 400 for metadata that the scheduler could not follow. */
export function assertMetadata(metadata: Readonly<Record<string, string | null>>): void {
  for (const [key] of RATIO_KEYS) {
    const value = metadata[key] ?? null;
    if (value !== null && !(Number(value) > 0 && Number(value) <= 1000)) {
      throw badRequest(`${key} is '${value}'; it must be a number above 0, such as 4.0.`);
    }
  }
  const limit = metadata.max_instances_per_host ?? null;
  if (limit !== null && !/^\d{1,6}$/.test(limit)) {
    throw badRequest(`max_instances_per_host is '${limit}'; it must be a whole number of servers.`);
  }
  if (metadata.availability_zone?.trim() === '') throw badRequest('An availability zone needs a name.');
}

/** Throws ApiError 400 when hosts with servers would change their zone: servers stay in the zone they were made in. */
export async function assertZoneMayChange(db: Reader, hosts: readonly string[]): Promise<void> {
  const [busy] = await serversOn(db, hosts);
  if (busy === undefined) return;
  throw badRequest(
    `One or more hosts contain instances in this zone, ${busy.host} among them: its servers would change their zone.`,
    'InvalidAggregateAction',
  );
}

/** Throws ApiError 409 when a server that was asked for in another zone would come into this one; null is the default. */
export async function assertPinnedStay(db: Reader, host: string, zone: string): Promise<void> {
  const moved = (await serversOn(db, [host])).find((one) => one.pinned_zone !== null && one.pinned_zone !== zone);
  if (moved === undefined) return;
  throw conflict(
    `Host ${host} has servers that were asked for in zone ${moved.pinned_zone}, ${moved.id} among them: it cannot become part of zone ${zone}.`,
    'InvalidAggregateAction',
  );
}

function serversOn(db: Reader, hosts: readonly string[]) {
  return db
    .selectFrom('servers')
    .innerJoin('hosts', 'hosts.id', 'host_id')
    .select(['servers.id', 'pinned_zone', 'hosts.name as host'])
    .where('deleted', '=', 0)
    .where('hosts.name', 'in', hosts.length > 0 ? hosts : [''])
    .orderBy('servers.id')
    .execute();
}

/**
 * Makes the accounts of hosts follow their aggregates: of several ratios the smallest counts. Where none is said any
 * more (`before` had one), it is this release's; what was set for a host alone, in placement, stays otherwise.
 */
export async function settleHosts(tx: Tx, names: readonly string[], before: Metadata, now: number): Promise<void> {
  if (names.length === 0) return;
  const rows = await tx.db
    .selectFrom('hosts')
    .leftJoin('aggregate_hosts', 'aggregate_hosts.host', 'hosts.name')
    .leftJoin('aggregates', 'aggregates.id', 'aggregate_id')
    .select(['hosts.id', 'metadata'])
    .where('hosts.name', 'in', names)
    .execute();
  const metadata = new Map<HostId, Metadata[]>();
  for (const row of rows) {
    const one = row.metadata === null ? [] : [fromJson<Metadata>(row.metadata)];
    metadata.set(row.id, [...(metadata.get(row.id) ?? []), ...one]);
  }
  for (const [key, resourceClass, usual] of RATIO_KEYS) {
    const byRatio = new Map<number, HostId[]>();
    for (const [id, all] of metadata) {
      const said = all.flatMap((one) => (one[key] === undefined ? [] : Number(one[key])));
      if (said.length === 0 && before[key] === undefined) continue;
      const ratio = said.length === 0 ? usual : Math.min(...said);
      byRatio.set(ratio, [...(byRatio.get(ratio) ?? []), id]);
    }
    for (const [ratio, ids] of byRatio) await setHostRatio(tx, ids, resourceClass, ratio, now);
  }
  await touchProviders(tx, 'host_id', [...metadata.keys()], now);
}
