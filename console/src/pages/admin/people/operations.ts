import {
  assignmentsRequest,
  groupsRequest,
  projectsRequest,
  rolesRequest,
  usersRequest,
  type Group,
  type Project,
  type User,
} from '../../../api/queries/identity.ts';
import { request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';

type Ref = { id: string; name: string };
/** A user or a group. */
export type Actor = Ref & { kind: 'user' | 'group' };

export const listProjects: Operation = { request: projectsRequest, command: openstack('project', 'list', '--long') };
export const listUsers: Operation = { request: usersRequest, command: openstack('user', 'list', '--long') };
export const listGroups: Operation = { request: groupsRequest, command: openstack('group', 'list', '--long') };
export const listRoles: Operation = { request: rolesRequest, command: openstack('role', 'list') };

export const listAssignments = (of: { project: string } | { user: string } | { group: string }): Operation => ({
  request: assignmentsRequest(of),
  command: openstack(
    ...['role', 'assignment', 'list', '--names'],
    ...Object.entries(of).map(([kind, id]) => [`--${kind}`, id]),
  ),
});

export const createProject = ({ name, description }: { name: string; description: string }): Operation => ({
  request: request('POST /identity/v3/projects', {
    body: { project: { name, domain_id: 'default', ...(description !== '' && { description }) } },
  }),
  command: openstack('project', 'create', description !== '' && ['--description', description], name),
});

export const setProject = (
  project: Ref,
  change: Partial<Pick<Project, 'name' | 'description' | 'enabled'>>,
): Operation => ({
  request: request('PATCH /identity/v3/projects/{project_id}', {
    path: { project_id: project.id },
    body: { project: change },
  }),
  command: openstack(
    ...['project', 'set'],
    change.name !== undefined && ['--name', change.name],
    change.description !== undefined && ['--description', change.description ?? ''],
    change.enabled !== undefined && (change.enabled ? '--enable' : '--disable'),
    project.id,
  ),
});

export const deleteProject = (project: Ref): Operation => ({
  request: request('DELETE /identity/v3/projects/{project_id}', { path: { project_id: project.id } }),
  command: openstack('project', 'delete', project.id),
});

/** A network, a router and the way out, of addresses that no other project has. A second time it finds them. */
export const makeNetwork = (project: Ref): Operation => ({
  request: request('GET /network/v2.0/auto-allocated-topology/{project_id}', { path: { project_id: project.id } }),
  command: openstack('network', 'auto', 'allocated', 'topology', 'create', '--project', project.id),
});

export const createUser = (user: {
  name: string;
  password: string;
  email: string;
  description: string;
  project?: string;
}): Operation => ({
  request: request('POST /identity/v3/users', {
    body: {
      user: {
        name: user.name,
        domain_id: 'default',
        password: user.password,
        ...(user.email !== '' && { email: user.email }),
        ...(user.description !== '' && { description: user.description }),
        ...(user.project !== undefined && { default_project_id: user.project }),
      },
    },
  }),
  command: openstack(
    ...['user', 'create', '--password', '…'],
    user.email !== '' && ['--email', user.email],
    user.description !== '' && ['--description', user.description],
    user.project !== undefined && ['--project', user.project],
    user.name,
  ),
});

export const setUser = (user: Ref, change: Partial<Pick<User, 'enabled'>> & { password?: string }): Operation => ({
  request: request('PATCH /identity/v3/users/{user_id}', { path: { user_id: user.id }, body: { user: change } }),
  command: openstack(
    ...['user', 'set'],
    change.enabled !== undefined && (change.enabled ? '--enable' : '--disable'),
    change.password !== undefined && ['--password', '…'],
    user.id,
  ),
});

export const deleteUser = (user: Ref): Operation => ({
  request: request('DELETE /identity/v3/users/{user_id}', { path: { user_id: user.id } }),
  command: openstack('user', 'delete', user.id),
});

export const createGroup = ({ name, description }: Pick<Group, 'name'> & { description: string }): Operation => ({
  request: request('POST /identity/v3/groups', {
    body: { group: { name, domain_id: 'default', ...(description !== '' && { description }) } },
  }),
  command: openstack('group', 'create', description !== '' && ['--description', description], name),
});

export const deleteGroup = (group: Ref): Operation => ({
  request: request('DELETE /identity/v3/groups/{group_id}', { path: { group_id: group.id } }),
  command: openstack('group', 'delete', group.id),
});

export const addToGroup = (group: Ref, user: Ref): Operation => ({
  request: request('PUT /identity/v3/groups/{group_id}/users/{user_id}', {
    path: { group_id: group.id, user_id: user.id },
  }),
  command: openstack('group', 'add', 'user', group.name, user.name),
});

export const removeFromGroup = (group: Ref, user: Ref): Operation => ({
  request: request('DELETE /identity/v3/groups/{group_id}/users/{user_id}', {
    path: { group_id: group.id, user_id: user.id },
  }),
  command: openstack('group', 'remove', 'user', group.name, user.name),
});

/** Gives somebody a role in a project, or takes it. */
export function assign(what: 'add' | 'remove', { actor, role, project }: { actor: Actor; role: Ref; project: Ref }) {
  const method = what === 'add' ? 'PUT' : 'DELETE';
  const operation: Operation = {
    request: request(`${method} /identity/v3/projects/{target_id}/${actor.kind}s/{actor_id}/roles/{role_id}`, {
      path: { target_id: project.id, actor_id: actor.id, role_id: role.id },
    }),
    command: openstack('role', what, `--${actor.kind}`, actor.id, '--project', project.id, role.name),
  };
  return operation;
}
