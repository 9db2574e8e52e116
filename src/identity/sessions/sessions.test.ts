import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestReply } from '../../http/testing.ts';
import { createSessionReconciler } from '../index.ts';
import { ADMIN_PASSWORD, identityCloud, person, type IdentityCloud } from '../testing.ts';

const OWN = { 'x-potluck-session': '1', origin: 'http://cloud.example:5000' };
const MINUTE = 60_000;

const cookieOf = (reply: TestReply) => (reply.headers['set-cookie'] as string | undefined)?.split(';')[0] ?? '';

/** A browser: it keeps the cookie, and its requests come from a page of this cloud. */
function browser(cloud: IdentityCloud) {
  let cookie = '';
  const send = async (
    method: Parameters<IdentityCloud['request']>[0],
    path: string,
    body?: unknown,
    headers: Record<string, string> = OWN,
  ) => {
    const reply = await cloud.request(method, path, { as: 'nobody', body, headers: { ...headers, cookie } });
    if (reply.headers['set-cookie'] !== undefined) cookie = cookieOf(reply);
    return reply;
  };
  const signIn = (user: string, password: string, domain = 'default', scope?: unknown) =>
    send('POST', '/session', {
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, password, domain: { id: domain } } } },
        ...(scope !== undefined && { scope }),
      },
    });
  return { send, signIn, cookie: () => cookie };
}

test('a cookie is as good as a token, and the token stays out of the page', async (t) => {
  const cloud = await identityCloud(t);
  const { send, signIn, cookie } = browser(cloud);
  assert.equal((await send('GET', '/session')).status, 401);
  const answer = await signIn('admin', ADMIN_PASSWORD);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.match(String(answer.headers['set-cookie']), /^potluck-session=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const token = cookie().split('=')[1] ?? '';
  assert.ok(!JSON.stringify(answer.body).includes(token));
  assert.equal(answer.body.token.project.name, 'admin', 'nobody named a scope');
  assert.deepEqual(
    answer.body.projects.map((one: { name: string; domain: object }) => [one.name, one.domain]),
    [['admin', { id: 'default', name: 'Default' }]],
  );
  assert.deepEqual([answer.body.system, answer.body.session.provider], [true, null]);
  assert.equal(Date.parse(answer.body.session.ends_at) - Date.parse(answer.body.session.started_at), 12 * 60 * MINUTE);
  const shown = await send('GET', '/session');
  assert.deepEqual([shown.status, shown.body], [200, answer.body]);
  assert.equal((await send('GET', '/identity/v3/users')).status, 200);
  assert.equal((await send('POST', '/identity/v3/groups', { group: { name: 'club' } })).status, 201);
  const trail = await cloud.app.store.read.selectFrom('audit').select(['operation', 'user_id', 'detail']).execute();
  const [row] = trail.filter(({ operation }) => operation === 'session:sessions:create');
  assert.equal(row?.user_id, answer.body.token.user.id);
  assert.ok(!String(row?.detail).includes(token));
});

test('what other sites can make a browser send changes nothing', async (t) => {
  const cloud = await identityCloud(t);
  const { send, signIn } = browser(cloud);
  await signIn('admin', ADMIN_PASSWORD);
  const group = (headers: Record<string, string>) =>
    send('POST', '/identity/v3/groups', { group: { name: `g${Math.random()}` } }, headers).then(({ status }) => status);
  const mark = { 'x-potluck-session': '1' };
  assert.equal(await group({ origin: OWN.origin }), 403, 'no header');
  assert.equal(await group(mark), 403, 'nobody says from where');
  assert.equal(await group({ ...mark, origin: 'http://evil.example' }), 403);
  assert.equal(await group({ ...mark, origin: 'null' }), 403);
  assert.equal(await group({ ...mark, 'sec-fetch-site': 'same-site', origin: OWN.origin }), 403);
  assert.equal(await group({ ...mark, 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' }), 403);
  assert.equal(await group({ ...mark, 'sec-fetch-site': 'same-origin' }), 201);
  assert.equal(await group({ ...mark, origin: 'http://192.0.2.7:5000', host: '192.0.2.7:5000' }), 201);
  assert.equal(await group({ ...mark, origin: 'https://192.0.2.7', host: '192.0.2.7' }), 403, 'not the scheme asked');
  // Nor is somebody signed in as somebody else, or out.
  assert.equal((await send('POST', '/session', { auth: { identity: { methods: ['password'] } } }, {})).status, 403);
  assert.equal((await send('DELETE', '/session', undefined, {})).status, 403);
  assert.equal((await send('GET', '/session', undefined, {})).status, 200);
  // A token of one's own needs none of this, and the cookie is not looked at.
  const bad = await send('GET', '/session', undefined, { 'x-auth-token': 'nonsense' });
  assert.equal(bad.status, 401);
  const token = await cloud.tokenOf();
  assert.equal(await group({ 'x-auth-token': token }), 201);
});

test('behind TLS the cookie is secure, and only that one counts', async (t) => {
  const cloud = await identityCloud(t);
  cloud.app.config.publicUrl = 'https://cloud.example';
  const { send, signIn, cookie } = browser(cloud);
  assert.equal((await signIn('admin', ADMIN_PASSWORD)).status, 403, 'the page of another scheme');
  const own = { ...OWN, origin: 'https://cloud.example' };
  const user = { name: 'admin', password: ADMIN_PASSWORD, domain: { id: 'default' } };
  const auth = { identity: { methods: ['password'], password: { user } } };
  const reply = await send('POST', '/session', { auth }, own);
  assert.match(
    String(reply.headers['set-cookie']),
    /^__Host-potluck-session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  assert.equal((await send('GET', '/session')).status, 200);
  const weak = { cookie: cookie().replace('__Host-', '') };
  assert.equal((await cloud.request('GET', '/session', { as: 'nobody', headers: weak })).status, 401);
});

test('a session changes its scope, also back from the system, and not to where its user has no role', async (t) => {
  const cloud = await identityCloud(t);
  const { send, signIn } = browser(cloud);
  const first = await signIn('admin', ADMIN_PASSWORD);
  const ann = await person(cloud, await cloud.tokenOf(), 'ann', 'member');
  const to = (scope: unknown) => send('POST', '/session', { auth: { scope } });
  cloud.app.clock.advance(10 * MINUTE);
  const system = await to({ system: { all: true } });
  assert.deepEqual([system.status, system.body.token.system], [201, { all: true }]);
  const back = await to({ project: { id: first.body.token.project.id } });
  assert.deepEqual([back.status, back.body.session], [201, first.body.session]);
  assert.equal(Date.parse(back.body.token.expires_at) - Date.parse(back.body.token.issued_at), 60 * MINUTE);
  assert.equal((await to({ project: { id: ann.projectId } })).status, 401);
  assert.equal((await to(undefined)).status, 400);
  assert.equal((await send('GET', '/session')).body.token.project.name, 'admin', 'the session stays as it was');
  assert.equal((await browser(cloud).send('POST', '/session', { auth: { scope: 'unscoped' } })).status, 401);
  for (const methods of ['application_credential', 'oauth1']) {
    const body = { auth: { identity: { methods: [methods], [methods]: { id: 'x', secret: 'x' } } } };
    assert.equal((await send('POST', '/session', body)).status, 400, methods);
  }
});

test('a session in use is renewed with the roles of today, up to its end, and an unused one is over', async (t) => {
  const cloud = await identityCloud(t);
  const { clock, config } = cloud.app;
  config.sessionHours = 2;
  const admin = browser(cloud);
  await admin.signIn('admin', ADMIN_PASSWORD);
  const ann = await person(cloud, await cloud.tokenOf(), 'ann', 'reader');
  const { send, signIn, cookie } = browser(cloud);
  await signIn('ann', 'ann-password', ann.domainId);
  const first = cookie();
  const rolesNow = async () =>
    (await send('GET', '/session')).body.token.roles.map((role: { name: string }) => role.name) as string[];
  const member = `/identity/v3/projects/${ann.projectId}/users/${ann.userId}/roles/${ann.roleId('member')}`;
  await admin.send('PUT', member);
  clock.advance(29 * MINUTE);
  assert.deepEqual([await rolesNow(), cookie() === first], [['reader'], true]);
  clock.advance(2 * MINUTE);
  const both = await Promise.all([
    send('GET', '/identity/v3/auth/projects'),
    send('GET', '/identity/v3/auth/projects'),
  ]);
  assert.equal(cookieOf(both[0]), cookieOf(both[1]), 'one next token for all that is asked at once');
  assert.deepEqual([await rolesNow(), cookie() === first], [['member', 'reader'], false]);
  clock.advance(40 * MINUTE);
  await rolesNow();
  clock.advance(40 * MINUTE);
  await rolesNow();
  clock.advance(10 * MINUTE);
  assert.equal((await send('GET', '/session')).status, 401, 'two hours are over, however busy');
  assert.equal((await admin.send('GET', '/session')).status, 401, 'unused for an hour');
  await createSessionReconciler(cloud.app).run();
  assert.deepEqual(await cloud.app.store.read.selectFrom('sessions').selectAll().execute(), []);
});

test('people see where they are signed in, and sign out there, of their own sessions alone', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const [here, there, third] = [browser(cloud), browser(cloud), browser(cloud)] as const;
  const phone = { ...OWN, 'user-agent': `Phone ${'x'.repeat(600)}` };
  const user = { name: 'ann', password: 'ann-password', domain: { id: ann.domainId } };
  const auth = { identity: { methods: ['password'], password: { user } } };
  await there.send('POST', '/session', { auth }, phone);
  cloud.app.clock.advance(MINUTE);
  for (const one of [here, third]) await one.signIn('ann', 'ann-password', ann.domainId);
  const stranger = browser(cloud);
  await stranger.signIn('admin', ADMIN_PASSWORD);
  interface Shown {
    id: string;
    current: boolean;
    user_agent: string | null;
    address: string;
  }
  const list = async (one: typeof here) => (await one.send('GET', '/session/sessions')).body.sessions as Shown[];
  const seen = await list(here);
  assert.deepEqual([seen.length, seen.filter(({ current }) => current).length], [3, 1]);
  const phones = seen.at(-1);
  assert.ok(phones);
  assert.ok(phones.user_agent?.startsWith('Phone x') && phones.user_agent.length === 500 && !phones.current);
  assert.equal(phones.address, '127.0.0.1');
  assert.equal((await list(stranger)).length, 1);
  const end = async (one: typeof here, id: string) => (await one.send('DELETE', `/session/sessions/${id}`)).status;
  assert.equal(await end(stranger, phones.id), 404, 'of somebody else');
  assert.equal(await end(here, phones.id), 204);
  assert.equal(await end(here, phones.id), 404, 'again');
  assert.equal((await there.send('GET', '/session')).status, 401);
  assert.equal((await here.send('DELETE', '/session/sessions')).status, 204);
  assert.deepEqual([(await list(here)).length, (await third.send('GET', '/session')).status], [1, 401]);
  assert.equal((await here.send('DELETE', '/session/sessions')).status, 204, 'there are no others');
  // A token of one's own is of no session: all are others.
  const token = await ann.token();
  const program = { 'x-auth-token': token };
  const listed = await cloud.request('GET', '/session/sessions', { as: 'nobody', headers: program });
  assert.deepEqual([listed.body.sessions.length, listed.body.sessions[0].current], [1, false]);
  const made = await cloud.call(token, 'POST', `/users/${ann.userId}/application_credentials`, {
    application_credential: { name: 'ci' },
  });
  const { id, secret } = made.body.application_credential;
  const application_credential = { id, secret };
  const issued = await cloud.request('POST', '/identity/v3/auth/tokens', {
    as: 'nobody',
    body: { auth: { identity: { methods: ['application_credential'], application_credential } } },
  });
  const delegated = { 'x-auth-token': String(issued.headers['x-subject-token']) };
  assert.equal((await cloud.request('GET', '/session/sessions', { as: 'nobody', headers: delegated })).status, 403);
  const last = (await list(here))[0]?.id ?? '';
  const out = await here.send('DELETE', `/session/sessions/${last}`);
  assert.match(String(out.headers['set-cookie']), /Max-Age=0$/);
  await here.signIn('ann', 'ann-password', ann.domainId);
  cloud.app.clock.advance(MINUTE);
  await cloud.call(admin, 'PATCH', `/users/${ann.userId}`, { user: { password: 'another-password' } });
  await third.signIn('ann', 'another-password', ann.domainId);
  assert.equal((await list(third)).length, 1, 'what the new password ended is not listed');
});

test('signing out ends what was made from the session, everywhere ends all, and so does being disabled', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const here = browser(cloud);
  const there = browser(cloud);
  const begin = (one: typeof here) => one.signIn('ann', 'ann-password', ann.domainId);
  const status = async (one: typeof here) => (await one.send('GET', '/session')).status;
  await Promise.all([begin(here), begin(there)]);
  const stolen = { cookie: here.cookie() };
  await here.send('POST', '/session', { auth: { scope: { project: { id: ann.projectId } } } });
  const kept = { cookie: here.cookie() };
  const out = await here.send('DELETE', '/session');
  assert.equal(out.status, 204);
  assert.match(String(out.headers['set-cookie']), /^potluck-session=; .*Max-Age=0$/);
  for (const headers of [stolen, kept]) {
    assert.equal((await cloud.request('GET', '/session', { as: 'nobody', headers })).status, 401);
  }
  assert.equal((await here.send('DELETE', '/session')).status, 401, 'again');
  assert.equal(await status(there), 200);
  await begin(here);
  const token = await ann.token();
  assert.equal((await here.send('DELETE', '/session?everywhere')).status, 204);
  assert.deepEqual([await status(here), await status(there)], [401, 401]);
  assert.equal((await cloud.call(token, 'GET', '/auth/projects')).status, 401);
  await begin(here);
  await cloud.call(admin, 'PATCH', `/users/${ann.userId}`, { user: { enabled: false } });
  assert.equal(await status(here), 401);
});
