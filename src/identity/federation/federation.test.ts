import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestReply } from '../../http/testing.ts';
import { createSessionReconciler } from '../index.ts';
import { CLOUD, cookiesOf, school } from './testing.ts';

const OWN = { 'x-potluck-session': '1', origin: 'http://cloud.example:5000' };

const errorOf = (reply: TestReply) => new URL(String(reply.headers['location']), CLOUD).searchParams.get('error');

test('a first sign-in at a provider makes the account, its project and its groups; the next one finds them', async (t) => {
  const { cloud, admin, signInAs, signIn, session, group, begin, people } = await school(t);
  assert.deepEqual((await cloud.request('GET', '/session/providers', { as: 'nobody' })).body, {
    password: true,
    providers: [{ id: 'school', name: 'The school', url: '/session/oidc/school' }],
  });
  signInAs('42');
  const { reply, cookie } = await signIn();
  assert.deepEqual([reply.status, reply.headers['location']], [303, '/servers']);
  const shown = (await session(cookie)).body;
  assert.equal(shown.token.user.name, 'ann');
  assert.deepEqual(shown.token.user['OS-FEDERATION'], {
    ...{ identity_provider: { id: 'school' }, protocol: { id: 'openid' }, groups: [{ id: group }] },
  });
  assert.deepEqual([shown.token.methods, shown.token.project.name], [['openid'], 'ann']);
  assert.deepEqual(shown.session.provider, { id: 'school', name: 'The school' });
  assert.deepEqual(
    shown.projects.map((one: { name: string }) => one.name),
    ['ann', 'choir'],
  );
  const change = {
    headers: { ...OWN, cookie },
    as: 'nobody',
    body: { auth: { scope: { project: { id: shown.projects[1].id } } } },
  } as const;
  assert.equal(
    (await cloud.request('POST', '/session', change)).body.token.user['OS-FEDERATION'].protocol.id,
    'openid',
  );
  people.set('42', { name: 'ann.smith', groups: ['choir'] });
  const again = (await session((await signIn()).cookie)).body;
  assert.deepEqual([again.token.user.id, again.token.user.name], [shown.token.user.id, 'ann.smith']);
  assert.deepEqual(again.token.user['OS-FEDERATION'].groups, []);
  assert.equal((await session(cookie)).status, 401, 'what was given may have rested on the group');
  // The word of a provider is kept for so long; that of an administrator for good.
  people.set('42', { name: 'ann', groups: ['teachers'] });
  const third = (await signIn()).cookie;
  assert.equal((await session(third)).body.token.user['OS-FEDERATION'].groups.length, 1);
  cloud.app.clock.advance(13 * 3_600_000);
  await createSessionReconciler(cloud.app).run();
  const later = await cloud.tokenOf();
  assert.deepEqual((await cloud.call(later, 'GET', `/users/${shown.token.user.id}/groups`)).body.groups, []);
  assert.equal((await begin('/session/oidc/school?return_to=//evil.example')).status, 400);
  assert.equal(errorOf(await begin('/session/oidc/nobody')), 'unknown_provider');
  assert.ok(admin);
});

test('who is not let in learns why in a word, and the trail has it', async (t) => {
  const { cloud, admin, people, signInAs, signIn, session, begin, comeBack, put, path, oidc } = await school(t);
  signInAs('');
  assert.equal(errorOf((await signIn()).reply), 'cancelled');
  signInAs('42');
  const begun = await begin('/session/oidc/school');
  const forged = await cloud.request('GET', '/session/oidc/callback?code=x&state=y', { as: 'nobody' });
  assert.equal(errorOf(forged), 'expired', 'without the cookie');
  const headers = { cookie: cookiesOf(begun).join('; ') };
  const mixed = await cloud.request('GET', '/session/oidc/callback?code=x&state=y', { as: 'nobody', headers });
  assert.equal(errorOf(mixed), 'misconfigured', 'of another state');
  const late = await begin('/session/oidc/school');
  cloud.app.clock.advance(11 * 60_000);
  assert.equal(errorOf(await comeBack(late)), 'expired');
  const ann = people.get('42');
  const rules = [
    {
      local: [{ user: { name: '{0}' } }],
      remote: [{ type: 'OIDC-sub' }, { type: 'OIDC-groups', any_one_of: ['admins'] }],
    },
  ];
  await cloud.call(admin, 'PATCH', '/OS-FEDERATION/mappings/people', { mapping: { rules } });
  assert.equal(errorOf((await signIn()).reply), 'not_allowed');
  people.set('42', { name: ann?.name ?? '', groups: ['admins'] });
  const { cookie } = await signIn();
  assert.ok(cookie);
  await put(path, { oidc: { ...oidc, client_secret: 'wrong' } });
  assert.equal(errorOf((await signIn()).reply), 'misconfigured');
  const overHttp = await cloud.call(admin, 'PUT', `/OS-FEDERATION${path}`, {
    oidc: { ...oidc, issuer: 'http://sign-in.example' },
  });
  assert.equal(overHttp.status, 400);
  await put(path, { oidc: { ...oidc, issuer: 'http://127.0.0.1:9' } });
  assert.equal(errorOf(await begin('/session/oidc/school')), 'provider_unavailable');
  const { user, project } = (await session(cookie)).body.token;
  assert.equal(project.name, user.name);
  const made = await cloud.request('POST', `/identity/v3/users/${user.id}/application_credentials`, {
    ...{ as: 'nobody', headers: { ...OWN, cookie }, body: { application_credential: { name: 'ci' } } },
  });
  const { id, secret } = made.body.application_credential;
  const program = () =>
    cloud.request('POST', '/identity/v3/auth/tokens', {
      ...{
        as: 'nobody',
        body: { auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } } },
      },
    });
  assert.equal((await program()).status, 201);
  const off = { identity_provider: { enabled: false } };
  await cloud.call(admin, 'PATCH', '/OS-FEDERATION/identity_providers/school', off);
  assert.equal((await cloud.request('GET', '/session', { as: 'nobody', headers: { cookie } })).status, 401);
  assert.equal((await program()).status, 401, 'nor are its users let in by what they made here');
  const trail = await cloud.app.store.read.selectFrom('audit').select(['operation', 'status', 'detail']).execute();
  const refused = trail.filter((row) => row.operation === 'session:oidc:complete' && row.status !== null);
  assert.deepEqual(
    refused.map((row) => String(JSON.parse(row.detail ?? '{}').reason)),
    ['cancelled', 'misconfigured', 'not_allowed', 'misconfigured'],
  );
});

test('a session asks the provider again, and ends when it says no', async (t) => {
  const { cloud, people, signInAs, signIn, session } = await school(t);
  signInAs('42');
  const { cookie } = await signIn();
  const first = (await session(cookie)).body;
  people.set('42', { name: 'ann', groups: ['choir', 'teachers', 'parents'] });
  cloud.app.clock.advance(40 * 60_000);
  const renewed = await session(cookie);
  const [next = ''] = cookiesOf(renewed);
  assert.ok(next !== '' && next !== cookie);
  assert.ok(renewed.body.token.expires_at > first.token.expires_at);
  people.delete('42');
  cloud.app.clock.advance(40 * 60_000);
  assert.equal((await session(next)).status, 401);
  assert.deepEqual(await cloud.app.store.read.selectFrom('sessions').selectAll().execute(), []);
});

test('programs bring an access token, of their own client alone; other consoles get a form', async (t) => {
  const { cloud, admin, issuer, op, signInAs, begin, comeBack } = await school(t);
  const auth = '/identity/v3/OS-FEDERATION/identity_providers/school/protocols/openid/auth';
  const bring = (token: string) =>
    cloud.request('POST', auth, { as: 'nobody', headers: { authorization: `Bearer ${token}` } });
  const client = await op.Client.find('cloud');
  const other = await op.Client.find('other');
  assert.ok(client && other);
  const grant = new op.Grant({ clientId: 'cloud', accountId: '42' });
  grant.addOIDCScope('openid');
  const common = {
    accountId: '42',
    grantId: await grant.save(),
    gty: 'authorization_code',
    claims: {},
    scope: 'openid',
  };
  const tokenFor = (of: typeof client) =>
    new op.AccessToken({ ...common, client: of, expiresWithSession: false } as never).save();
  const reply = await bring(await tokenFor(client));
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  assert.deepEqual([reply.body.token.user.name, reply.body.token.project], ['ann', undefined]);
  const unscoped = String(reply.headers['x-subject-token']);
  const { projects } = (await cloud.call(unscoped, 'GET', '/OS-FEDERATION/projects')).body;
  assert.deepEqual(
    projects.map((one: { name: string }) => one.name),
    ['ann', 'choir'],
  );
  const scoped = await cloud.request('POST', '/identity/v3/auth/tokens', {
    as: 'nobody',
    body: {
      auth: { identity: { methods: ['token'], token: { id: unscoped } }, scope: { project: { id: projects[0].id } } },
    },
  });
  assert.deepEqual([scoped.status, scoped.body.token.user['OS-FEDERATION'].identity_provider.id], [201, 'school']);
  assert.equal((await bring(await tokenFor(other))).status, 401, 'given to another program');
  assert.equal((await bring('made-up')).status, 401);
  const websso = '/identity/v3/auth/OS-FEDERATION/websso/openid?origin=https://horizon.example/auth/websso/';
  assert.equal((await begin(websso)).status, 401, 'nobody trusts that console');
  cloud.app.config.trustedDashboards = ['https://horizon.example/auth/websso/'];
  signInAs('42');
  const page = await comeBack(await begin(websso));
  assert.equal(page.status, 200);
  assert.match(String(page.headers['content-security-policy']), /form-action https:\/\/horizon\.example;/);
  const [, token = ''] = /name="token" value="([^"]+)"/.exec(String(page.body)) ?? [];
  assert.match(String(page.body), /action="https:\/\/horizon\.example\/auth\/websso\/"/);
  assert.equal((await cloud.call(token, 'GET', '/auth/projects')).status, 200);
  // A program's token for itself has no user: it is who the client is, and comes in by a rule about that alone.
  const asked = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('cloud:the-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: own } = (await asked.json()) as { access_token: string };
  assert.equal((await bring(own)).body.error.message, 'No rule of the mapping lets this account in.');
  const rule = { local: [{ user: { id: '{0}', name: 'nightly' } }], remote: [{ type: 'OIDC-sub' }] };
  const program = { ...rule, remote: [...rule.remote, { type: 'OIDC-client_id', any_one_of: ['cloud'] }] };
  await cloud.call(admin, 'PATCH', '/OS-FEDERATION/mappings/people', { mapping: { rules: [program] } });
  const itself = await bring(own);
  assert.deepEqual([itself.status, itself.body.token?.user.name], [201, 'nightly'], JSON.stringify(itself.body));
});

test('a log-out at the provider ends the sessions that began there, by its signature alone', async (t) => {
  const { cloud, sign, signInAs, signIn, session } = await school(t);
  signInAs('42');
  const { cookie } = await signIn();
  const tell = async (logout_token: string) => {
    const body = new URLSearchParams({ logout_token }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const path = '/session/oidc/school/backchannel-logout';
    return (await cloud.request('POST', path, { as: 'nobody', body, headers })).status;
  };
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const good = await sign({ sub: '42', events });
  assert.equal(await tell(await sign({ sub: '42' })), 400, 'no log-out');
  assert.equal(await tell(await sign({ sub: '42', events, nonce: 'n' })), 400, 'an ID token in disguise');
  assert.equal(await tell(await sign({ sub: '42', events }, 'other')), 400, 'of another program');
  assert.equal(await tell(good.replace(/[^.]+$/, (mac) => mac.split('').toReversed().join(''))), 400);
  assert.equal(await tell(await sign({ sub: '43', events })), 200, 'of somebody who is not here');
  assert.equal((await session(cookie)).status, 200);
  assert.equal(await tell(good), 200);
  assert.equal((await session(cookie)).status, 401);
  // A signed access token is as good as one that has to be asked about.
  const auth = '/identity/v3/OS-FEDERATION/identity_providers/school/protocols/openid/auth';
  const bring = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await cloud.request('GET', auth, { as: 'nobody', headers })).status;
  };
  const claims = { sub: '42', preferred_username: 'ann', email: 'ann@school.example' };
  assert.equal(await bring(await sign(claims)), 201);
  assert.equal(await bring(await sign(claims, 'other')), 401);
});
