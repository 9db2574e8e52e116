import type { Reader } from '../../store/store.ts';
import { endpointsOfProject } from './endpoint-filter.ts';

export interface CatalogEntry {
  id: string;
  type: string;
  name: string;
  endpoints: { id: string; interface: string; region: string | null; region_id: string | null; url: string }[];
}

/**
 * The enabled services with their enabled endpoints, as a token of this project sees them. URLs that name a project
 * are left out when there is none, and a project that was given endpoints finds those alone.
 */
export async function readCatalog(
  db: Reader,
  projectId: string | null,
  userId: string | null,
): Promise<CatalogEntry[]> {
  const rows = await db
    .selectFrom('catalog_endpoints as endpoint')
    .innerJoin('catalog_services as service', 'service.id', 'endpoint.service_id')
    .select(['endpoint.id', 'endpoint.interface', 'endpoint.region_id', 'endpoint.url'])
    .select(['service.id as service_id', 'service.type', 'service.name'])
    .where('endpoint.enabled', '=', 1)
    .where('service.enabled', '=', 1)
    .orderBy('service.type')
    .orderBy('service.id')
    .orderBy('endpoint.id')
    .execute();
  const given = projectId === null ? null : await endpointsOfProject(db, projectId);
  const seen = given && new Set(given.map((row) => row.id));
  const entries = new Map<string, CatalogEntry>();
  for (const row of rows) {
    const url = endpointUrl(row.url, projectId, userId);
    if (url === null || (seen && !seen.has(row.id))) continue;
    const entry = entries.get(row.service_id) ?? {
      id: row.service_id,
      type: row.type,
      name: row.name ?? '',
      endpoints: [],
    };
    entry.endpoints.push({
      id: row.id,
      interface: row.interface,
      region: row.region_id,
      region_id: row.region_id,
      url,
    });
    entries.set(row.service_id, entry);
  }
  return [...entries.values()];
}

const SUBSTITUTION = /[$%]\((project_id|tenant_id|user_id)\)s/g;

/** The URL with `$(project_id)s`, `%(tenant_id)s` and `$(user_id)s` filled in; null when there is nothing to fill in. */
export function endpointUrl(template: string, projectId: string | null, userId: string | null): string | null {
  let complete = true;
  const url = template.replaceAll(SUBSTITUTION, (_all, name: string) => {
    const value = name === 'user_id' ? userId : projectId;
    if (value === null) complete = false;
    return value ?? '';
  });
  return complete ? url : null;
}
