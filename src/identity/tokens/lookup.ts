import { badRequest, unauthorized } from '../../core/errors.ts';
import type { DomainId } from '../../core/ids.ts';
import type { Reader } from '../../store/store.ts';
import { findDomain, findProject, ancestorsOf, type ProjectRow } from '../store/projects.ts';
import { findUser, findUserByName, type UserRow } from '../store/users.ts';
import type { DomainReference, ProjectReference, UserReference } from '../wire/auth.ts';

/*
 * Finding what a log-in names. What is not there, or is disabled, looks like a wrong password from outside; what the
 * request forgot to say is a 400 that names it.
 */

const unsaid = (attribute: string, target: string) =>
  badRequest(
    `Expecting to find ${attribute} in ${target}. The server could not comply with the request since it is either malformed or otherwise incorrect.`,
  );

export async function findDomainReference(db: Reader, reference: DomainReference): Promise<ProjectRow | undefined> {
  if (reference.id !== undefined) return findDomain(db, reference.id);
  if (reference.name === undefined) throw unsaid('id or name', 'domain');
  return db
    .selectFrom('projects')
    .selectAll()
    .where('is_domain', '=', 1)
    .where('name', '=', reference.name)
    .executeTakeFirst();
}

export async function findUserReference(db: Reader, reference: UserReference): Promise<UserRow | undefined> {
  if (reference.id !== undefined) return findUser(db, reference.id);
  if (reference.name === undefined) throw unsaid('id or name', 'user');
  if (reference.domain === undefined) throw unsaid('domain', 'user');
  const domain = await findDomainReference(db, reference.domain);
  return domain && findUserByName(db, domain.id as DomainId, reference.name);
}

/** An enabled domain. Throws ApiError 401. */
export async function enabledDomain(db: Reader, reference: DomainReference): Promise<ProjectRow> {
  const domain = await findDomainReference(db, reference);
  if (!domain?.enabled) throw unauthorized();
  return domain;
}

/** An enabled project of an enabled domain. Throws ApiError 401. */
export async function enabledProject(
  db: Reader,
  reference: ProjectReference,
): Promise<ProjectRow & { domain_id: DomainId }> {
  const project = await findProjectReference(db, reference);
  if (!project?.enabled || project.domain_id === null) throw unauthorized();
  await enabledDomain(db, { id: project.domain_id });
  if ((await ancestorsOf(db, project)).some((above) => !above.enabled)) throw unauthorized();
  return { ...project, domain_id: project.domain_id };
}

async function findProjectReference(db: Reader, reference: ProjectReference): Promise<ProjectRow | undefined> {
  if (reference.id !== undefined) return findProject(db, reference.id);
  if (reference.name === undefined) throw unsaid('id or name', 'project');
  if (reference.domain === undefined) throw unsaid('domain', 'project');
  const domain = await findDomainReference(db, reference.domain);
  if (!domain) return undefined;
  return db
    .selectFrom('projects')
    .selectAll()
    .where('is_domain', '=', 0)
    .where('domain_id', '=', domain.id as string)
    .where('name', '=', reference.name)
    .executeTakeFirst();
}
