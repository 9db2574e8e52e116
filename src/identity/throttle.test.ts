import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { testCloud } from '../http/testing.ts';
import { createLoginAttemptReconciler, createThrottle } from './throttle.ts';
import { createPasscodes } from './totp.ts';

/** The throttles of two controllers on one database. */
async function throttles(t: TestContext) {
  const { app } = await testCloud(t, []);
  const [here, there] = [createThrottle(app), createThrottle(app)];
  const count = async () => (await app.store.read.selectFrom('login_attempts').select('key').execute()).length;
  return { app, clock: app.clock, here, there, count };
}

const repeat = async (times: number, action: (index: number) => Promise<unknown>) => {
  for (let index = 0; index < times; index++) await action(index);
};

test('guessing one account waits longer each time, whichever controller is asked, and a success begins anew', async (t) => {
  const { clock, here, there } = await throttles(t);
  const waits: number[] = [];
  await repeat(12, async (index) => {
    await (index % 2 === 0 ? here : there).failed('eva', '192.0.2.1');
    const wait = await here.wait('eva', '192.0.2.1');
    assert.equal(await there.wait('eva', '192.0.2.1'), wait);
    clock.advance(wait);
    waits.push(wait / 1000);
  });
  assert.deepEqual(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
  assert.equal(await here.wait('eva', '192.0.2.2'), 0);
  await here.succeeded('eva', '192.0.2.1');
  await there.failed('eva', '192.0.2.1');
  assert.equal(await here.wait('eva', '192.0.2.1'), 0);
});

test('a right password among many guesses at once does not count', async (t) => {
  const { here } = await throttles(t);
  assert.equal(await here.wait('eva', '192.0.2.1'), 0);
  await repeat(5, () => here.failed('eva', '192.0.2.1'));
  await assert.rejects(here.succeeded('eva', '192.0.2.1'), { status: 429, headers: { 'retry-after': '1' } });
});

test('an address or an account that is tried much waits, but not for who has logged in from there', async (t) => {
  const { app, clock, here, there, count } = await throttles(t);
  await here.succeeded('teacher', '192.0.2.1');
  await repeat(50, (index) => here.failed(`pupil-${index}`, '192.0.2.1'));
  assert.equal(await there.wait('another', '192.0.2.1'), 1000);
  assert.equal(await there.wait('teacher', '192.0.2.1'), 0);
  assert.equal(await there.wait('another', '192.0.2.2'), 0);
  await repeat(50, (index) => here.failed('eva', `2001:db8::${index}`));
  assert.equal(await there.wait('another', '2001:db8:0:0:1::2'), 1000);
  assert.equal(await there.wait('another', '2001:db8:0:1::2'), 0);
  await here.succeeded('eva', '192.0.2.3');
  await repeat(50, (index) => here.failed('eva', `192.0.2.${index + 10}`));
  assert.equal(await there.wait('eva', '2001:db8:ffff::1'), 1000);
  assert.equal(await there.wait('eva', '192.0.2.3'), 0);
  clock.advance(15 * 60_000 + 1);
  assert.equal(await there.wait('eva', '2001:db8:ffff::1'), 0);
  await createLoginAttemptReconciler(app).run();
  assert.equal(await count(), 2);
});

test('who logs in again from the same place writes nothing', async (t) => {
  const { app, clock, here } = await throttles(t);
  await here.succeeded('eva', '192.0.2.1');
  const before = await app.store.read.selectFrom('login_attempts').selectAll().execute();
  clock.advance(6 * 24 * 60 * 60_000);
  app.store.transaction = () => assert.fail('a transaction');
  await here.succeeded('eva', '192.0.2.1');
  assert.deepEqual(await app.store.read.selectFrom('login_attempts').selectAll().execute(), before);
});

test('a passcode is good once, for whichever controller comes first', async (t) => {
  const { app } = await testCloud(t, []);
  const [here, there] = [createPasscodes(app.store), createPasscodes(app.store)];
  const used = await Promise.all([here.use('ann', 7), there.use('ann', 7), here.use('ann', 7), there.use('bob', 7)]);
  assert.deepEqual(used.filter(Boolean).length, 2);
  assert.equal(await there.use('ann', 6), false);
  assert.equal(await there.use('ann', 8), true);
});
