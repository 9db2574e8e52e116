import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityCloud, person } from './testing.ts';
import { decodeBase32, matchingStep, passcodeAt } from './totp.ts';

test('numbers are those of RFC 4226 and RFC 6238', () => {
  const seed = Buffer.from('12345678901234567890');
  assert.deepEqual(
    [0, 1, 9].map((step) => passcodeAt(seed, step)),
    ['755224', '287082', '520489'],
  );
  assert.deepEqual(decodeBase32('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'), seed);
  assert.equal(decodeBase32('not base 32!'), null);
  assert.equal(matchingStep('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '287082', 59_000), 1);
  assert.equal(matchingStep('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '287082', 120_000), null);
});

test('a second factor, where a user asks for one, is asked for, and a number is good once', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  await cloud.call(admin, 'POST', '/credentials', {
    credential: { type: 'totp', blob: seed, user_id: ann.userId },
  });
  const rules = { multi_factor_auth_enabled: true, multi_factor_auth_rules: [['password', 'totp']] };
  await cloud.call(admin, 'PATCH', `/users/${ann.userId}`, { user: { options: rules } });
  const login = (
    passcode: string | null,
    headers: Record<string, string> = {},
    password: string | null = 'ann-password',
  ) =>
    cloud.request('POST', '/identity/v3/auth/tokens', {
      as: 'nobody',
      headers,
      body: {
        auth: {
          identity: {
            methods: [...(password === null ? [] : ['password']), ...(passcode === null ? [] : ['totp'])],
            ...(password !== null && { password: { user: { id: ann.userId, password } } }),
            ...(passcode !== null && { totp: { user: { id: ann.userId, passcode } } }),
          },
          scope: { project: { id: ann.projectId } },
        },
      },
    });
  const number = () => passcodeAt(decodeBase32(seed) ?? Buffer.alloc(0), Math.floor(cloud.app.clock.now() / 30_000));
  const half = await login(null);
  assert.equal(half.status, 401);
  assert.deepEqual(half.body.required_auth_methods, [['password', 'totp']]);
  assert.deepEqual([half.body.receipt.methods, half.body.receipt.user.id], [['password'], ann.userId]);
  const receipt = { 'openstack-auth-receipt': String(half.headers['openstack-auth-receipt']) };
  const token = { 'x-auth-token': receipt['openstack-auth-receipt'] };
  assert.equal(
    (await cloud.request('GET', '/identity/v3/auth/projects', { as: 'nobody', headers: token })).status,
    401,
  );
  assert.equal((await login('000000')).status, 401);
  assert.equal((await login('000000', receipt, null)).status, 401);
  assert.equal((await login(number(), { 'openstack-auth-receipt': 'of.nobody' }, null)).status, 401);
  cloud.app.clock.advance(30_000);
  assert.deepEqual((await login(number(), receipt, null)).body.token.methods, ['totp', 'password']);
  cloud.app.clock.advance(5 * 60_000);
  assert.equal((await login(number(), receipt, null)).status, 401, 'a receipt too old');
  cloud.app.clock.advance(30_000);
  const first = await login(number());
  assert.equal(first.status, 201);
  assert.deepEqual(first.body.token.methods, ['password', 'totp']);
  assert.equal((await login(number())).status, 401, 'the same number again');
  cloud.app.clock.advance(30_000);
  assert.equal((await login(number())).status, 201);
});
