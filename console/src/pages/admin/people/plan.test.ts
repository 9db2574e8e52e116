import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellText } from '../../../how/operation.ts';
import { firstPassword, planOf, type Known } from './plan.ts';
import { quotaOperations } from './quotas.ts';

const nothing: Known = {
  users: new Map([['ann', 'u-ann']]),
  roles: new Map([['member', 'r-member']]),
  project: null,
  accounts: new Map(),
  done: new Set(),
};
const wanted = {
  ...{ name: 'garden', description: '', network: true },
  people: [
    { name: 'ann', role: 'member' },
    { name: 'bob', role: 'member' },
    { name: ' ', role: 'member' },
  ],
  limits: { instances: 3, gigabytes: 50, cores: null },
};

test('a new project is made whole: itself, its network, its limits, and its people with accounts where they have none', () => {
  const steps = planOf(wanted, nothing, () => 'secret');
  assert.deepEqual(
    steps.map(({ key }) => key),
    ['project', 'network', 'quotas compute', 'quotas volume', 'role ann', 'account bob', 'role bob'],
  );
  assert.ok(!steps.some(({ operation }) => shellText(operation.command ?? []).includes('secret')));
  const again = planOf(
    wanted,
    { ...nothing, project: 'p-1', accounts: new Map([['bob', { id: 'u-bob', password: 'kept' }]]) },
    () => 'other',
  );
  const paths = again.map(({ operation }) => operation.request.path);
  assert.ok(paths.includes('/network/v2.0/auto-allocated-topology/p-1'));
  assert.ok(paths.includes('/identity/v3/projects/p-1/users/u-bob/roles/r-member'));
  assert.deepEqual(
    again.flatMap((step) => (step.kind === 'account' ? [step.password] : [])),
    ['kept'],
  );
});

test('only the limits that change are sent, each to its service', () => {
  assert.deepEqual(quotaOperations({ id: 'p' }, {}), []);
  const [compute, network] = quotaOperations({ id: 'p' }, { ram: 2048, floatingip: -1, cores: null });
  assert.deepEqual(compute?.request.body, { quota_set: { ram: 2048 } });
  assert.deepEqual(network?.request.body, { quota: { floatingip: -1 } });
  assert.equal(shellText(network?.command ?? []), 'openstack quota set --floating-ips -1 p');
});

test('a first password has no letter more often than others, and none that looks like another', () => {
  let byte = 0;
  const word = firstPassword((bytes) => Uint8Array.from({ length: bytes }, () => (byte += 7)));
  assert.match(word, /^[^lIO01o]{16}$/);
});
