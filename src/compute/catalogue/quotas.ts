import { Type } from 'typebox';
import type { Reader } from '../../store/store.ts';

/**
 * What a project may use, by Nova's names for it; -1 is no limit. Generous where use costs nothing, small where it
 * costs memory, so that a new project can start without a ticket.
 */
export const DEFAULT_QUOTA = {
  instances: 10,
  cores: 20,
  ram: 51200,
  metadata_items: 128,
  key_pairs: 100,
  server_groups: 10,
  server_group_members: 10,
  injected_files: 5,
  injected_file_content_bytes: 10240,
  injected_file_path_bytes: 255,
} as const;

export type QuotaName = keyof typeof DEFAULT_QUOTA;
export type Quota = Record<QuotaName, number>;

export const quotaNames = Object.keys(DEFAULT_QUOTA) as QuotaName[];

/** Network limits that Nova showed until 2.36; they were always Neutron's to hold. */
export const NETWORK_LIMITS = {
  fixed_ips: -1,
  floating_ips: -1,
  security_groups: -1,
  security_group_rules: -1,
} as const;

/** As clients write a limit; old ones as text. */
export const Limit = Type.Union([
  Type.Integer({ minimum: -1, maximum: 0x7fffffff }),
  Type.String({ pattern: '^(-1|\\d{1,9})$' }),
]);

/** The limits of a class: what an administrator set, else those of this release. */
export async function classQuota(db: Reader, className = 'default'): Promise<Quota> {
  const rows = await db
    .selectFrom('quota_classes')
    .select(['resource', 'hard_limit'])
    .where('class_name', '=', className)
    .execute();
  return { ...DEFAULT_QUOTA, ...Object.fromEntries(rows.map((row) => [row.resource, row.hard_limit])) };
}

/**
 * A project's limits: its own where it has some, else those of the default class; for a user those that the user was
 * given come first. `ram` is in MiB.
 */
export async function computeQuota(db: Reader, projectId: string, userId: string | null = null): Promise<Quota> {
  const rows = await db
    .selectFrom('compute_quotas')
    .select(['resource', 'hard_limit'])
    .where('project_id', '=', projectId)
    .execute();
  const own = userId === null ? [] : await userLimits(db, projectId, userId);
  const quota = await classQuota(db);
  for (const row of [...rows, ...own]) {
    const name = quotaNames.find((one) => one === row.resource);
    if (name) quota[name] = row.hard_limit;
  }
  return quota;
}

/** The limits that a user was given within a project; most have none. */
export function userLimits(db: Reader, projectId: string, userId: string) {
  return db
    .selectFrom('user_quotas')
    .select(['resource', 'hard_limit'])
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .execute();
}
