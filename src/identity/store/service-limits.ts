import type { Reader } from '../../store/store.ts';

/**
 * The limits of a project's resources of one service: what the project has, else what was registered for all. Names
 * without a registered limit are not there; -1 is no limit. As in Keystone's flat model, a domain's limits are not
 * those of its projects. https://docs.openstack.org/keystone/latest/admin/unified-limits.html
 */
export async function serviceLimits(
  db: Reader,
  serviceType: string,
  projectId: string | null,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('registered_limits')
    .innerJoin('catalog_services', 'catalog_services.id', 'registered_limits.service_id')
    .leftJoin('limits', (join) =>
      join
        .onRef('limits.registered_limit_id', '=', 'registered_limits.id')
        .on('limits.project_id', '=', projectId ?? ''),
    )
    .select(['registered_limits.resource_name', 'registered_limits.default_limit', 'limits.resource_limit'])
    .where('catalog_services.type', '=', serviceType)
    .execute();
  return new Map(rows.map((row) => [row.resource_name, row.resource_limit ?? row.default_limit]));
}
