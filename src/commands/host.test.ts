import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJoinToken, printJoinToken } from '../core/join-token.ts';
import { duration, table } from './host.ts';

test('a time is a number with a unit, within what the API takes', () => {
  assert.deepEqual(['1m', '90m', '24h', '90d'].map(duration), [60, 5400, 86_400, 7_776_000]);
  for (const wrong of ['', '0m', '24', '1w', '91d', '-1h', '1.5h']) assert.throws(() => duration(wrong), /--expires/);
});

test('rows stand in columns', () => {
  assert.deepEqual(
    table([
      ['a', 'bcd', ''],
      ['efg', 'h', 'i'],
    ]),
    ['a    bcd', 'efg  h    i'],
  );
  assert.deepEqual(table([]), []);
});

test('a token is read as it was printed, and half of one is refused', () => {
  const token = { controller: 'https://[2001:db8::1]:5001', fingerprint: 'f'.repeat(43), secret: 's'.repeat(32) };
  const text = printJoinToken(token);
  assert.deepEqual(parseJoinToken(` ${text}\n`), token);
  for (const wrong of [text.slice(0, -1).replace(/:\d+$/, ''), text.slice(4), text.split('@')[0] ?? '', `${text}/x`]) {
    assert.throws(() => parseJoinToken(wrong), /no join token/, wrong);
  }
});
