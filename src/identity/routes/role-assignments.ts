import { badRequest } from '../../core/errors.ts';
import { ok, route } from '../../http/route.ts';
import type { Reader } from '../../store/store.ts';
import { listedDomain, notAllowed } from '../policy.ts';
import { listAssignments, readNames, type AssignmentFilter } from '../store/assignment-list.ts';
import { getProject, subtreeOf } from '../store/projects.ts';
import { BARE_NAMES, renderAssignment } from '../wire/assignments.ts';
import { AnyQuery, flag, parameter, type Query } from '../wire/common.ts';

const list = route({
  operation: 'role-assignments:list',
  method: 'GET',
  path: '/role_assignments',
  query: AnyQuery,
  async handler(call) {
    const { app, context, query, request } = call;
    const withinDomain = listedDomain(context, 'list_role_assignments');
    requireOneOfEach(query);
    const db = app.store.read;
    const rows = await listAssignments(db, { ...(await filterOf(db, query, withinDomain)), withinDomain });
    const names = flag(query, 'include_names') ? await readNames(db) : BARE_NAMES;
    return ok({
      role_assignments: rows.map((row) => renderAssignment(call, row, names)),
      links: { self: `${app.config.publicUrl}${request.url}`, previous: null, next: null },
    });
  },
});

/** An assignment has one actor and one target: a filter for two finds nothing, which is never what was meant. */
function requireOneOfEach(query: Query): void {
  const given = (name: string) => parameter(query, name) !== undefined;
  const exclusive: [string, string][] = [
    ['scope.domain.id', 'scope.project.id'],
    ['scope.domain.id', 'scope.system'],
    ['scope.project.id', 'scope.system'],
    ['user.id', 'group.id'],
  ];
  for (const [one, other] of exclusive) {
    if (given(one) && given(other)) throw badRequest(`Specify ${one} or ${other}, not both.`);
  }
  if (flag(query, 'include_subtree') && !given('scope.project.id')) {
    throw badRequest('scope.project.id must be specified if include_subtree is also specified.');
  }
  if (!flag(query, 'effective')) return;
  if (given('group.id')) throw badRequest('Combining effective and group filter will always result in an empty list.');
  if (given('scope.domain.id') && given('scope.OS-INHERIT:inherited_to')) {
    throw badRequest('Combining effective, domain and inherited filters will always result in an empty list.');
  }
}

/** Throws ApiError 403 for a tree in another domain than the caller's. */
async function treeBelow(db: Reader, projectId: string, withinDomain: string | null) {
  const project = await getProject(db, projectId);
  if (withinDomain !== null && project.domain_id !== withinDomain) throw notAllowed('list_role_assignments_for_tree');
  return subtreeOf(db, project.id);
}

async function filterOf(
  db: Reader,
  query: Query,
  withinDomain: string | null,
): Promise<Omit<AssignmentFilter, 'withinDomain'>> {
  const filter: Omit<AssignmentFilter, 'withinDomain'> = { effective: flag(query, 'effective') ?? false };
  const userId = parameter(query, 'user.id');
  const groupId = parameter(query, 'group.id');
  const roleId = parameter(query, 'role.id');
  const projectId = parameter(query, 'scope.project.id');
  const domainId = parameter(query, 'scope.domain.id');
  const inheritedTo = parameter(query, 'scope.OS-INHERIT:inherited_to');
  if (userId !== undefined) filter.userId = userId;
  if (groupId !== undefined) filter.groupId = groupId;
  if (roleId !== undefined) filter.roleId = roleId;
  if (inheritedTo !== undefined) filter.inherited = inheritedTo === 'projects';
  if (domainId !== undefined) filter.target = { type: 'domain', ids: [domainId] };
  if (parameter(query, 'scope.system') !== undefined) filter.target = { type: 'system', ids: ['all'] };
  if (projectId !== undefined) {
    const below = flag(query, 'include_subtree') ? await treeBelow(db, projectId, withinDomain) : [];
    filter.target = { type: 'project', ids: [projectId, ...below.map((row) => row.id)] };
  }
  return filter;
}

export const roleAssignmentRoutes = [list];
