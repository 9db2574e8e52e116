import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startIdentityProvider, type IdentityProvider, type Person } from '../support/identity-provider.ts';
import { attempt, does, lists, potluck, run, shows, type Outcome } from './client.ts';
import { commands, runAsOperator } from './pages.ts';

const PAGE = 'docs/operate/single-sign-on.md';
/** As the page names it. */
const SECRET = '/root/sso-secret';
const PEOPLE = new Map<string, Person>([
  ['1', { name: 't-ann', groups: ['volunteers', 'choir'] }],
  ['2', { name: 't-bob', groups: ['visitors'] }],
]);

let provider: IdentityProvider;
let auth: string;

before(async () => {
  const [endpoint] = await lists('potluck', 'endpoint list --service identity --interface public');
  // These plugins make their address of it, and look for no version.
  auth = `${new URL(endpoint?.['URL'] as string).origin}/identity/v3`;
  provider = await startIdentityProvider(PEOPLE, `${new URL(auth).origin}/session/oidc/callback`);
  writeFileSync(SECRET, `${provider.clientSecret}\n`, { mode: 0o600 });
});
after(async () => {
  provider.close();
  rmSync(SECRET, { force: true });
  await potluck(['oidc', 'remove', 'sso']);
  for (const name of ['music', 't-ann']) {
    for (const { ID } of (await lists('potluck', 'project list --long')).filter((one) => one['Name'] === name)) {
      await attempt('potluck', `project delete ${ID}`);
    }
  }
});

/** The unmodified client with one of keystoneauth's ways of asking a provider, in the project `music`. */
function asProgram(type: string, ...options: string[]): Promise<Outcome> {
  const where = ['--os-auth-url', auth, '--os-identity-provider', 'sso', '--os-protocol', 'openid'];
  const scope = ['--os-project-name', 'music', '--os-project-domain-id', 'default'];
  const client = ['--os-client-id', provider.clientId, '--os-client-secret', provider.clientSecret];
  const discovery = ['--os-discovery-endpoint', `${provider.issuer}/.well-known/openid-configuration`];
  const own = type === 'v3oidcaccesstoken' ? [] : [...client, ...discovery];
  const words = ['--os-auth-type', type, ...where, ...scope, ...own, ...options, 'token', 'issue', '-f', 'json'];
  return run('/usr/bin/openstack', words, { env: { OS_CLOUD: '' } });
}

test('the commands of the page set up a provider, and say what is wrong with one', async () => {
  const script = commands(PAGE)
    .replaceAll('https://sso.example.org/realms/main', provider.issuer)
    .replaceAll('--client-id potluck', `--client-id ${provider.clientId}`);
  assert.match(script, /oidc add sso/);
  // A second time changes nothing.
  for (let round = 0; round < 2; round++) {
    const { code, stdout, stderr } = await runAsOperator(script);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Members of “volunteers” may sign in/);
  }
  assert.equal((await lists('potluck', 'identity provider list')).length, 1);
  writeFileSync(SECRET, 'another\n');
  const wrong = await potluck(['oidc', 'add', 'sso', '--client-secret-file', SECRET]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /does not take the client id/);
});

test('programs sign in at the provider with the plugins of keystoneauth', async () => {
  const ann = ['--os-username', '1', '--os-password', 'any'];
  const issued = await asProgram('v3oidcpassword', ...ann);
  assert.equal(issued.code, 0, issued.stderr);
  const { id, user_id } = JSON.parse(issued.stdout) as { id: string; user_id: string };
  assert.ok(id);
  assert.equal((await shows('potluck', `user show ${user_id}`))['name'], 't-ann');
  const bob = await asProgram('v3oidcpassword', '--os-username', '2', '--os-password', 'any');
  assert.match(bob.stderr, /No rule of the mapping lets this account in/);
  const basic = Buffer.from(`${provider.clientId}:${provider.clientSecret}`).toString('base64');
  const answer = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'password', username: '1', password: 'any', scope: 'openid profile' }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  // Joined by `=`: one of 64 tokens begins with a hyphen.
  const brought = await asProgram('v3oidcaccesstoken', `--os-access-token=${access_token}`);
  assert.equal(brought.code, 0, brought.stderr);
  // A program of its own: by a rule about the client, since it is nobody's.
  const rules = [
    {
      remote: [{ type: 'OIDC-client_id', any_one_of: [provider.clientId] }],
      local: [
        { user: { id: 'nightly', name: 't-nightly' } },
        { projects: [{ name: 'music', domain: { id: 'default' }, roles: [{ name: 'reader' }] }] },
      ],
    },
  ];
  writeFileSync(SECRET, JSON.stringify(rules));
  await does('potluck', `mapping set --rules ${SECRET} sso`);
  const program = await asProgram('v3oidcclientcredentials');
  assert.equal(program.code, 0, program.stderr);
});
