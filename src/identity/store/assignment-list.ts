import type { Reader } from '../../store/store.ts';
import { effectiveAssignments, plainAssignment, type Assignment } from '../assignment-list.ts';
import type { TargetType } from '../tables.ts';
import type { Named, Names } from '../wire/assignments.ts';
import { assignmentsOfUser } from './assignments.ts';
import { subtreeOf } from './projects.ts';
import { readRoleBook, type AssignmentRow } from './roles.ts';

export interface AssignmentFilter {
  userId?: string;
  groupId?: string;
  roleId?: string;
  target?: { type: TargetType; ids: readonly string[] };
  inherited?: boolean;
  effective: boolean;
  /** Only on this domain and its projects. */
  withinDomain: string | null;
}

/** Role assignments, as they were made or as what they amount to. */
export async function listAssignments(db: Reader, filter: AssignmentFilter): Promise<Assignment[]> {
  const rows = filter.effective ? await effectiveRows(db, filter) : await plainRows(db, filter);
  const inside = filter.withinDomain === null ? null : await idsOfDomain(db, filter.withinDomain);
  return rows.filter((row) => inside === null || (row.target_type !== 'system' && inside.has(row.target_id)));
}

async function idsOfDomain(db: Reader, domainId: string): Promise<Set<string>> {
  return new Set([domainId, ...(await subtreeOf(db, domainId)).map((row) => row.id)]);
}

async function plainRows(db: Reader, filter: AssignmentFilter): Promise<Assignment[]> {
  const { userId, groupId, roleId, target, inherited } = filter;
  let query = db.selectFrom('role_assignments').selectAll();
  if (userId !== undefined) query = query.where('actor_type', '=', 'user').where('actor_id', '=', userId);
  if (groupId !== undefined) query = query.where('actor_type', '=', 'group').where('actor_id', '=', groupId);
  if (roleId !== undefined) query = query.where('role_id', '=', roleId);
  if (inherited !== undefined) query = query.where('inherited', '=', inherited ? 1 : 0);
  if (target) query = query.where('target_type', '=', target.type).where('target_id', 'in', [...target.ids]);
  return (await query.orderBy('target_type').orderBy('target_id').orderBy('actor_id').execute()).map(plainAssignment);
}

/** Filters count for the outcome here: who asks for a project's users also means those who inherit from above. */
async function effectiveRows(db: Reader, filter: AssignmentFilter): Promise<Assignment[]> {
  const { userId, roleId, target, inherited } = filter;
  const rows: AssignmentRow[] =
    userId === undefined
      ? await db.selectFrom('role_assignments').selectAll().execute()
      : await assignmentsOfUser(db, userId);
  const members = Map.groupBy(await db.selectFrom('user_group_members').selectAll().execute(), (row) => row.group_id);
  const below = new Map<string, string[]>();
  for (const { inherited: passedOn, target_id: id } of rows) {
    if (passedOn && !below.has(id)) {
      below.set(
        id,
        (await subtreeOf(db, id)).map((row) => row.id),
      );
    }
  }
  const all = effectiveAssignments(rows, {
    book: await readRoleBook(db),
    membersOf: (groupId) => (members.get(groupId) ?? []).map((row) => row.user_id),
    projectsBelow: (id) => below.get(id) ?? [],
  });
  return all.filter(
    (row) =>
      (userId === undefined || row.actor_id === userId) &&
      (roleId === undefined || row.role_id === roleId) &&
      (inherited === undefined || (row.inherited === 1) === inherited) &&
      (!target || (row.target_type === target.type && target.ids.includes(row.target_id))),
  );
}

/** The names of everything an assignment can speak of. */
export async function readNames(db: Reader): Promise<Names> {
  const projects = await db.selectFrom('projects').select(['id', 'name', 'domain_id']).execute();
  const domainNames = new Map(
    projects.filter((row) => row.domain_id === null).map((row) => [row.id as string, row.name]),
  );
  const lookup = (rows: readonly { id: string; name: string; domain_id: string | null }[]) => {
    const named = new Map<string, Named>();
    for (const { id, name, domain_id: domainId } of rows) {
      const domain = domainId === null ? undefined : { id: domainId, name: domainNames.get(domainId) ?? '' };
      named.set(id, domain ? { id, name, domain } : { id, name });
    }
    return (id: string): Named => named.get(id) ?? { id };
  };
  const project = lookup(projects);
  return {
    project,
    domain: project,
    user: lookup(await db.selectFrom('users').select(['id', 'name', 'domain_id']).execute()),
    group: lookup(await db.selectFrom('user_groups').select(['id', 'name', 'domain_id']).execute()),
    role: lookup(await db.selectFrom('roles').select(['id', 'name', 'domain_id']).execute()),
  };
}
