import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../../../api/queries/operators.ts';
import { shellText } from '../../../how/operation.ts';
import { disableHost, enableHost } from './operations.ts';
import { stateOf, sumOf } from './state.ts';

const host = (more: Partial<Host>): Host =>
  ({
    ...{ id: '1', name: 'alpha', state: 'up', enabled: true, forced_down: false },
    vcpus: { used: 3, total: 8, limit: 32 },
    memory_mib: { used: 512, total: 4096, limit: 3584 },
    disk_gib: { used: 10, total: 100, limit: 90, free: 50 },
    ...more,
  }) as Host;

test('a host is taken out of use with a reason, and comes back', () => {
  const off = disableHost({ id: '1', name: 'alpha' }, 'new fan');
  assert.deepEqual(off.request.body, { status: 'disabled', disabled_reason: 'new fan' });
  assert.match(shellText(off.command ?? []), /--disable-reason .new fan. alpha nova-compute$/);
  assert.deepEqual(disableHost({ id: '1', name: 'alpha' }, '').request.body, { status: 'disabled' });
  assert.equal(enableHost({ id: '1', name: 'alpha' }).request.path, '/compute/v2.1/os-services/1');
});

test('a host that is off is not room for servers, but what is promised on it counts', () => {
  const off = host({ state: 'down' });
  assert.equal(stateOf(off), 'down');
  assert.equal(stateOf(host({ enabled: false })), 'disabled');
  assert.deepEqual(sumOf([host({}), off]).vcpus, { used: 6, limit: 32 });
});
