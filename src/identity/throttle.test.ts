import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock } from '../core/clock.ts';
import { createThrottle } from './throttle.ts';

test('guessing one account waits longer each time, and a success begins anew', () => {
  const clock = fixedClock();
  const throttle = createThrottle(clock);
  const waits = Array.from({ length: 12 }, () => {
    throttle.failed('eva', '192.0.2.1');
    const wait = throttle.wait('eva', '192.0.2.1');
    clock.advance(wait);
    return wait / 1000;
  });
  assert.deepEqual(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
  assert.equal(throttle.wait('eva', '192.0.2.2'), 0);
  throttle.succeeded('eva', '192.0.2.1');
  throttle.failed('eva', '192.0.2.1');
  assert.equal(throttle.wait('eva', '192.0.2.1'), 0);
});

test('one address that tries many accounts waits, but not for who has logged in from there', () => {
  const throttle = createThrottle(fixedClock());
  throttle.succeeded('teacher', '192.0.2.1');
  for (let i = 0; i < 50; i++) throttle.failed(`pupil-${i}`, '192.0.2.1');
  assert.equal(throttle.wait('another', '192.0.2.1'), 1000);
  assert.equal(throttle.wait('teacher', '192.0.2.1'), 0);
  assert.equal(throttle.wait('another', '192.0.2.2'), 0);
  for (let i = 0; i < 50; i++) throttle.failed(`pupil-${i}`, `2001:db8::${i}`);
  assert.equal(throttle.wait('another', '2001:db8:0:0:1::2'), 1000);
  assert.equal(throttle.wait('another', '2001:db8:0:1::2'), 0);
});

test('an account that many addresses try waits for all but those it was used from', () => {
  const clock = fixedClock();
  const throttle = createThrottle(clock);
  throttle.succeeded('eva', '192.0.2.1');
  for (let i = 0; i < 100; i++) throttle.failed('eva', `2001:db8:0:${i}::1`);
  assert.equal(throttle.wait('eva', '2001:db8:ffff::1'), 1000);
  assert.equal(throttle.wait('eva', '192.0.2.1'), 0);
  clock.advance(15 * 60_000 + 1);
  assert.equal(throttle.wait('eva', '2001:db8:ffff::1'), 0);
});
