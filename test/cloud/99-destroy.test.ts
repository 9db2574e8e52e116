import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { processes } from '../kill/processes.ts';
import { potluck, run, shows, ssh } from './client.ts';

test('down leaves servers running, and up finds them', async () => {
  const addresses = Object.values((await shows('potluck-demo', 'server show hello')).addresses).flat() as string[];
  const floating = addresses.find((address) => address.startsWith('172.24.4.')) ?? '';
  const boot = () => ssh(floating, 'cat /proc/sys/kernel/random/boot_id');
  const before = await boot();
  assert.equal(before.code, 0, before.stderr);
  assert.equal((await potluck(['down'])).code, 0);
  assert.equal(
    processes().some(({ command }) => /main\.ts (controller|agent)/.test(command)),
    false,
  );
  assert.equal((await boot()).stdout, before.stdout);
  assert.equal((await potluck(['up'])).code, 0);
  assert.equal((await boot()).stdout, before.stdout);
});

test('destroy asks first, and then leaves nothing behind', async () => {
  const asked = await run('sh', ['-c', `echo no | ${join(import.meta.dirname, '../../potluck')} destroy`]);
  assert.notEqual(asked.code, 0);
  assert.ok(existsSync('/var/lib/potluck'));
  const { code, stdout, stderr } = await potluck(['destroy', '--yes']);
  assert.equal(code, 0, stdout + stderr);
  for (const path of ['/var/lib/potluck', '/run/potluck', '/var/log/potluck']) {
    // A mount point of its own stays, empty.
    assert.deepEqual(existsSync(path) ? readdirSync(path) : [], [], path);
  }
  const left = processes().filter(({ command }) =>
    /qemu-system.*potluck|main\.ts (controller|agent)|runsvdir.*potluck/.test(command),
  );
  assert.deepEqual(left, []);
  const links = (await run('ip', ['-o', 'link'])).stdout;
  assert.doesNotMatch(links, /: (tap[0-9a-f]|br-ex|plo)/);
  assert.doesNotMatch((await run('ip', ['netns', 'list'])).stdout, /potluck-/);
  assert.doesNotMatch((await run('nft', ['list', 'tables'])).stdout, /potluck/);
  const clouds = join(homedir(), '.config/openstack/clouds.yaml');
  if (existsSync(clouds)) assert.doesNotMatch(readFileSync(clouds, 'utf8'), /potluck/);
});
