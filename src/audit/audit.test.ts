import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf, sinceOf } from '../commands/audit.ts';
import { parseProxies } from '../http/proxies.ts';
import { testCloud, type TestCloud } from '../http/testing.ts';
import { bootstrapIdentity, createIdentity, identityService } from '../identity/index.ts';
import { ADMIN_PASSWORD, ADMIN_SCOPE, person, type IdentityCloud } from '../identity/testing.ts';
import { auditService, createAuditReconciler } from './index.ts';

interface Event {
  id: string;
  operation: string;
  outcome: string;
  status: number | null;
  target: string | null;
  user_id: string | null;
  domain_id: string | null;
  delegation: string | null;
  address: string;
}

/** Identity and audit, with a way to log in and to ask as whoever did. */
async function auditCloud(t: Parameters<typeof testCloud>[0]) {
  const cloud = await testCloud(t, [identityService, auditService]);
  const { app } = cloud;
  app.verifyToken = (await createIdentity(app)).verifyToken;
  const { region, publicUrl } = app.config;
  await bootstrapIdentity(app, { adminPassword: ADMIN_PASSWORD, region, publicUrl });
  const login: IdentityCloud['login'] = ({
    user = 'admin',
    password = ADMIN_PASSWORD,
    domain = 'default',
    scope = ADMIN_SCOPE,
  } = {}) => {
    const by = { name: user, password, domain: { id: domain } };
    const identity = { methods: ['password'], password: { user: by } };
    const body = { auth: { identity, ...(scope !== null && { scope }) } };
    return cloud.request('POST', '/identity/v3/auth/tokens', { as: 'nobody', body });
  };
  const ask = (token: string, method: Parameters<TestCloud['request']>[0], path: string, body?: unknown) =>
    cloud.request(method, path, { as: 'nobody', body, headers: { 'x-auth-token': token } });
  const identity: IdentityCloud = {
    ...cloud,
    login,
    tokenOf: async (options) => String((await login(options)).headers['x-subject-token']),
    call: (token, method, path, body) => ask(token, method, `/identity/v3${path}`, body),
  };
  const events = async (token: string, query = ''): Promise<Event[]> => {
    const reply = await ask(token, 'GET', `/audit/v1/events${query}`);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body.events as Event[];
  };
  return { app, identity, ask, events, admin: await identity.tokenOf() };
}

const names = (events: readonly Event[]) => events.map((event) => event.operation);

test('what was done and refused is found by who, where, what, when and how it ended', async (t) => {
  const { app, identity, ask, events, admin } = await auditCloud(t);
  const eva = await person(identity, admin, 'eva', 'member');
  const token = await eva.token();
  app.clock.advance(60_000);
  assert.equal((await identity.call(token, 'POST', '/roles', { role: { name: 'mine' } })).status, 403);
  assert.equal((await identity.login({ user: 'eva', domain: eva.domainId, password: 'guess' })).status, 401);
  assert.equal((await identity.login({ user: 'nobody-here', password: 'guess' })).status, 401);
  assert.equal((await identity.call(token, 'POST', '/roles', { role: 1 })).status, 403, 'who may not is told so first');
  assert.equal((await identity.call(admin, 'POST', '/roles', { role: 1 })).status, 400);

  const refused = await events(admin, '?outcome=refused');
  assert.deepEqual(names(refused), ['identity:roles:create', 'identity:auth:create-token', 'identity:roles:create']);
  const [, guess] = refused;
  assert.deepEqual(
    [guess?.status, guess?.user_id, guess?.domain_id, guess?.address, guess?.outcome],
    [401, eva.userId, eva.domainId, '127.0.0.1', 'refused'],
  );
  assert.deepEqual(names(await events(admin, `?operation=identity:pro*&target=${eva.projectId}`)), [
    'identity:projects:create',
  ]);
  assert.equal((await events(admin, `?user_id=${eva.userId}`)).length, 4);
  assert.equal((await events(admin, '?since=2026-01-01T00:00:30Z')).length, 3);
  assert.equal((await events(admin, '?until=2026-01-01T00:00:30&outcome=refused')).length, 0);
  assert.equal((await ask(admin, 'GET', '/audit/v1/events?since=yesterday')).status, 400);

  const all = await events(admin, '?limit=1000');
  const paged: Event[] = [];
  for (let path: string | null = '/audit/v1/events?limit=4'; path !== null;) {
    const { body } = await ask(admin, 'GET', path.replace('http://cloud.example:5000', ''));
    paged.push(...(body.events as Event[]));
    path = body.links.next as string | null;
  }
  assert.deepEqual(paged, all);
  assert.deepEqual((await ask(admin, 'GET', `/audit/v1/events/${all[0]?.id}`)).body.event, all[0]);
});

test('a manager sees what was done in their project or domain, and no more', async (t) => {
  const { identity, ask, events, admin } = await auditCloud(t);
  const eva = await person(identity, admin, 'eva', 'manager');
  const max = await person(identity, admin, 'max', 'member');
  const domainGrant = `/domains/${eva.domainId}/users/${eva.userId}/roles/${eva.roleId('manager')}`;
  assert.equal((await identity.call(admin, 'PUT', domainGrant)).status, 204);
  const ofProject = await eva.token();
  const ofDomain = await eva.token({ domain: { id: eva.domainId } });
  await identity.call(ofProject, 'POST', '/credentials', {
    credential: { type: 'cert', blob: 'x', user_id: eva.userId },
  });
  await max.token();
  assert.deepEqual(names(await events(ofProject)), ['identity:credentials:create']);
  const seen = await events(ofDomain, '?limit=1000');
  assert.ok(seen.length >= 3);
  assert.ok(seen.every((event) => event.domain_id === eva.domainId));
  assert.equal((await ask(await max.token(), 'GET', '/audit/v1/events')).status, 403);
  const foreign = (await events(admin, `?user_id=${max.userId}`))[0]?.id;
  assert.equal((await ask(ofDomain, 'GET', `/audit/v1/events/${foreign}`)).status, 404);
});

test('on whose word something was done is written down', async (t) => {
  const { identity, events, admin } = await auditCloud(t);
  const eva = await person(identity, admin, 'eva', 'member');
  const token = await eva.token();
  const made = await identity.call(token, 'POST', `/users/${eva.userId}/application_credentials`, {
    application_credential: { name: 'ci', unrestricted: true },
  });
  const { id, secret } = made.body.application_credential as { id: string; secret: string };
  const login = await identity.request('POST', '/identity/v3/auth/tokens', {
    as: 'nobody',
    body: { auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } } },
  });
  const delegated = String(login.headers['x-subject-token']);
  await identity.call(delegated, 'POST', `/users/${eva.userId}/application_credentials`, {
    application_credential: { name: 'other' },
  });
  const [last] = await events(admin);
  assert.deepEqual([last?.user_id, last?.delegation], [eva.userId, `application_credential:${id}`]);
});

test('a flood of guesses leaves a row for each that was looked at, and no more', async (t) => {
  const { identity, events, admin } = await auditCloud(t);
  for (let i = 0; i < 5; i++) await identity.login({ password: 'guess' });
  const replies = await Promise.all(Array.from({ length: 50 }, () => identity.login({ password: 'guess' })));
  assert.ok(replies.every((reply) => reply.status === 429));
  assert.equal((await events(admin, '?outcome=refused')).length, 5);
});

test('what is older than is kept goes, in small steps', async (t) => {
  const { app, identity, events, admin } = await auditCloud(t);
  await app.store.transaction(async (tx) => {
    const rows = Array.from({ length: 1500 }, (_, i) => ({ at: i, request_id: 'r', operation: 'test:old' }));
    for (let i = 0; i < rows.length; i += 500)
      await tx.db
        .insertInto('audit')
        .values(rows.slice(i, i + 500))
        .execute();
  });
  app.config.auditKeepDays = 30;
  await createAuditReconciler(app).run();
  assert.equal((await events(admin, '?operation=test:old')).length, 0);
  assert.notEqual((await events(admin)).length, 0);
  app.clock.advance(31 * 86_400_000);
  await createAuditReconciler(app).run();
  assert.deepEqual(names(await events(await identity.tokenOf())), ['identity:auth:create-token']);
});

test('words for a person, and of a person', () => {
  const now = Date.UTC(2026, 0, 2);
  assert.equal(sinceOf('12h', now), now - 43_200_000);
  assert.equal(sinceOf('2026-01-01T00:00:00Z', now), Date.UTC(2026, 0, 1));
  assert.throws(() => sinceOf('yesterday', now), /--since/);
  const event = {
    ...{ id: '7', at: '2026-01-01T10:00:00.000Z', user_id: 'u1', project_id: null, delegation: 'trust:t1' },
    ...{ address: '192.0.2.1', operation: 'compute:servers:delete', target: 's1', status: 403 },
    detail: { reason: 'no' },
  };
  assert.equal(
    lineOf(event, { users: new Map([['u1', 'eva']]), projects: new Map() }),
    '2026-01-01T10:00:00Z  eva@-  by trust:t1  from 192.0.2.1  compute:servers:delete  s1  refused (403): no',
  );
  assert.deepEqual(parseProxies(' 192.0.2.1, 2001:db8::/32'), ['192.0.2.1', '2001:db8::/32']);
  for (const wrong of ['proxy', '10.0.0.0/33', '10.0.0.0/8/9']) assert.throws(() => parseProxies(wrong), /no address/);
});
