import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { school } from './testing.ts';

test('a provider is tried before it is kept: what it is, whether it knows the cloud, and where people come back to', async (t) => {
  const { cloud, admin, issuer, path } = await school(t);
  const ask = async (oidc: object) => {
    const { status, body } = await cloud.call(admin, 'POST', '/OS-FEDERATION/oidc/check', { oidc });
    assert.equal(status, 200, JSON.stringify(body));
    return body.check as { findings: { result: string; reason: string; message: string }[]; claims: string[] | null };
  };
  const reasons = async (oidc: object) => (await ask(oidc)).findings.map(({ reason }) => reason);
  const good = { issuer, client_id: 'cloud', client_secret: 'the-secret' };
  const { findings, claims } = await ask(good);
  assert.deepEqual(
    findings.map(({ result, reason }) => [result, reason]),
    [
      ['good', 'described'],
      ['good', 'accepted'],
      ['good', 'no-objection'],
    ],
  );
  assert.ok(claims?.includes('preferred_username'));
  const stored = await cloud.call(admin, 'POST', `/OS-FEDERATION${path}/check`);
  assert.deepEqual(stored.body.check.findings, findings, 'with the secret that is kept');
  assert.deepEqual(await reasons({ ...good, client_secret: 'wrong' }), ['described', 'refused', 'no-objection']);
  assert.deepEqual(await reasons({ ...good, client_id: 'other', client_secret: 'other-secret' }), [
    ...['described', 'unclear', 'not-registered'],
  ]);
  assert.deepEqual(await reasons({ ...good, issuer: `${issuer}/realms/main` }), ['not-found']);
  assert.deepEqual(await reasons({ ...good, issuer: issuer.replace('127.0.0.1', 'localhost') }), ['other-issuer']);
  assert.deepEqual(await reasons({ ...good, issuer: 'http://127.0.0.1:9' }), ['unreachable']);
  // Something else that answers.
  let answer = '<html>';
  const listener = createServer((_, response) => void response.end(answer));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  t.after(() => listener.close());
  const other = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  assert.deepEqual(await reasons({ ...good, issuer: other }), ['not-described']);
  answer = JSON.stringify({ issuer: other });
  assert.deepEqual(await reasons({ ...good, issuer: other }), ['incomplete']);
  assert.deepEqual(
    await reasons({ ...good, issuer: other.replace('http', 'https').replace('127.0.0.1', 'localhost') }),
    ['no-tls'],
  );
  for (const wrong of ['http://sign-in.example', 'https://[', 'sign-in.example']) {
    const reply = await cloud.call(admin, 'POST', '/OS-FEDERATION/oidc/check', { oidc: { ...good, issuer: wrong } });
    assert.equal(reply.status, 400, wrong);
  }
  const rows = await cloud.app.store.read
    .selectFrom('audit')
    .select('detail')
    .where('operation', '=', 'identity:oidc:check')
    .execute();
  assert.ok(rows.length >= 9 && !JSON.stringify(rows).includes('secret'));
});
