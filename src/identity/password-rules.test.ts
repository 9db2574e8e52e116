import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePasswordRules } from './password-rules.ts';
import { identityCloud, person } from './testing.ts';

test('rules are read with the names that Keystone gives them', () => {
  assert.deepEqual(parsePasswordRules(''), {});
  const text = 'lockout_failure_attempts=2; password_regex=^(?=.*\\d).{7,}$; change_password_upon_first_use=true';
  assert.deepEqual(parsePasswordRules(text), {
    lockoutFailureAttempts: 2,
    regex: '^(?=.*\\d).{7,}$',
    changeUponFirstUse: true,
  });
  for (const wrong of ['lockout=2', 'lockout_duration=soon', 'password_regex=(', 'x']) {
    assert.throws(() => parsePasswordRules(wrong), { name: 'OperatorError' });
  }
});

test('lock-out, history, least age, end and first use, with the options that excuse a user', async (t) => {
  const cloud = await identityCloud(t);
  const { config, clock } = cloud.app;
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  let current = 'ann-password';
  const login = (password = current) =>
    cloud.login({ user: 'ann', password, domain: ann.domainId, scope: { project: { id: ann.projectId } } });
  const change = async (password: string) => {
    const reply = await cloud.request('POST', `/identity/v3/users/${ann.userId}/password`, {
      as: 'nobody',
      body: { user: { original_password: current, password } },
    });
    if (reply.status === 204) current = password;
    return reply;
  };
  const patch = async (user: object) => cloud.call(await cloud.tokenOf(), 'PATCH', `/users/${ann.userId}`, { user });

  config.passwordRules = parsePasswordRules('lockout_failure_attempts=2; lockout_duration=5');
  for (const _ of [1, 2]) await login('wrong');
  assert.equal((await login()).status, 401);
  clock.advance(6_000);
  assert.equal((await login()).status, 201);
  config.passwordRules = parsePasswordRules('lockout_failure_attempts=2');
  for (const _ of [1, 2]) await login('wrong');
  clock.advance(60_000);
  assert.equal((await login()).status, 401);
  await patch({ enabled: true });
  assert.equal((await login()).status, 201);
  await patch({ options: { ignore_lockout_failure_attempts: true } });
  for (const _ of [1, 2]) await login('wrong');
  assert.equal((await login()).status, 201);

  config.passwordRules = parsePasswordRules('unique_last_password_count=2; password_regex=.{5,}');
  assert.equal((await change('abc')).status, 400);
  assert.equal((await change('first')).status, 204);
  assert.match((await change('first')).body.error.message, /previous password/);
  assert.equal((await change('ann-password')).status, 400);
  assert.equal((await change('second')).status, 204);
  assert.equal((await change('ann-password')).status, 204);
  assert.equal((await patch({ password: 'ann-password' })).status, 200, 'history is no matter of administrators');
  const readable = await cloud.call(
    await cloud.tokenOf(),
    'GET',
    '/domains/default/config/security_compliance/password_regex',
  );
  assert.deepEqual(readable.body.config, { password_regex: '.{5,}' });

  config.passwordRules = parsePasswordRules('minimum_password_age=1; password_expires_days=2');
  assert.equal((await change('third')).status, 204, 'an administrator chose the one before');
  assert.match((await change('fourth')).body.error.message, /minimum age/);
  clock.advance(3 * 24 * 60 * 60_000);
  assert.match((await login()).body.error.message, /expired and needs to be changed/);
  assert.equal((await change('fourth')).status, 204);
  const expiring = async (condition: string) =>
    (await cloud.call(await cloud.tokenOf(), 'GET', `/users?password_expires_at=${condition}`)).body;
  assert.equal((await expiring('gt:2026-01-06T00:00:00Z')).users.length, 1);
  assert.equal((await expiring('lt:2026-01-06T00:00:00Z')).users.length, 0);
  assert.equal((await expiring('soon')).error.code, 400);
  const { token } = (await login()).body;
  assert.match(token.user.password_expires_at, /^2026-01-06T/);

  config.passwordRules = parsePasswordRules('change_password_upon_first_use=true');
  await patch({ password: 'given' });
  current = 'given';
  assert.equal((await login()).status, 401);
  await patch({ password: 'given', options: { ignore_change_password_upon_first_use: true } });
  assert.equal((await login()).status, 201);

  config.passwordRules = parsePasswordRules('disable_user_account_days_inactive=3');
  clock.advance(2 * 24 * 60 * 60_000);
  assert.equal((await login()).status, 201);
  clock.advance(3 * 24 * 60 * 60_000);
  assert.equal((await login()).status, 401);
  config.passwordRules = {};
  await patch({ enabled: true });
  config.passwordRules = parsePasswordRules('disable_user_account_days_inactive=3');
  assert.equal((await login()).status, 201);
});

test('what a domain configures is kept, in parts and whole; passwords are not shown', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const call = (method: 'GET' | 'PUT' | 'PATCH' | 'DELETE', tail: string, config?: object) =>
    cloud.call(admin, method, `/domains/${ann.domainId}/config${tail}`, config && { config });
  const ldap = { url: 'ldap://x', password: 'hush' };
  assert.equal((await call('GET', '')).status, 404);
  assert.equal((await call('PUT', '', { ldap })).status, 201);
  const shown = await call('PUT', '', { identity: { driver: 'ldap' }, ldap });
  assert.deepEqual(
    [shown.status, shown.body.config],
    [200, { identity: { driver: 'ldap' }, ldap: { url: 'ldap://x' } }],
  );
  const [row] = await cloud.app.store.read.selectFrom('domain_configs').selectAll().execute();
  assert.ok(row && !JSON.stringify(row).includes('hush'));
  assert.deepEqual((await call('GET', '/ldap/url')).body.config, { url: 'ldap://x' });
  assert.deepEqual((await call('PATCH', '/ldap/url', { url: 'ldap://y' })).body.config.ldap, { url: 'ldap://y' });
  assert.equal((await call('PATCH', '/ldap', { identity: { driver: 'x' } })).status, 403);
  assert.equal((await call('PATCH', '/ldap/suffix', { suffix: 'dc=x' })).status, 404);
  assert.equal((await call('PATCH', '', { colour: { red: 1 } })).status, 403);
  assert.equal((await call('DELETE', '/ldap/url')).status, 204);
  assert.equal((await call('GET', '/ldap/url')).status, 404);
  assert.equal((await call('DELETE', '')).status, 204);
  assert.equal((await cloud.call(admin, 'GET', '/domains/config/identity/driver/default')).body.config.driver, 'sql');
  assert.equal((await cloud.call(await ann.token(), 'GET', '/domains/config/default')).status, 403);
});
