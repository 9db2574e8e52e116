import type { AssignmentRow, RoleBook } from './store/roles.ts';
import { closureOf } from './store/roles.ts';

/** An assignment as it is listed: a row, or what follows from one. */
export interface Assignment extends AssignmentRow {
  /** The group through which a user has it. */
  viaGroup: string | null;
  /** The project or domain above from which it is inherited. */
  viaTarget: { type: 'project' | 'domain'; id: string } | null;
  /** The assigned role that implies this one. */
  viaRole: string | null;
}

export interface Surroundings {
  book: RoleBook;
  membersOf(groupId: string): readonly string[];
  /** The projects below a project or domain. */
  projectsBelow(id: string): readonly string[];
}

export const plainAssignment = (row: AssignmentRow): Assignment => ({
  ...row,
  viaGroup: null,
  viaTarget: null,
  viaRole: null,
});

/**
 * What assignments amount to: a group's counts for each member, an inherited one for each project below, each role
 * for those it implies; roles of a domain vanish behind what they imply
 * (https://docs.openstack.org/api-ref/identity/v3/#list-role-assignments).
 */
export function effectiveAssignments(rows: readonly AssignmentRow[], around: Surroundings): Assignment[] {
  return rows
    .map(plainAssignment)
    .flatMap((row) => (row.actor_type === 'group' ? perMember(row, around) : [row]))
    .flatMap((row) => (row.inherited ? perProject(row, around) : [row]))
    .flatMap((row) => perRole(row, around));
}

function perMember(row: Assignment, around: Surroundings): Assignment[] {
  return around
    .membersOf(row.actor_id)
    .map((userId) => ({ ...row, actor_type: 'user', actor_id: userId, viaGroup: row.actor_id }));
}

function perProject(row: Assignment, around: Surroundings): Assignment[] {
  const { target_type: type, target_id: id } = row;
  if (type === 'system') return [];
  return around
    .projectsBelow(id)
    .map((projectId) => ({ ...row, target_type: 'project', target_id: projectId, viaTarget: { type, id } }));
}

function perRole(row: Assignment, { book }: Surroundings): Assignment[] {
  return [...closureOf(book, [row.role_id])]
    .filter((id) => book.roles.get(id)?.domain_id === null)
    .map((id) => (id === row.role_id ? row : { ...row, role_id: id, viaRole: row.role_id }));
}
