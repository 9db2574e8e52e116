import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isShort, quotaRows } from './rows.ts';

test('quotas of every service are read alike', () => {
  const nova = { id: 'p', instances: { limit: 10, in_use: 2, reserved: 0 }, cores: { limit: -1, in_use: 3 } };
  assert.deepEqual(quotaRows('compute', nova), [
    { name: 'instances', limit: 10, used: 2 },
    { name: 'cores', limit: -1, used: 3 },
  ]);
  assert.deepEqual(quotaRows('network', { floatingip: { limit: 5, used: 5, reserved: 0 } }), [
    { name: 'floatingip', limit: 5, used: 5 },
  ]);
  assert.deepEqual(
    [
      { limit: 10, used: 9 },
      { limit: 10, used: 8 },
      { limit: -1, used: 99 },
      { limit: 0, used: 0 },
    ].map(isShort),
    [true, false, false, false],
  );
});
