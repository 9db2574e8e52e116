import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, does, lists, refuses, run, shows } from './client.ts';

const ADMIN = 'potluck';
const DEMO = 'potluck-demo';

test('tokens are issued and revoked', async () => {
  const token = await shows(ADMIN, 'token issue');
  assert.ok(token.id.length > 20);
  assert.ok(token.project_id);
  await does(ADMIN, 'token revoke', token.id);
  const url = (await shows(ADMIN, 'catalog show identity')).endpoints as { url: string; interface: string }[];
  const keystone = url.find((endpoint) => endpoint.interface === 'public')?.url ?? '';
  const used = await fetch(`${keystone}/v3/auth/projects`, { headers: { 'x-auth-token': token.id } });
  assert.equal(used.status, 401);
});

test('the catalog names every service that is there', async () => {
  const types = (await lists(DEMO, 'catalog list')).map((service) => service.Type);
  for (const type of ['identity', 'image', 'network', 'compute']) assert.ok(types.includes(type), type);
  assert.ok((await lists(ADMIN, 'endpoint list')).length >= 4);
  assert.ok((await lists(ADMIN, 'service list')).length >= 4);
  assert.deepEqual(
    (await lists(ADMIN, 'region list')).map((region) => region.Region),
    ['RegionOne'],
  );
});

test('domains, projects with a parent, users, groups, roles and assignments', async () => {
  await does(ADMIN, 'domain create t-domain --description', 'a test');
  await does(ADMIN, 'project create --domain t-domain t-parent');
  await does(ADMIN, 'project create --domain t-domain --parent t-parent t-child');
  const child = await shows(ADMIN, 'project show --domain t-domain t-child');
  const parent = await shows(ADMIN, 'project show --domain t-domain t-parent');
  assert.equal(child.parent_id, parent.id);
  await does(ADMIN, 'user create --domain t-domain --password s3cret-Words t-user');
  await does(ADMIN, 'user set --domain t-domain --email t@example.org t-user');
  await does(ADMIN, 'group create --domain t-domain t-group');
  await does(ADMIN, 'group add user --group-domain t-domain --user-domain t-domain t-group t-user');
  assert.match(
    await does(ADMIN, 'group contains user --group-domain t-domain --user-domain t-domain t-group t-user'),
    /t-user in group t-group/,
  );
  await does(ADMIN, 'role create t-role');
  await does(
    ADMIN,
    'role add --group t-group --group-domain t-domain --project t-child --project-domain t-domain member',
  );
  const assignments = await lists(ADMIN, 'role assignment list --names --project t-child --project-domain t-domain');
  assert.deepEqual(
    assignments.map((row) => [row.Role, row.Group]),
    [['member', 't-group@t-domain']],
  );
  const auth = (await shows(ADMIN, 'configuration show')).auth as { auth_url: string } | undefined;
  const authUrl = auth?.auth_url ?? String((await shows(ADMIN, 'configuration show'))['auth.auth_url']);
  const asUser = await run('openstack', ['token', 'issue', '-f', 'json'], {
    env: {
      OS_AUTH_URL: authUrl,
      OS_USERNAME: 't-user',
      OS_USER_DOMAIN_NAME: 't-domain',
      OS_PASSWORD: 's3cret-Words',
      OS_PROJECT_NAME: 't-child',
      OS_PROJECT_DOMAIN_NAME: 't-domain',
      OS_IDENTITY_API_VERSION: '3',
    },
  });
  assert.equal(asUser.code, 0, asUser.stderr);
  await does(ADMIN, 'project delete --domain t-domain t-child t-parent');
  await does(ADMIN, 'user delete --domain t-domain t-user');
  await does(ADMIN, 'group delete --domain t-domain t-group');
  await does(ADMIN, 'role delete t-role');
  await does(ADMIN, 'domain set --disable t-domain');
  await does(ADMIN, 'domain delete t-domain');
});

test('an application credential works as a login and ends with its deletion', async () => {
  const credential = await shows(DEMO, 'application credential create t-app');
  const configuration = await shows(DEMO, 'configuration show');
  const env = {
    OS_AUTH_TYPE: 'v3applicationcredential',
    OS_AUTH_URL: String(configuration['auth.auth_url']),
    OS_APPLICATION_CREDENTIAL_ID: String(credential.id),
    OS_APPLICATION_CREDENTIAL_SECRET: String(credential.secret),
  };
  const servers = await run('openstack', ['server', 'list', '-f', 'json'], { env });
  assert.equal(servers.code, 0, servers.stderr);
  await does(DEMO, 'application credential delete t-app');
  const after = await run('openstack', ['server', 'list', '-f', 'json'], { env });
  assert.notEqual(after.code, 0);
});

test('a member may not do what an admin does, and sees no other project', async () => {
  assert.match(await refuses(DEMO, 'user list'), /403|Forbidden|not authorized|allow/i);
  assert.match(await refuses(DEMO, 'project create t-mine'), /403|Forbidden|not authorized|allow/i);
  const admin = await shows(ADMIN, 'project show admin');
  assert.notEqual((await attempt(DEMO, `project show ${admin.id}`)).code, 0);
});
