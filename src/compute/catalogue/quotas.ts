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

/** A project's limits: its own where it has some, else the defaults. `ram` is in MiB. */
export async function computeQuota(db: Reader, projectId: string): Promise<Quota> {
  const rows = await db
    .selectFrom('compute_quotas')
    .select(['resource', 'hard_limit'])
    .where('project_id', '=', projectId)
    .execute();
  const quota: Quota = { ...DEFAULT_QUOTA };
  for (const row of rows) {
    const name = quotaNames.find((one) => one === row.resource);
    if (name) quota[name] = row.hard_limit;
  }
  return quota;
}
