import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseAccel } from './accel.ts';

const options = {
  ...{
    binary: '/nonexistent',
    qemuVersion: '7.2.0',
    kernelDirectory: '/nonexistent',
    cache: '/nonexistent/accel.json',
  },
  ...{ uid: 0, gid: 0 },
};

test('an accelerator that was asked for is taken, with the reason', async () => {
  assert.equal((await chooseAccel({ ...options, wanted: 'kvm' })).accel, 'kvm');
  const { accel, reason } = await chooseAccel({ ...options, wanted: 'tcg' });
  assert.deepEqual([accel, reason], ['tcg', 'TCG was asked for with --accel tcg.']);
});
