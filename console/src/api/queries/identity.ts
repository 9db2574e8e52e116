import { plainRequest, request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

export interface Project {
  id: string;
  name: string;
  description: string | null;
  domain_id: string;
  enabled: boolean;
}

export interface User {
  id: string;
  name: string;
  email?: string | null;
  description?: string | null;
  domain_id: string;
  enabled: boolean;
  default_project_id?: string | null;
  password_expires_at: string | null;
}

export interface Group {
  id: string;
  name: string;
  description: string | null;
  domain_id: string;
}

export interface Role {
  id: string;
  name: string;
  description: string | null;
  domain_id: string | null;
}

/** Who has which role where, with names. */
export interface Assignment {
  role: { id: string; name: string };
  user?: { id: string; name: string };
  group?: { id: string; name: string };
  scope: { project?: { id: string; name: string }; domain?: { id: string; name: string }; system?: { all: boolean } };
}

export const projectsRequest = request('GET /identity/v3/projects', {});
export const projectsQuery = listQuery<Project>('projects', projectsRequest, 'projects');
export const projectRequest = (id: string) =>
  request('GET /identity/v3/projects/{project_id}', { path: { project_id: id } });
export const projectQuery = (id: string) => oneQuery<Project>('projects', id, projectRequest(id), 'project');

export const usersRequest = request('GET /identity/v3/users', {});
export const usersQuery = listQuery<User>('users', usersRequest, 'users');
export const userRequest = (id: string) => request('GET /identity/v3/users/{user_id}', { path: { user_id: id } });
export const userQuery = (id: string) => oneQuery<User>('users', id, userRequest(id), 'user');

export const groupsRequest = request('GET /identity/v3/groups', {});
export const groupsQuery = listQuery<Group>('groups', groupsRequest, 'groups');
export const groupRequest = (id: string) => request('GET /identity/v3/groups/{group_id}', { path: { group_id: id } });
export const groupQuery = (id: string) => oneQuery<Group>('groups', id, groupRequest(id), 'group');
export const groupUsersQuery = (id: string) =>
  listQuery<User>('groups', request('GET /identity/v3/groups/{group_id}/users', { path: { group_id: id } }), 'users');
export const userGroupsQuery = (id: string) =>
  listQuery<Group>('groups', request('GET /identity/v3/users/{user_id}/groups', { path: { user_id: id } }), 'groups');

export const rolesRequest = request('GET /identity/v3/roles', {});
export const rolesQuery = listQuery<Role>('roles', rolesRequest, 'roles');

export const domainsQuery = listQuery<Pick<Project, 'id' | 'name'>>(
  'projects',
  request('GET /identity/v3/domains', {}),
  'domains',
);

/** Of a project, or of somebody. */
export const assignmentsRequest = (of: { project: string } | { user: string } | { group: string }) =>
  plainRequest('GET', '/identity/v3/role_assignments', {
    query: {
      ...('project' in of && { 'scope.project.id': of.project }),
      ...('user' in of && { 'user.id': of.user }),
      ...('group' in of && { 'group.id': of.group }),
      include_names: 'true',
    },
  });
export const assignmentsQuery = (of: { project: string } | { user: string } | { group: string }) =>
  listQuery<Assignment>('role-assignments', assignmentsRequest(of), 'role_assignments');
