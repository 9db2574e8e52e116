import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityCloud, person, type IdentityCloud } from './testing.ts';

const names = (rows: { name: string }[]) => rows.map((row) => row.name);

async function start(t: Parameters<typeof identityCloud>[0]) {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const as = (token: string) => (method: Parameters<IdentityCloud['call']>[1], path: string, body?: unknown) =>
    cloud.call(token, method, path, body);
  return { cloud, admin, as, call: as(admin) };
}

test('a tree of projects: parents, subtree, tags, and what may not be', async (t) => {
  const { call } = await start(t);
  const make = async (project: object) => (await call('POST', '/projects', { project })).body.project;
  const top = await make({ name: 'top', tags: ['blue', 'red'] });
  assert.equal(top.domain_id, 'default');
  assert.equal(top.parent_id, 'default');
  const child = await make({ name: 'child', parent_id: top.id, cost_centre: 7 });
  assert.equal(child.cost_centre, 7);
  const leaf = await make({ name: 'leaf', parent_id: child.id });

  const shown = await call('GET', `/projects/${child.id}?parents_as_ids&subtree_as_list`);
  assert.deepEqual(shown.body.project.parents, { [top.id]: { default: null } });
  assert.deepEqual(shown.body.project.subtree[0].project.name, 'leaf');
  assert.equal((await call('GET', `/projects/${child.id}?parents_as_ids&parents_as_list`)).status, 400);

  assert.deepEqual(names((await call('GET', '/projects?tags=blue,red')).body.projects), ['top']);
  assert.deepEqual(names((await call('GET', '/projects?tags-any=green,red')).body.projects), ['top']);
  assert.equal((await call('GET', '/projects?not-tags-any=blue')).body.projects.length, 4);
  assert.deepEqual(names((await call('GET', '/projects?name__contains=EA')).body.projects), ['leaf']);
  assert.deepEqual(names((await call('GET', '/projects?is_domain=true')).body.projects), ['Default']);

  assert.equal((await call('POST', '/projects', { project: { name: 'top' } })).status, 409);
  assert.equal((await call('POST', '/projects', { project: { name: 'x', parent_id: 'gone' } })).status, 404);
  assert.equal((await call('POST', '/projects', { project: { name: '' } })).status, 400);
  assert.equal((await call('POST', '/projects', { project: { name: 'x'.repeat(65) } })).status, 400);
  assert.equal((await call('POST', '/projects', { project: { name: 'x' }, more: 1 })).status, 400);
  assert.equal((await call('PATCH', `/projects/${child.id}`, { project: { parent_id: 'default' } })).status, 403);
  assert.equal((await call('PATCH', `/projects/${child.id}`, { project: { enabled: false } })).status, 403);
  assert.equal((await call('DELETE', `/projects/${child.id}`)).status, 403);
  assert.equal((await call('DELETE', `/projects/${leaf.id}`)).status, 204);
  assert.equal((await call('DELETE', `/projects/${leaf.id}`)).status, 404);
  assert.equal((await call('PUT', `/projects/${child.id}/tags/a,b`)).status, 400);
  assert.equal((await call('PUT', `/projects/${child.id}/tags/new`)).status, 201);
  assert.deepEqual((await call('GET', `/projects/${child.id}/tags`)).body.tags, ['new']);
});

test('lists come in pages that link to the next', async (t) => {
  const { call } = await start(t);
  for (const name of ['a', 'b', 'c']) await call('POST', '/users', { user: { name, email: `${name}@example` } });
  const first = await call('GET', '/users?limit=2&name__startswith=');
  assert.deepEqual(names(first.body.users), ['a', 'admin']);
  const next = new URL(first.body.links.next);
  const second = await call('GET', next.pathname.replace('/identity/v3', '') + next.search);
  assert.deepEqual(names(second.body.users), ['b', 'c']);
  assert.equal(second.body.links.next, null);
  assert.equal(second.body.users[0].email, 'b@example');
  assert.equal((await call('GET', '/users?limit=two')).status, 400);
});

test('an immutable thing stays until the mark is taken away', async (t) => {
  const { call } = await start(t);
  const { project } = (await call('POST', '/projects', { project: { name: 'p', options: { immutable: true } } })).body;
  assert.equal((await call('PATCH', `/projects/${project.id}`, { project: { name: 'q' } })).status, 403);
  assert.equal((await call('DELETE', `/projects/${project.id}`)).status, 403);
  await call('PATCH', `/projects/${project.id}`, { project: { options: { immutable: null } } });
  assert.equal((await call('DELETE', `/projects/${project.id}`)).status, 204);
});

test('a member sees oneself and the own projects, and nothing of others', async (t) => {
  const { cloud, admin, as } = await start(t);
  const ann = await person(cloud, admin, 'ann', 'member');
  const bob = await person(cloud, admin, 'bob', 'member');
  const call = as(await ann.token());
  for (const list of [
    '/users',
    '/projects',
    '/domains',
    '/groups',
    '/roles',
    '/role_assignments',
    '/services',
    '/endpoints',
  ]) {
    assert.equal((await call('GET', list)).status, 403, list);
  }
  assert.equal((await call('GET', `/users/${ann.userId}`)).status, 200);
  assert.equal((await call('GET', `/users/${bob.userId}`)).status, 404);
  assert.equal((await call('GET', `/projects/${ann.projectId}`)).status, 200);
  assert.equal((await call('GET', `/projects/${bob.projectId}`)).status, 404);
  assert.equal((await call('GET', `/domains/${bob.domainId}`)).status, 404);
  assert.deepEqual(names((await call('GET', `/users/${ann.userId}/projects`)).body.projects), ['ann-project']);
  assert.deepEqual(names((await call('GET', '/auth/projects')).body.projects), ['ann-project']);
  assert.equal((await call('POST', '/projects', { project: { name: 'x' } })).status, 403);
  assert.equal((await call('DELETE', `/projects/${ann.projectId}`)).status, 403);
  assert.equal((await call('PATCH', `/users/${ann.userId}`, { user: { name: 'x' } })).status, 403);
  assert.equal((await call('GET', `/users/${bob.userId}/application_credentials`)).status, 403);
});

test('the manager of a domain rules there and nowhere else, and makes no admins', async (t) => {
  const { cloud, admin, as, call: byAdmin } = await start(t);
  const ann = await person(cloud, admin, 'ann', 'member');
  const bob = await person(cloud, admin, 'bob', 'member');
  await byAdmin('PUT', `/domains/${ann.domainId}/users/${ann.userId}/roles/${ann.roleId('manager')}`);
  const call = as(await ann.token({ domain: { id: ann.domainId } }));
  assert.deepEqual(names((await call('GET', '/users')).body.users), ['ann']);
  assert.deepEqual(names((await call('GET', '/domains')).body.domains), ['ann-domain']);
  assert.equal((await call('POST', '/users', { user: { name: 'eve', domain_id: bob.domainId } })).status, 403);
  const { user } = (await call('POST', '/users', { user: { name: 'eve' } })).body;
  assert.equal(user.domain_id, ann.domainId);
  const grant = (project: string, who: string, role: string) =>
    call('PUT', `/projects/${project}/users/${who}/roles/${ann.roleId(role)}`);
  assert.equal((await grant(ann.projectId, user.id, 'member')).status, 204);
  assert.equal((await grant(ann.projectId, user.id, 'admin')).status, 403);
  assert.equal((await grant(bob.projectId, user.id, 'member')).status, 403);
  assert.equal((await call('PATCH', `/users/${bob.userId}`, { user: { enabled: false } })).status, 404);
  assert.equal((await call('DELETE', `/projects/${bob.projectId}`)).status, 404);
  const seen = (await call('GET', '/role_assignments?include_names')).body.role_assignments;
  assert.ok(seen.every((row: { user: { domain: { id: string } } }) => row.user.domain.id === ann.domainId));
  assert.equal((await call('PATCH', `/domains/${ann.domainId}`, { domain: { name: 'mine' } })).status, 403);
});

test('a domain goes with all that is in it, once it is disabled', async (t) => {
  const { cloud, admin, call } = await start(t);
  const ann = await person(cloud, admin, 'ann', 'member');
  await call('POST', '/projects', { project: { name: 'below', parent_id: ann.projectId } });
  await call('POST', '/groups', { group: { name: 'g', domain_id: ann.domainId } });
  assert.equal((await call('DELETE', `/domains/${ann.domainId}`)).status, 403);
  await call('PATCH', `/domains/${ann.domainId}`, { domain: { enabled: false } });
  assert.equal((await call('DELETE', `/domains/${ann.domainId}`)).status, 204);
  assert.equal((await call('GET', `/users/${ann.userId}`)).status, 404);
  assert.equal((await call('GET', `/projects/${ann.projectId}`)).status, 404);
  assert.equal((await call('GET', `/role_assignments?user.id=${ann.userId}`)).body.role_assignments.length, 0);
});

test('what assignments amount to: groups, inheritance and implied roles', async (t) => {
  const { cloud, admin, call } = await start(t);
  const ann = await person(cloud, admin, 'ann', 'reader');
  const { group } = (await call('POST', '/groups', { group: { name: 'g', domain_id: ann.domainId } })).body;
  await call('PUT', `/groups/${group.id}/users/${ann.userId}`);
  const grant = `/OS-INHERIT/domains/${ann.domainId}/groups/${group.id}/roles/${ann.roleId('member')}/inherited_to_projects`;
  assert.equal((await call('PUT', grant)).status, 204);
  assert.equal((await call('HEAD', grant)).status, 204);
  const list = async (query: string) => (await call('GET', `/role_assignments?${query}`)).body.role_assignments;
  assert.equal((await list(`group.id=${group.id}`)).length, 1);
  const effective = await list(`effective&include_names=true&user.id=${ann.userId}`);
  const summary = effective.map((row: { role: { name: string }; links: { membership?: string } }) => [
    row.role.name,
    row.links.membership !== undefined,
  ]);
  assert.deepEqual(summary.sort(), [
    ['member', true],
    ['reader', false],
    ['reader', true],
  ]);
  assert.equal((await call('GET', '/role_assignments?user.id=x&group.id=y')).status, 400);
  const token = await ann.token();
  assert.deepEqual(cloud.app.verifyToken(token).roles, ['member', 'reader']);
  assert.equal((await call('DELETE', `/groups/${group.id}/users/${ann.userId}`)).status, 204);
  assert.throws(() => cloud.app.verifyToken(token), { status: 401 });
  assert.deepEqual(cloud.app.verifyToken(await ann.token()).roles, ['reader']);
});

test('implied roles: no circles, no way to admin', async (t) => {
  const { call } = await start(t);
  const roles = (await call('GET', '/roles')).body.roles as { id: string; name: string }[];
  const id = (name: string) => roles.find((role) => role.name === name)?.id;
  assert.equal((await call('PUT', `/roles/${id('reader')}/implies/${id('manager')}`)).status, 400);
  assert.equal((await call('PUT', `/roles/${id('service')}/implies/${id('admin')}`)).status, 403);
  assert.equal((await call('PUT', `/roles/${id('service')}/implies/${id('reader')}`)).status, 201);
  assert.equal((await call('DELETE', `/roles/${id('service')}/implies/${id('reader')}`)).status, 204);
  assert.equal((await call('GET', `/roles/${id('service')}/implies/${id('reader')}`)).status, 404);
});
