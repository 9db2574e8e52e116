import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdentity } from '../index.ts';
import { ADMIN_PASSWORD, ADMIN_SCOPE, identityCloud, person, type IdentityCloud } from '../testing.ts';
import { TOKEN_LIFETIME } from './revocations.ts';

const exchange = (cloud: IdentityCloud, token: string, scope?: unknown) =>
  cloud.request('POST', '/identity/v3/auth/tokens', {
    as: 'nobody',
    body: { auth: { identity: { methods: ['token'], token: { id: token } }, ...(scope !== undefined && { scope }) } },
  });
const works = async (cloud: IdentityCloud, token: string) =>
  (await cloud.call(token, 'GET', '/auth/projects')).status === 200;

test('a password gives a token that says who, where and what, and shows the same when asked for', async (t) => {
  const cloud = await identityCloud(t);
  const reply = await cloud.login();
  assert.equal(reply.status, 201);
  const { token } = reply.body;
  assert.equal(token.user.name, 'admin');
  assert.equal(token.project.domain.name, 'Default');
  assert.deepEqual(
    token.roles.map((role: { name: string }) => role.name),
    ['admin', 'manager', 'member', 'reader'],
  );
  assert.equal(Date.parse(token.expires_at) - Date.parse(token.issued_at), TOKEN_LIFETIME);
  assert.match(token.issued_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.ok(token.catalog.find((entry: { type: string }) => entry.type === 'compute'));
  const text = String(reply.headers['x-subject-token']);
  const shown = await cloud.request('GET', '/identity/v3/auth/tokens', {
    as: 'nobody',
    headers: { 'x-auth-token': text, 'x-subject-token': text },
  });
  assert.equal(shown.status, 200);
  assert.deepEqual(shown.body.token, token);
});

test('everything wrong about a log-in looks the same', async (t) => {
  const cloud = await identityCloud(t);
  const replies = await Promise.all([
    cloud.login({ password: 'wrong' }),
    cloud.login({ user: 'nobody' }),
    cloud.login({ domain: 'nowhere' }),
    cloud.login({ scope: { project: { id: 'nothing' } } }),
    cloud.login({ scope: { domain: { id: 'default' } } }),
  ]);
  for (const reply of replies) {
    assert.equal(reply.status, 401);
    assert.equal(reply.headers['www-authenticate'], 'Keystone uri="http://cloud.example:5000/identity"');
    assert.deepEqual(reply.body, {
      error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
    });
  }
  for (const text of ['nonsense', 'bm9uc2Vuc2U.bm9uc2Vuc2U']) {
    const reply = await exchange(cloud, text);
    assert.deepEqual([reply.status, reply.body.error.message], [404, 'Could not find token.']);
  }
});

test('a request that does not say enough is a 400', async (t) => {
  const cloud = await identityCloud(t);
  const bodies = [
    {},
    { auth: {} },
    { auth: { identity: { methods: [] } } },
    { auth: { identity: { methods: ['password'] } } },
    { auth: { identity: { methods: ['password'], password: { user: { name: 'admin', password: 'x' } } } } },
  ];
  for (const body of bodies) {
    const reply = await cloud.request('POST', '/identity/v3/auth/tokens', { as: 'nobody', body });
    assert.equal(reply.status, 400, JSON.stringify(body));
  }
  assert.equal((await cloud.login({ scope: { project: { name: 'admin' } } })).status, 400);
  assert.equal((await cloud.login({ scope: { ...ADMIN_SCOPE, system: { all: true } } })).status, 400);
});

test('scopes: system, none, and a default project that is only a wish', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  assert.deepEqual((await cloud.login({ scope: { system: { all: true } } })).body.token.system, { all: true });
  const unscoped = (await cloud.login({ scope: null })).body.token;
  assert.equal(unscoped.project, undefined);
  assert.equal(unscoped.catalog, undefined);
  const ann = await person(cloud, admin, 'ann', 'member');
  const login = { user: 'ann', password: 'ann-password', domain: ann.domainId };
  await cloud.call(admin, 'PATCH', `/users/${ann.userId}`, { user: { default_project_id: ann.projectId } });
  assert.equal((await cloud.login({ ...login, scope: null })).body.token.project.id, ann.projectId);
  assert.equal((await cloud.login({ ...login, scope: 'unscoped' })).body.token.project, undefined);
  await cloud.call(admin, 'PATCH', `/users/${ann.userId}`, { user: { default_project_id: 'gone' } });
  assert.equal((await cloud.login({ ...login, scope: null })).body.token.project, undefined);
});

test('a token changed by one character, expired, or of another cloud is refused', async (t) => {
  const cloud = await identityCloud(t);
  const token = await cloud.tokenOf();
  const other = await (await identityCloud(t)).tokenOf();
  assert.equal(await works(cloud, token), true);
  assert.equal(
    await works(
      cloud,
      token.replace(/^./, (c) => (c === 'W' ? 'X' : 'W')),
    ),
    false,
  );
  assert.equal(await works(cloud, token.slice(0, -2)), false);
  assert.equal(await works(cloud, other), false);
  cloud.app.clock.advance(TOKEN_LIFETIME);
  assert.equal(await works(cloud, token), false);
});

test('a token from a token lives no longer, and ends with the first of its chain', async (t) => {
  const cloud = await identityCloud(t);
  const first = await cloud.login({ scope: null });
  const firstToken = String(first.headers['x-subject-token']);
  cloud.app.clock.advance(60_000);
  const second = await exchange(cloud, firstToken, ADMIN_SCOPE);
  assert.equal(second.status, 201);
  assert.equal(second.body.token.expires_at, first.body.token.expires_at);
  assert.deepEqual(second.body.token.methods, ['token', 'password']);
  assert.equal(second.body.token.audit_ids[1], first.body.token.audit_ids[0]);
  const secondToken = String(second.headers['x-subject-token']);
  const revoke = (subject: string, by: string) =>
    cloud.request('DELETE', '/identity/v3/auth/tokens', {
      as: 'nobody',
      headers: { 'x-auth-token': by, 'x-subject-token': subject },
    });
  const third = String((await exchange(cloud, firstToken, ADMIN_SCOPE)).headers['x-subject-token']);
  assert.equal((await revoke(third, firstToken)).status, 204);
  assert.deepEqual([await works(cloud, third), await works(cloud, secondToken)], [false, true]);
  assert.equal((await revoke(firstToken, firstToken)).status, 204);
  assert.deepEqual([await works(cloud, firstToken), await works(cloud, secondToken)], [false, false]);
  const fresh = await cloud.tokenOf();
  assert.equal((await revoke(firstToken, fresh)).status, 404);
});

test('what a token rests on, when it goes, takes the token along; a new log-in works at once', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const patch = (path: string, body: object) => cloud.call(admin, 'PATCH', path, body);
  const grant = `/projects/${ann.projectId}/users/${ann.userId}/roles/${ann.roleId('member')}`;

  let token = await ann.token();
  await cloud.call(admin, 'DELETE', grant);
  assert.equal(await works(cloud, token), false);
  await cloud.call(admin, 'PUT', grant);
  token = await ann.token();
  assert.equal(await works(cloud, token), true);

  await patch(`/users/${ann.userId}`, { user: { enabled: false } });
  assert.equal(await works(cloud, token), false);
  await assert.rejects(ann.token());
  await patch(`/users/${ann.userId}`, { user: { enabled: true } });
  token = await ann.token();

  await patch(`/projects/${ann.projectId}`, { project: { enabled: false } });
  assert.equal(await works(cloud, token), false);
  await patch(`/projects/${ann.projectId}`, { project: { enabled: true } });
  token = await ann.token();

  await patch(`/domains/${ann.domainId}`, { domain: { enabled: false } });
  assert.equal(await works(cloud, token), false);
  await patch(`/domains/${ann.domainId}`, { domain: { enabled: true } });
  token = await ann.token();

  const changed = await cloud.request('POST', `/identity/v3/users/${ann.userId}/password`, {
    as: 'nobody',
    body: { user: { original_password: 'ann-password', password: 'other' } },
  });
  assert.equal(changed.status, 204);
  assert.equal(await works(cloud, token), false);
  await assert.rejects(ann.token());
  assert.equal(await works(cloud, admin), true);
});

test('revocations survive a restart, and are forgotten when they no longer matter', async (t) => {
  const cloud = await identityCloud(t);
  const token = await cloud.tokenOf();
  await cloud.request('DELETE', '/identity/v3/auth/tokens', {
    as: 'nobody',
    headers: { 'x-auth-token': token, 'x-subject-token': token },
  });
  const { store, ...rest } = cloud.app;
  // Another handle on the same rows stands for the next process.
  const restarted = await createIdentity({ ...rest, store: { ...store } });
  assert.throws(() => restarted.verifyToken(token), { status: 401 });
  cloud.app.clock.advance(2 * TOKEN_LIFETIME);
  const later = await cloud.tokenOf();
  await cloud.request('DELETE', '/identity/v3/auth/tokens', {
    as: 'nobody',
    headers: { 'x-auth-token': later, 'x-subject-token': later },
  });
  assert.equal((await store.read.selectFrom('token_revocations').selectAll().execute()).length, 1);
});

test('after five failures in a row even the right password waits, from that address', async (t) => {
  const cloud = await identityCloud(t);
  for (let attempt = 0; attempt < 5; attempt++) await cloud.login({ password: `guess ${attempt}` });
  const waits = await cloud.login();
  assert.deepEqual([waits.status, waits.headers['retry-after']], [429, '1']);
  cloud.app.clock.advance(1_001);
  assert.equal((await cloud.login()).status, 201);
  assert.equal((await cloud.login({ password: 'guess' })).status, 401);
  assert.equal((await cloud.login({ password: ADMIN_PASSWORD })).status, 201);
});

test('a role of a domain is never named in a token, what it implies is', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'reader');
  const role = (await cloud.call(admin, 'POST', '/roles', { role: { name: 'helper', domain_id: ann.domainId } })).body
    .role;
  await cloud.call(admin, 'PUT', `/roles/${role.id}/implies/${ann.roleId('member')}`);
  await cloud.call(admin, 'DELETE', `/projects/${ann.projectId}/users/${ann.userId}/roles/${ann.roleId('reader')}`);
  assert.equal(
    (await cloud.call(admin, 'PUT', `/projects/${ann.projectId}/users/${ann.userId}/roles/${role.id}`)).status,
    204,
  );
  const token = await ann.token();
  const roles = cloud.app.verifyToken(token).roles;
  assert.deepEqual(roles, ['member', 'reader']);
  await cloud.call(admin, 'DELETE', `/roles/${role.id}/implies/${ann.roleId('member')}`);
  assert.equal(await works(cloud, token), false);
});
