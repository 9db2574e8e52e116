import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestAddress, progressOf, sshLines } from './progress.ts';

const state = (status: string, task: string | null = null) => ({
  status,
  'OS-EXT-STS:task_state': task,
});

test('the way of a new server is told in order', () => {
  const told = (status: string, task: string | null, log: string | null = null) =>
    Object.values(progressOf(state(status, task), log).stages).join(' ');
  assert.equal(told('BUILD', 'scheduling'), 'now later later later later');
  assert.equal(told('BUILD', 'spawning'), 'done done done now later');
  assert.equal(told('ACTIVE', null), 'done done done done now');
  assert.equal(told('ACTIVE', null, 'Debian 13\nweb login: '), 'done done done done done');
  assert.equal(told('ERROR', 'spawning'), 'done done done failed later');
});

test('a server is reached by its floating IP, with the key that was made for it', () => {
  const fixed = {
    addr: '10.0.0.3',
    version: 4 as const,
    'OS-EXT-IPS:type': 'fixed' as const,
    'OS-EXT-IPS-MAC:mac_addr': '',
  };
  const floating = { ...fixed, addr: '203.0.113.9', 'OS-EXT-IPS:type': 'floating' as const };
  assert.deepEqual(bestAddress({ addresses: { a: [fixed, floating] } }), { address: '203.0.113.9', outside: true });
  assert.deepEqual(bestAddress({ addresses: { a: [fixed] } }), { address: '10.0.0.3', outside: false });
  assert.equal(bestAddress({ addresses: {} }), null);
  assert.equal(sshLines('debian', '203.0.113.9', null), 'ssh debian@203.0.113.9');
  assert.equal(sshLines('debian', '203.0.113.9', 'k.key'), 'chmod 600 k.key\nssh -i k.key debian@203.0.113.9');
});
