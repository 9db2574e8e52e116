import type { Selectable } from 'kysely';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import type { EndpointGroupsTable } from '../tables/catalog-filters.ts';
import type { EndpointRow } from '../wire/catalog.ts';

export type EndpointGroupRow = Selectable<EndpointGroupsTable>;

/** What an endpoint must be like to belong to a group. */
export interface EndpointFilter {
  service_id?: string;
  region_id?: string;
  interface?: string;
  enabled?: boolean;
}

export function matches(filter: EndpointFilter, endpoint: Omit<EndpointRow, 'extra' | 'managed' | 'url'>): boolean {
  return (
    (filter.service_id === undefined || filter.service_id === endpoint.service_id) &&
    (filter.region_id === undefined || filter.region_id === endpoint.region_id) &&
    (filter.interface === undefined || filter.interface === endpoint.interface) &&
    (filter.enabled === undefined || filter.enabled === (endpoint.enabled === 1))
  );
}

/** The groups that a project is in. */
export async function groupsOfProject(db: Reader, projectId: string): Promise<EndpointGroupRow[]> {
  return db
    .selectFrom('endpoint_groups')
    .innerJoin('endpoint_group_projects as link', 'link.endpoint_group_id', 'endpoint_groups.id')
    .selectAll('endpoint_groups')
    .where('link.project_id', '=', projectId)
    .orderBy('endpoint_groups.name')
    .execute();
}

/** The endpoints that a project was given, one by one or by a group; null when it was given none, and sees all. */
export async function endpointsOfProject(db: Reader, projectId: string): Promise<EndpointRow[] | null> {
  const links = await db
    .selectFrom('project_endpoints')
    .select('endpoint_id')
    .where('project_id', '=', projectId)
    .execute();
  const groups = await groupsOfProject(db, projectId);
  if (links.length === 0 && groups.length === 0) return null;
  const own = new Set(links.map((row) => row.endpoint_id));
  const filters = groups.map((group) => fromJson<EndpointFilter>(group.filters));
  const all = await db.selectFrom('catalog_endpoints').selectAll().orderBy('id').execute();
  return all.filter((row) => own.has(row.id) || filters.some((filter) => matches(filter, row)));
}
