import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { withClouds, withoutClouds, type CloudEntry } from './clouds-yaml.ts';

const entry: CloudEntry = {
  authUrl: 'http://192.0.2.2:5000/identity/v3',
  region: 'RegionOne',
  username: 'admin',
  password: 'p: #"x',
  project: 'admin',
};

test('entries are added, and a second time changes nothing', () => {
  const once = withClouds('', { potluck: entry });
  const read = parse(once) as { clouds: { potluck: { auth: { password: string }; region_name: string } } };
  assert.equal(read.clouds.potluck.auth.password, 'p: #"x');
  assert.equal(read.clouds.potluck.region_name, 'RegionOne');
  assert.equal(withClouds(once, { potluck: entry }), once);
});

test('what else is in the file stays, comments too', () => {
  const mine = '# my clouds\nclouds:\n  # at work\n  work:\n    cloud: thing # really\ncache:\n  auth: true\n';
  const after = withClouds(mine, { potluck: entry });
  for (const part of ['# my clouds', '# at work', 'cloud: thing # really', 'cache:\n  auth: true']) {
    assert.ok(after.includes(part), part);
  }
  assert.equal(withoutClouds(after, ['potluck', 'potluck-demo']), mine);
});

test('a file with nothing but our entries goes', () => {
  assert.equal(withoutClouds(withClouds('', { potluck: entry }), ['potluck']), null);
});

test('a file that is no YAML is refused', () => {
  assert.throws(() => withClouds('a: [', { potluck: entry }), /not readable as YAML/);
  assert.throws(() => withClouds('- list', { potluck: entry }), /not readable as YAML/);
});
