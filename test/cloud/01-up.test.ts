import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lists, potluck, run, sshOutput, shows } from './client.ts';

test('up makes a running cloud with a server that answers SSH', async () => {
  const { code, stdout, stderr } = await potluck(['up'], 900);
  assert.equal(code, 0, stderr + stdout);
  const last = stdout + stderr;
  assert.match(last, /openstack --os-cloud potluck-demo server list/);
  assert.match(last, /ssh /);
  console.log(last);
});

test('a second up changes nothing and takes seconds', async () => {
  const before = await lists('potluck', 'server list --all-projects');
  const started = Date.now();
  const { code, stdout, stderr } = await potluck(['up']);
  assert.equal(code, 0, stderr + stdout);
  console.log(`second up: ${(Date.now() - started) / 1000} s`);
  assert.deepEqual(await lists('potluck', 'server list --all-projects'), before);
});

test('hello is a real guest: key, hostname, floating IP, reach through SNAT', async () => {
  const servers = await lists('potluck-demo', 'server list');
  assert.deepEqual(
    servers.map((server) => [server.Name, server.Status]),
    [['hello', 'ACTIVE']],
  );
  const hello = await shows('potluck-demo', 'server show hello');
  const [fixed, floating] = (Object.values(hello.addresses)[0] as string[]).filter((address) => !address.includes(':'));
  assert.ok(fixed && floating, JSON.stringify(hello.addresses));
  assert.equal(await sshOutput(floating, 'hostname'), 'hello');
  assert.match(await sshOutput(floating, 'ip addr show dev eth0'), new RegExp(`${fixed.replaceAll('.', '\\.')}/`));
});

test('status and doctor find nothing wrong', async () => {
  for (const command of ['status', 'doctor']) {
    const { code, stdout, stderr } = await potluck([command, '--json']);
    assert.equal(code, 0, stderr + stdout);
  }
});

test('nothing secret is in the logs', async () => {
  const files = ['admin-password', 'demo-password', 'host-token', 'demo-key'];
  const text = files.map((name) => readFileSync(`/var/lib/potluck/secrets/${name}`, 'utf8')).join('\n');
  const secrets = [...text.matchAll(/[\w+/-]{16,}/g)].map((match) => match[0]);
  assert.ok(secrets.length > 0);
  for (const secret of secrets) {
    const { code } = await run('grep', ['-rqF', '--', secret, '/var/log/potluck']);
    assert.equal(code, 1, 'a secret stands in /var/log/potluck');
  }
});
