import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hashPassword,
  hashRandomSecret,
  needsRehash,
  randomSecret,
  verifyPassword,
  verifySecret,
} from './passwords.ts';

test('a hash says how it was made, fits its password only, and differs each time', async () => {
  const [one, two] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, two);
  assert.equal(await verifyPassword('pässword', one), true);
  assert.equal(await verifyPassword('passwort', one), false);
  assert.equal(needsRehash(one), false);
});

test('a hash of other parameters still fits, and asks to be made again', async () => {
  // A test vector of the reference implementation (phc-winner-argon2, src/test.c): password and somesalt.
  const other = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(await verifyPassword('password', other), true);
  assert.equal(needsRehash(other), true);
});

test('no hash and a broken hash fit nothing', async () => {
  assert.equal(await verifyPassword('', null), false);
  assert.equal(await verifyPassword('x', '$argon2id$nonsense'), false);
});

test('secrets of ours are checked without the slow hash', async () => {
  const secret = randomSecret();
  assert.equal(await verifySecret(secret, hashRandomSecret(secret)), true);
  assert.equal(await verifySecret(`${secret}x`, hashRandomSecret(secret)), false);
  assert.equal(await verifySecret('chosen', await hashPassword('chosen')), true);
  assert.equal(await verifySecret('x', null), false);
});
