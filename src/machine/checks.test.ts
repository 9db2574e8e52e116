import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preflight, type Facts } from './checks.ts';

const good: Facts = {
  uid: 0,
  os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
  arch: 'x64',
  memoryMib: 4096,
  diskFreeMib: 20_000,
  stateDir: '/var/lib/potluck',
  tun: true,
  ourPort: false,
  port: 5000,
  portHolder: null,
  agentPort: 5001,
  agentPortHolder: null,
  publicCidrs: ['172.24.4.1/24', 'fd12:0:0:4::1/64'],
  routes: [{ cidr: '192.0.2.0/24', device: 'eth0' }],
  ovnRemote: null,
};

test('a good machine has no problems, also when we run on it already', () => {
  assert.deepEqual(preflight(good), []);
  const second = { ...good, ourPort: true, portHolder: 'node (pid 1)', ovnRemote: 'unix:/var/run/ovn/ovnsb_db.sock' };
  assert.deepEqual(preflight(second), []);
});

const bad: [string, Partial<Facts>, RegExp][] = [
  ['its agent port', { agentPortHolder: 'nginx (pid 1)' }, /Port 5001, on which other machines join/],
  ['not root', { uid: 1000 }, /needs root/],
  ['another system', { os: { id: 'ubuntu', version: '24.04', name: 'Ubuntu 24.04' } }, /This is Ubuntu 24.04/],
  ['an old Debian', { os: { id: 'debian', version: '11', name: 'Debian 11' } }, /Debian 11/],
  ['another processor', { arch: 'riscv64' }, /riscv64/],
  ['little memory', { memoryMib: 900 }, /900 MiB of memory/],
  ['little disk', { diskFreeMib: 100 }, /100 MiB are free/],
  ['no tun', { tun: false }, /net\/tun/],
  ['a taken port', { portHolder: 'nginx (pid 7)' }, /Port 5000 is taken by nginx/],
  ['a taken network', { routes: [{ cidr: '172.16.0.0/12', device: 'wg0' }] }, /172.16.0.0\/12 .* wg0/],
  ['another OVN', { ovnRemote: 'tcp:10.0.0.1:6642' }, /another OVN/],
];

for (const [name, change, expected] of bad) {
  test(`${name} is refused with one sentence and a mend`, () => {
    const problems = preflight({ ...good, ...change });
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.problem ?? '', expected);
    assert.notEqual(problems[0]?.mend, '');
  });
}
