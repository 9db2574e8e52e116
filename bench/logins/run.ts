import { testCloud } from '../../src/http/testing.ts';
import { hashPassword, verifyPassword } from '../../src/identity/passwords.ts';
import { createThrottle } from '../../src/identity/throttle.ts';
import { median } from '../statistics.ts';

/**
 * What slowing down guesses costs a log-in, next to the check of its password. With POTLUCK_TEST_DATABASE on PostgreSQL
 * (`node test/contract/run.ts` shows how), else on SQLite.
 */
const TIMES = 100;
const closing: (() => unknown)[] = [];
const { app } = await testCloud({ after: (action) => void closing.push(action as () => unknown) }, []);
const throttle = createThrottle(app);
const hash = await hashPassword('a password');
for (let index = 0; index < 2_000; index++) await throttle.succeeded(`user-${index}`, '192.0.2.1');
const medianOf = async (work: (index: number) => Promise<unknown>) => {
  const times: number[] = [];
  for (let index = 0; index < TIMES; index++) {
    const begun = performance.now();
    await work(index);
    times.push(performance.now() - begun);
  }
  return median(times);
};
const password = await medianOf(() => verifyPassword('a password', hash));
const again = await medianOf(async (index) => {
  await throttle.wait(`user-${index}`, '192.0.2.1');
  await throttle.succeeded(`user-${index}`, '192.0.2.1');
});
const wrong = await medianOf((index) => throttle.failed(`user-${index}`, '192.0.2.9'));
const share = (part: number) => `${part.toFixed(2)} ms, ${((100 * part) / password).toFixed(1)} % of it`;
process.stdout.write(`${app.store.kind}: the check of a password takes ${password.toFixed(1)} ms
  a log-in from where the account was used before: ${share(again)}, no write
  a wrong password: ${share(wrong)}\n`);
for (const close of closing) await close();
