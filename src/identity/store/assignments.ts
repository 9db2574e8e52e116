import type { ProjectId } from '../../core/ids.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { Scope } from '../tokens/format.ts';
import { grantValue, type Revocations } from '../tokens/revocations.ts';
import { ancestorsOf, findProject, subtreeOf, type ProjectRow } from './projects.ts';
import { priorsOf, readRoleBook, type AssignmentRow, type RoleRow } from './roles.ts';
import { groupIdsOf, memberIdsOf } from './users.ts';

/** The assignments of a user, own and through groups. */
export async function assignmentsOfUser(db: Reader, userId: string): Promise<AssignmentRow[]> {
  const groups = await groupIdsOf(db, userId);
  return db
    .selectFrom('role_assignments')
    .selectAll()
    .where((where) =>
      where.or([
        where.and([where('actor_type', '=', 'user'), where('actor_id', '=', userId)]),
        ...(groups.length > 0 ? [where.and([where('actor_type', '=', 'group'), where('actor_id', 'in', groups)])] : []),
      ]),
    )
    .execute();
}

/** The ids of the roles a user has on a scope, before implied ones. */
export async function roleIdsOn(db: Reader, userId: string, scope: Scope): Promise<string[]> {
  if (scope.kind === 'none') return [];
  const assignments = await assignmentsOfUser(db, userId);
  if (scope.kind === 'system') return ids(assignments.filter((row) => row.target_type === 'system' && !row.inherited));
  if (scope.kind === 'domain') {
    return ids(
      assignments.filter((row) => row.target_type === 'domain' && row.target_id === scope.id && !row.inherited),
    );
  }
  const project = await findProject(db, scope.id);
  if (!project) return [];
  const above = new Set((await ancestorsOf(db, project)).map((row) => row.id as string));
  return ids(assignments.filter((row) => countsFor(row, project, above)));
}

function countsFor(row: AssignmentRow, project: ProjectRow, above: ReadonlySet<string>): boolean {
  if (row.target_type === 'project') {
    return row.inherited ? above.has(row.target_id) : row.target_id === project.id;
  }
  return row.target_type === 'domain' && row.inherited === 1 && row.target_id === project.domain_id;
}

const ids = (rows: readonly AssignmentRow[]) => [...new Set(rows.map((row) => row.role_id))];

/** The ids of the projects on which the user has a role, inherited ones included. */
export async function projectIdsOfUser(db: Reader, userId: string): Promise<ProjectId[]> {
  const found = new Set<ProjectId>();
  for (const row of await assignmentsOfUser(db, userId)) {
    if (row.target_type === 'project' && !row.inherited) found.add(row.target_id);
    else if (row.target_type !== 'system' && row.inherited) {
      for (const below of await subtreeOf(db, row.target_id)) found.add(below.id);
    }
  }
  return [...found];
}

/** The ids of the domains on which the user has a role. */
export async function domainIdsOfUser(db: Reader, userId: string): Promise<string[]> {
  const rows = await assignmentsOfUser(db, userId);
  return [...new Set(rows.filter((row) => row.target_type === 'domain' && !row.inherited).map((row) => row.target_id))];
}

/** Makes void what rests on an assignment that is taken away: tokens, and credentials made with it. */
export async function revokeGrant(tx: Tx, revocations: Revocations, row: AssignmentRow): Promise<void> {
  const users = row.actor_type === 'user' ? [row.actor_id] : await memberIdsOf(tx.db, row.actor_id);
  for (const userId of users) {
    // An inherited role may be in the token of any project below.
    if (row.inherited) await revocations.revoke(tx, 'user', userId);
    else await revocations.revoke(tx, 'grant', grantValue(userId, scopeOf(row)));
    await deleteStaleApplicationCredentials(tx, userId, row);
  }
}

function scopeOf(row: AssignmentRow): Scope {
  switch (row.target_type) {
    case 'project':
      return { kind: 'project', id: row.target_id, domainId: '' };
    case 'domain':
      return { kind: 'domain', id: row.target_id };
    case 'system':
      return { kind: 'system' };
  }
}

/** As Keystone does: who loses a role on a project loses the application credentials made for that project. */
async function deleteStaleApplicationCredentials(tx: Tx, userId: string, row: AssignmentRow): Promise<void> {
  if (row.target_type === 'system') return;
  const projects = row.inherited
    ? (await subtreeOf(tx.db, row.target_id)).map((project) => project.id)
    : [row.target_id];
  if (projects.length === 0) return;
  await tx.db
    .deleteFrom('application_credentials')
    .where('user_id', '=', userId)
    .where('project_id', 'in', projects)
    .execute();
}

/**
 * Makes void the tokens of all who have this role. Tokens name it, unless it is a role of a domain: those are only
 * found through who was given it.
 */
export async function revokeRole(tx: Tx, revocations: Revocations, role: RoleRow): Promise<void> {
  if (role.domain_id === null) return revocations.revoke(tx, 'role', role.name);
  const given = priorsOf(await readRoleBook(tx.db), role.id);
  const rows = await tx.db
    .selectFrom('role_assignments')
    .selectAll()
    .where('role_id', 'in', [...given])
    .execute();
  for (const row of rows) {
    const users = row.actor_type === 'user' ? [row.actor_id] : await memberIdsOf(tx.db, row.actor_id);
    for (const userId of users) await revocations.revoke(tx, 'user', userId);
  }
}
