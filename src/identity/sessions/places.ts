import type { Reader } from '../../store/store.ts';
import { assignmentsOfUser, domainIdsOfUser, projectIdsOfUser } from '../store/assignments.ts';
import { oneOf } from '../wire/common.ts';

export interface PlaceName {
  id: string;
  name: string;
}

/** What a user can choose between: projects, domains, and the system. */
export interface Places {
  projects: (PlaceName & { domain: PlaceName })[];
  domains: PlaceName[];
  system: boolean;
}

/** The enabled projects on which a user has a role, by name. */
export async function projectsOf(db: Reader, userId: string): Promise<Places['projects']> {
  const rows = await db
    .selectFrom('projects')
    .innerJoin('projects as domains', 'domains.id', 'projects.domain_id')
    .select(['projects.id', 'projects.name', 'domains.id as domain_id', 'domains.name as domain_name'])
    .where('projects.is_domain', '=', 0)
    .where('projects.enabled', '=', 1)
    .where('domains.enabled', '=', 1)
    .where(oneOf('projects.id', await projectIdsOfUser(db, userId)))
    .orderBy('projects.name')
    .orderBy('projects.id')
    .execute();
  return rows.map((row) => ({ id: row.id, name: row.name, domain: { id: row.domain_id, name: row.domain_name } }));
}

/** All that a user can choose as the scope of a session. */
export async function placesOf(db: Reader, userId: string): Promise<Places> {
  const domains = await db
    .selectFrom('projects')
    .select(['id', 'name'])
    .where('is_domain', '=', 1)
    .where('enabled', '=', 1)
    .where(oneOf('projects.id', await domainIdsOfUser(db, userId)))
    .orderBy('name')
    .execute();
  const assignments = await assignmentsOfUser(db, userId);
  return {
    projects: await projectsOf(db, userId),
    domains,
    system: assignments.some((row) => row.target_type === 'system' && !row.inherited),
  };
}
