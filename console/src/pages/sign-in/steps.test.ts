import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFault } from '../../api/fault.ts';
import { nextStep, passwordRequest, safeReturn } from './steps.ts';

test('one comes back to this site only', () => {
  assert.equal(safeReturn('/servers/1?tab=log'), '/servers/1?tab=log');
  for (const path of [null, '', '//evil.example', '/\\evil.example', 'https://evil.example', '/sign-in?return_to=/']) {
    assert.equal(safeReturn(path), '/', String(path));
  }
});

test('a right password leads to the second factor, or to a new one when it is old', () => {
  const body = { receipt: { user: { id: 'u1' } }, required_auth_methods: [['password', 'totp']] };
  assert.deepEqual(nextStep(new ApiFault('', { status: 401, receipt: 'r', body })), {
    kind: 'code',
    receipt: 'r',
    userId: 'u1',
  });
  const message = 'The password is expired and needs to be changed for user: u1.';
  assert.deepEqual(nextStep(new ApiFault(message, { status: 401 })), { kind: 'expired', userId: 'u1' });
  assert.equal(nextStep(new ApiFault('The request you have made requires authentication.', { status: 401 })), null);
  assert.equal(nextStep(new ApiFault('', { status: 500 })), null);
});

test('the default domain is known by its id, others by name', () => {
  const domainOf = (domain: string) =>
    JSON.stringify(passwordRequest('ann', domain, 'x').body).match(/"domain":(\{[^}]*\})/)?.[1];
  assert.equal(domainOf('Default'), '{"id":"default"}');
  assert.equal(domainOf('Lyon'), '{"name":"Lyon"}');
});
