import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import { parse } from 'yaml';
import { cloudName, cloudsYaml, openrc, starter, zip, type StarterInput } from './index.ts';

const input: StarterInput = {
  authUrl: 'http://192.0.2.2:5000/identity/v3',
  region: 'RegionOne',
  cloud: 'garden',
  credential: { id: 'c0ffee', secret: `p: #"x'$\{y}` },
  image: 'Ada\'s "Debian" ${13} 🍲',
  flavor: 'small one',
  externalNetwork: 'public',
};

test('clouds.yaml and openrc.sh say the same, whatever is in a secret', () => {
  const read = parse(cloudsYaml(input).content) as { clouds: Record<string, { auth: Record<string, string> }> };
  assert.deepEqual(read.clouds['garden']?.auth, {
    auth_url: input.authUrl,
    application_credential_id: 'c0ffee',
    application_credential_secret: input.credential.secret,
  });
  const script = `${openrc(input).content}\nprintf %s "$OS_APPLICATION_CREDENTIAL_SECRET-\${OS_USERNAME:-}"`;
  const env = { OS_USERNAME: 'other', PATH: process.env['PATH'] ?? '' };
  assert.equal(execFileSync('sh', ['-euc', script], { env }).toString(), `${input.credential.secret}-`);
});

test('names for an entry are plain', () => {
  assert.equal(cloudName('Jardin été n° 3'), 'jardin-ete-n-3');
  assert.equal(cloudName('公園'), 'potluck');
});

test('what a tool reads is of its language, with names in it that need quoting', () => {
  const files = (['command-line', 'terraform', 'pulumi'] as const).flatMap((tool) => starter(tool, input));
  const content = (name: string) => files.find((file) => file.name === name)?.content ?? '';
  execFileSync('sh', ['-n'], { input: content('first-server.sh') });
  assert.match(content('first-server.sh'), /--image 'Ada'\\''s "Debian" \$\{13\} 🍲' --flavor 'small one'/);
  assert.match(content('main.tf'), /default = "Ada's \\"Debian\\" \$\$\{13\} 🍲"/);
  assert.deepEqual((parse(content('Pulumi.yaml')) as { config: object }).config, { 'openstack:cloud': 'garden' });
  assert.equal((JSON.parse(content('package.json')) as { main: string }).main, 'index.ts');
  assert.match(stripTypeScriptTypes(content('index.ts')), /name: "Ada's \\"Debian\\" \$\{13\} 🍲"/);
  for (const file of files) {
    assert.equal(file.content.includes('c0ffee'), file.secret, file.name);
    assert.ok(!file.name.endsWith('README.md') || file.content.startsWith('# A first server'));
  }
  assert.match(starter('terraform', input, 'fr').at(-1)?.content ?? '', /^# Un premier serveur/);
});

test('an archive is one that others open', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-zip-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const files = starter('terraform', input);
  writeFileSync(join(directory, 'starter.zip'), zip(files, new Date(2026, 0, 2, 3, 4, 6)));
  const python = `import os, sys, zipfile
z = zipfile.ZipFile('starter.zip')
assert z.testzip() is None
for i in z.infolist(): print(i.filename, i.date_time, oct(i.external_attr >> 16))
z.extractall()`;
  const listed = execFileSync('python3', ['-c', python], { cwd: directory }).toString().split('\n');
  assert.equal(listed[0], 'main.tf (2026, 1, 2, 3, 4, 6) 0o100644');
  assert.equal(listed[1], 'clouds.yaml (2026, 1, 2, 3, 4, 6) 0o100600');
  for (const { name, content } of files) assert.equal(readFileSync(join(directory, name), 'utf8'), content);
  assert.ok(statSync(join(directory, 'starter.zip')).size < 10_000);
});

test('the console can take all of it into its bundle', () => {
  for (const path of globSync('*.ts', { cwd: import.meta.dirname }).filter((name) => !name.endsWith('.test.ts'))) {
    const [imports = ''] = readFileSync(join(import.meta.dirname, path), 'utf8').split('\n\n');
    for (const [, from] of imports.matchAll(/from '([^']+)'/g)) assert.match(from ?? '', /^\.\/[a-z-]+\.ts$/, path);
  }
});
