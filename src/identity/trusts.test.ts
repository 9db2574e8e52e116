import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityCloud, person, type IdentityCloud, type Person } from './testing.ts';

async function start(t: Parameters<typeof identityCloud>[0]) {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const bob = await person(cloud, admin, 'bob', 'reader');
  const annToken = await ann.token();
  const make = (given: object = {}, by = annToken) =>
    cloud.call(by, 'POST', '/OS-TRUST/trusts', {
      trust: {
        trustor_user_id: ann.userId,
        trustee_user_id: bob.userId,
        project_id: ann.projectId,
        impersonation: true,
        roles: [{ name: 'member' }],
        ...given,
      },
    });
  return { cloud, admin, ann, bob, annToken, make };
}

const through = (cloud: IdentityCloud, who: Person, name: string, id: string) =>
  cloud.login({
    user: name,
    password: `${name}-password`,
    domain: who.domainId,
    scope: { 'OS-TRUST:trust': { id } },
  });
const textOf = (reply: { headers: Record<string, unknown> }) => String(reply.headers['x-subject-token']);

test('a trustee acts in the trustor’s name, with the roles handed on, until either of them ends it', async (t) => {
  const { cloud, admin, ann, bob, annToken, make } = await start(t);
  const trust = (await make()).body.trust;
  assert.deepEqual([trust.expires_at, trust.redelegation_count, trust.roles[0].name], [null, 0, 'member']);
  const reply = await through(cloud, bob, 'bob', trust.id);
  assert.equal(reply.status, 201);
  assert.equal(reply.body.token.user.id, ann.userId);
  assert.equal(reply.body.token.project.id, ann.projectId);
  assert.deepEqual(reply.body.token['OS-TRUST:trust'].trustee_user, { id: bob.userId });
  const token = textOf(reply);
  assert.deepEqual(cloud.app.verifyToken(token).roles, ['member', 'reader']);
  // It is no key to other doors.
  const exchange = { auth: { identity: { methods: ['token'], token: { id: token } } } };
  assert.equal((await cloud.request('POST', '/identity/v3/auth/tokens', { as: 'nobody', body: exchange })).status, 403);
  const credentials = `/users/${ann.userId}/application_credentials`;
  assert.equal((await cloud.call(token, 'POST', credentials, { application_credential: { name: 'x' } })).status, 403);
  assert.equal((await through(cloud, ann, 'ann', trust.id)).status, 403);
  const path = `/OS-TRUST/trusts/${trust.id}`;
  const roles = `${path}/roles`;
  assert.equal((await cloud.call(annToken, 'HEAD', `${roles}/${ann.roleId('member')}`)).status, 200);
  assert.equal((await cloud.call(annToken, 'GET', `${roles}/${ann.roleId('reader')}`)).status, 404);
  const list = (by: string, query: string) => cloud.call(by, 'GET', `/OS-TRUST/trusts${query}`);
  assert.equal((await list(annToken, `?trustor_user_id=${ann.userId}`)).body.trusts.length, 1);
  assert.equal((await list(annToken, '')).status, 403);
  assert.equal((await list(admin, `?trustee_user_id=${ann.userId}`)).body.trusts.length, 0);
  assert.equal((await cloud.call(await bob.token(), 'DELETE', path)).status, 403);
  assert.equal((await cloud.call(annToken, 'DELETE', path)).status, 204);
  assert.throws(() => cloud.app.verifyToken(token), { status: 401 });
  assert.equal((await cloud.call(annToken, 'GET', path)).status, 404);
});

test('a trust gives what its trustor has: a role, an account and a number of uses', async (t) => {
  const { cloud, admin, ann, bob, make } = await start(t);
  assert.equal((await make({ roles: [{ name: 'admin' }] })).status, 404);
  assert.equal((await make({ roles: [] })).status, 403);
  assert.equal((await make({}, await bob.token())).status, 403);
  assert.equal((await make({ expires_at: 'bad.123Z' })).status, 400);
  const twice = (await make({ remaining_uses: 2, impersonation: false })).body.trust.id;
  const tokens = await Promise.all([1, 2, 3].map(() => through(cloud, bob, 'bob', twice)));
  assert.deepEqual(
    tokens.map((reply) => reply.status).sort((a, b) => a - b),
    [201, 201, 401],
  );
  const used = tokens.find((reply) => reply.status === 201);
  assert.equal(used?.body.token.user.id, bob.userId);
  const soon = new Date(cloud.app.clock.now() + 60_000).toISOString();
  const trust = (await make({ expires_at: soon })).body.trust;
  assert.equal(trust.expires_at, soon.replace('Z', '000Z'));
  const reply = await through(cloud, bob, 'bob', trust.id);
  assert.equal(Date.parse(reply.body.token.expires_at), Date.parse(soon));
  const grant = `/projects/${ann.projectId}/users/${ann.userId}/roles/${ann.roleId('member')}`;
  await cloud.call(admin, 'DELETE', grant);
  for (const one of [reply, used]) assert.throws(() => cloud.app.verifyToken(textOf(one ?? reply)), { status: 401 });
  assert.equal((await through(cloud, bob, 'bob', trust.id)).status, 403);
  await cloud.call(admin, 'PUT', grant);
  await cloud.call(admin, 'PATCH', `/users/${ann.userId}`, { user: { enabled: false } });
  assert.equal((await through(cloud, bob, 'bob', trust.id)).status, 403);
  await cloud.call(admin, 'DELETE', `/users/${ann.userId}`);
  assert.equal((await through(cloud, bob, 'bob', trust.id)).status, 401);
});

test('handed on, a trust gets narrower, and the first one takes all along', async (t) => {
  const { cloud, admin, ann, bob, annToken, make } = await start(t);
  const eve = await person(cloud, admin, 'eve', 'reader');
  const first = (await make({ allow_redelegation: true, redelegation_count: 2 })).body.trust;
  const token = textOf(await through(cloud, bob, 'bob', first.id));
  const onward = { trustee_user_id: eve.userId };
  assert.equal((await make({ ...onward, allow_redelegation: true, redelegation_count: 2 }, token)).status, 403);
  assert.equal((await make({ ...onward, remaining_uses: 1 }, token)).status, 403);
  const second = (await make({ ...onward, roles: [{ name: 'reader' }] }, token)).status;
  assert.equal(second, 403, 'reader itself was not handed on');
  const made = (await make({ ...onward, allow_redelegation: true }, token)).body.trust;
  assert.deepEqual([made.redelegated_trust_id, made.redelegation_count], [first.id, 1]);
  const last = await through(cloud, eve, 'eve', made.id);
  assert.equal(last.body.token.user.id, ann.userId);
  assert.equal((await make({ allow_redelegation: true, redelegation_count: 4 })).status, 403);
  assert.equal((await make({ allow_redelegation: true, remaining_uses: 4 })).status, 400);
  await cloud.call(annToken, 'DELETE', `/OS-TRUST/trusts/${first.id}`);
  assert.throws(() => cloud.app.verifyToken(textOf(last)), { status: 401 });
  assert.equal((await through(cloud, eve, 'eve', made.id)).status, 401);
});
