import { sql } from 'kysely';
import { tooLarge } from '../core/errors.ts';
import type { Reader, Tx } from '../store/store.ts';

/**
 * What a project may use, by Cinder's names for it; -1 is no limit
 * (https://docs.openstack.org/cinder/latest/configuration/tables/cinder-common.html).
 */
export const DEFAULT_QUOTA = {
  volumes: 10,
  per_volume_gigabytes: -1,
  snapshots: 10,
  gigabytes: 1000,
  backups: 10,
  backup_gigabytes: 1000,
  groups: 10,
} as const;

export type Quota = Record<string, number>;
const PER_TYPE = ['volumes', 'gigabytes', 'snapshots'] as const;

/** What a request would use more of; per volume type too when `typeName` is known. */
export interface Wanted {
  volumes?: number;
  snapshots?: number;
  gigabytes?: number;
  backups?: number;
  backup_gigabytes?: number;
  groups?: number;
  typeName?: string | null;
}

const typesOf = async (db: Reader) =>
  (await db.selectFrom('volume_types').select('name').orderBy('name').execute()).map((row) => row.name);

/** What projects have that have nothing of their own: the class `default`. */
export async function defaultQuota(db: Reader): Promise<Quota> {
  return classQuota(db, 'default');
}

/** The limits of a class, the built-in ones where it says nothing. */
export async function classQuota(db: Reader, name: string): Promise<Quota> {
  const quota: Quota = { ...DEFAULT_QUOTA };
  for (const type of await typesOf(db)) for (const what of PER_TYPE) quota[`${what}_${type}`] = -1;
  const rows = await db.selectFrom('volume_quota_classes').selectAll().where('class_name', '=', name).execute();
  for (const row of rows) if (row.resource in quota) quota[row.resource] = row.hard_limit;
  return quota;
}

/** A project's limits: its own where it has some, else the defaults. */
export async function volumeQuota(db: Reader, projectId: string): Promise<Quota> {
  const quota = await defaultQuota(db);
  const rows = await db.selectFrom('volume_quotas').selectAll().where('project_id', '=', projectId).execute();
  for (const row of rows) if (row.resource in quota) quota[row.resource] = row.hard_limit;
  return quota;
}

/** How much of each limit a project uses now. */
export async function quotaUsage(db: Reader, projectId: string): Promise<Quota> {
  const used: Quota = Object.fromEntries(Object.keys(DEFAULT_QUOTA).map((name) => [name, 0]));
  for (const type of await typesOf(db)) for (const what of PER_TYPE) used[`${what}_${type}`] = 0;
  const add = (name: string, amount: number) => (used[name] = (used[name] ?? 0) + amount);
  const volumes = await db
    .selectFrom('volumes')
    .leftJoin('volume_types', 'volume_types.id', 'volumes.volume_type_id')
    .select((select) => [
      'volume_types.name as type',
      select.fn.countAll<number>().as('count'),
      select.fn.coalesce(select.fn.sum<number>('target_gib'), select.val(0)).as('gib'),
    ])
    .where('project_id', '=', projectId)
    .where('managed', '=', 1)
    .groupBy('volume_types.name')
    .execute();
  const snapshots = await db
    .selectFrom('volume_snapshots')
    .innerJoin('volumes', 'volumes.id', 'volume_snapshots.volume_id')
    .leftJoin('volume_types', 'volume_types.id', 'volumes.volume_type_id')
    .select((select) => [
      'volume_types.name as type',
      select.fn.countAll<number>().as('count'),
      select.fn.coalesce(select.fn.sum<number>('volume_snapshots.size_gib'), select.val(0)).as('gib'),
    ])
    .where('volume_snapshots.project_id', '=', projectId)
    .where('volume_snapshots.managed', '=', 1)
    .groupBy('volume_types.name')
    .execute();
  for (const [what, rows] of [
    ['volumes', volumes],
    ['snapshots', snapshots],
  ] as const) {
    for (const row of rows) {
      add(what, row.count);
      add('gigabytes', row.gib);
      if (row.type === null) continue;
      add(`${what}_${row.type}`, row.count);
      add(`gigabytes_${row.type}`, row.gib);
    }
  }
  const rest = await sql<{ groups: number; backups: number; gib: number }>`select
    (select count(*) from volume_groups where project_id = ${projectId}) as groups,
    (select count(*) from volume_backups where project_id = ${projectId}) as backups,
    (select coalesce(sum(size_gib), 0) from volume_backups where project_id = ${projectId}) as gib`.execute(db);
  for (const row of rest.rows) {
    used.groups = row.groups;
    used.backups = row.backups;
    used.backup_gigabytes = row.gib;
  }
  return used;
}

/**
 * Throws ApiError 413 when the project would have more than its quota: called in the transaction that takes it, where
 * no other writer is.
 */
export async function claimQuota(tx: Tx, projectId: string, wanted: Wanted): Promise<void> {
  const { typeName = null, ...amounts } = wanted;
  const quota = await volumeQuota(tx.db, projectId);
  const used = await quotaUsage(tx.db, projectId);
  const each = quota.per_volume_gigabytes ?? -1;
  if (wanted.gigabytes !== undefined && wanted.volumes !== undefined && each >= 0 && wanted.gigabytes > each) {
    throw tooLarge(`Requested volume size ${wanted.gigabytes}G exceeds maximum allowed limit of ${each}G.`);
  }
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount === undefined || amount <= 0) continue;
    const names = typeName !== null && PER_TYPE.some((one) => one === name) ? [name, `${name}_${typeName}`] : [name];
    for (const one of names) checkOne(one, amount, quota[one] ?? -1, used[one] ?? 0);
  }
}

/** Throws ApiError 413 for a size that the project's quota forbids for any one volume. */
export async function checkVolumeSize(db: Reader, projectId: string, sizeGib: number): Promise<void> {
  const each = (await volumeQuota(db, projectId)).per_volume_gigabytes ?? -1;
  if (each >= 0 && sizeGib > each) {
    throw tooLarge(`Requested volume size ${sizeGib}G exceeds maximum allowed limit of ${each}G.`);
  }
}

function checkOne(name: string, amount: number, limit: number, used: number): void {
  if (limit < 0 || used + amount <= limit) return;
  const what = name.startsWith('gigabytes') || name === 'backup_gigabytes' ? 'G' : '';
  throw tooLarge(
    `Requested ${amount}${what} of ${name} exceeds allowed quota: ${used}${what} of ${limit}${what} are used. Delete some, or ask an administrator for a larger quota.`,
  );
}
