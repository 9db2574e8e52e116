import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdentity } from './index.ts';
import { identityCloud, person, type IdentityCloud } from './testing.ts';

async function start(t: Parameters<typeof identityCloud>[0]) {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const token = await ann.token();
  const path = `/users/${ann.userId}/application_credentials`;
  const make = async (given: object, by = token) =>
    cloud.call(by, 'POST', path, { application_credential: { name: 'ac', ...given } });
  return { cloud, admin, ann, token, path, make };
}

const login = (cloud: IdentityCloud, credential: object, more: object = {}) =>
  cloud.request('POST', '/identity/v3/auth/tokens', {
    as: 'nobody',
    body: { auth: { identity: { methods: ['application_credential'], application_credential: credential }, ...more } },
  });
const textOf = (reply: { headers: Record<string, unknown> }) => String(reply.headers['x-subject-token']);

test('a credential logs in by id or name, with the roles it was given, for its project only', async (t) => {
  const { cloud, ann, path, token, make } = await start(t);
  const made = (await make({ roles: [{ name: 'reader' }] })).body.application_credential;
  assert.equal(made.project_id, ann.projectId);
  const reply = await login(cloud, { id: made.id, secret: made.secret });
  assert.equal(reply.status, 201);
  assert.deepEqual(cloud.app.verifyToken(textOf(reply)).roles, ['reader']);
  assert.equal(reply.body.token.application_credential.restricted, true);
  const byName = { name: 'ac', secret: made.secret, user: { name: 'ann', domain: { id: ann.domainId } } };
  assert.equal((await login(cloud, byName)).status, 201);
  assert.equal((await login(cloud, { id: made.id, secret: 'wrong' })).status, 401);
  assert.equal(
    (await login(cloud, { id: made.id, secret: made.secret }, { scope: { system: { all: true } } })).status,
    401,
  );
  const shown = (await cloud.call(token, 'GET', `${path}/${made.id}`)).body.application_credential;
  assert.equal(shown.secret, undefined);
  const [row] = await cloud.app.store.read.selectFrom('application_credentials').selectAll().execute();
  assert.ok(!row?.secret_hash.includes(made.secret));
  assert.equal((await make({})).status, 409);
});

test('nobody hands on more than they have, or from a restricted credential', async (t) => {
  const { cloud, admin, make } = await start(t);
  assert.equal((await make({ roles: [{ name: 'admin' }] })).status, 400);
  assert.equal((await make({}, admin)).status, 403);
  const restricted = (await make({ secret: 'chosen' })).body.application_credential;
  const token = textOf(await login(cloud, { id: restricted.id, secret: 'chosen' }));
  assert.equal((await make({ name: 'other' }, token)).status, 403);
  const free = (await make({ name: 'free', unrestricted: true, roles: [{ name: 'reader' }] })).body
    .application_credential;
  const freeToken = textOf(await login(cloud, { id: free.id, secret: free.secret }));
  assert.equal((await make({ name: 'more', roles: [{ name: 'member' }] }, freeToken)).status, 400);
  assert.equal((await make({ name: 'less' }, freeToken)).status, 201);
});

test('deleted, expired, or its role taken away: a credential and its tokens end', async (t) => {
  const { cloud, admin, ann, path, token, make } = await start(t);
  const soon = new Date(cloud.app.clock.now() + 60_000).toISOString().replace('Z', '');
  const made = (await make({ expires_at: soon })).body.application_credential;
  assert.equal(made.expires_at, `${soon}000`);
  const reply = await login(cloud, { id: made.id, secret: made.secret });
  assert.equal(Date.parse(reply.body.token.expires_at), Date.parse(`${soon}Z`));
  assert.equal((await cloud.call(token, 'DELETE', `${path}/${made.id}`)).status, 204);
  assert.throws(() => cloud.app.verifyToken(textOf(reply)), { status: 401 });
  const again = (await make({ expires_at: soon })).body.application_credential;
  cloud.app.clock.advance(60_000);
  assert.equal((await login(cloud, { id: again.id, secret: again.secret })).status, 401);
  const third = (await make({ name: 'third' })).body.application_credential;
  await cloud.call(admin, 'DELETE', `/projects/${ann.projectId}/users/${ann.userId}/roles/${ann.roleId('member')}`);
  assert.equal((await login(cloud, { id: third.id, secret: third.secret })).status, 401);
  for (const expires of ['yesterday', '2020-01-01T00:00:00', '2026-13-01T00:00:00']) {
    assert.equal((await make({ name: 'x', expires_at: expires }, admin)).status, 403);
  }
});

test('access rules: a token is good for what they name, and for nothing where the call is not known', async (t) => {
  const { cloud, ann, token, path, make } = await start(t);
  const rule = { service: 'compute', method: 'GET', path: '/v2.1/servers/*' };
  const made = (await make({ access_rules: [rule] })).body.application_credential;
  const limited = textOf(await login(cloud, { id: made.id, secret: made.secret }));
  const { verifyToken } = await createIdentity(cloud.app);
  assert.equal(verifyToken(limited, { service: 'compute', method: 'GET', path: '/v2.1/servers/x' }).userId, ann.userId);
  assert.throws(() => verifyToken(limited, { service: 'compute', method: 'DELETE', path: '/v2.1/servers/x' }));
  assert.throws(() => verifyToken(limited));
  const rules = `/users/${ann.userId}/access_rules`;
  assert.deepEqual((await cloud.call(token, 'GET', rules)).body.access_rules.length, 1);
  const { id } = made.access_rules[0];
  assert.equal((await cloud.call(token, 'DELETE', `${rules}/${id}`)).status, 403);
  await cloud.call(token, 'DELETE', `${path}/${made.id}`);
  assert.equal((await cloud.call(token, 'DELETE', `${rules}/${id}`)).status, 204);
  assert.equal((await make({ access_rules: [{ id: 'gone' }] })).status, 400);
});

test('blobs of credentials are encrypted at rest and seen by their owner', async (t) => {
  const { cloud, admin, ann, token } = await start(t);
  const bob = await person(cloud, admin, 'bob', 'member');
  const made = await cloud.call(token, 'POST', `/users/${ann.userId}/credentials/OS-EC2`, { tenant_id: ann.projectId });
  assert.equal(made.status, 201);
  const { access, secret } = made.body.credential;
  const [row] = await cloud.app.store.read.selectFrom('credentials').selectAll().execute();
  assert.ok(row && !JSON.stringify(row).includes(secret));
  const byAccess = `/users/${ann.userId}/credentials/OS-EC2/${access}`;
  assert.equal((await cloud.call(token, 'GET', byAccess)).body.credential.secret, secret);
  const other = await bob.token();
  assert.equal((await cloud.call(other, 'GET', `/credentials/${row.id}`)).status, 404);
  assert.equal((await cloud.call(other, 'GET', '/credentials')).body.credentials.length, 0);
  assert.equal((await cloud.call(other, 'GET', byAccess)).status, 403);
  assert.equal((await cloud.call(token, 'DELETE', byAccess)).status, 204);
});
