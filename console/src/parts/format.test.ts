import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agoText, bytesText, dateText, durationText, parseTime } from './format.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

test('sizes, dates and durations follow the locale', () => {
  assert.equal(bytesText(0, 'en', UNITS), '0 B');
  assert.equal(bytesText(512 * 2 ** 20, 'en', UNITS), '512 MiB');
  assert.equal(bytesText(1.5 * 2 ** 30, 'fr', ['o', 'Kio', 'Mio', 'Gio']), '1,5 Gio');
  assert.equal(bytesText(5000 * 2 ** 30, 'en', UNITS), '5,000 GiB');
  assert.equal(plain(durationText(7_500_000, 'en')), '2 hr 5 min');
  assert.equal(plain(durationText(0, 'fr')), '0 s');
  assert.equal(plain(durationText(86_400_000, 'fr')), '1 j');
  const now = new Date('2026-01-01T12:00:00Z');
  assert.equal(agoText(new Date('2026-01-01T09:00:00Z'), now, 'en'), '3 hours ago');
  assert.equal(agoText(new Date('2025-12-31T12:00:00Z'), now, 'fr'), 'hier');
  assert.equal(agoText(now, now, 'en'), 'now');
  assert.match(dateText(now, 'fr'), /janv/);
});

test('a time without a zone is UTC', () => {
  for (const text of [
    '2026-01-01T12:00:00',
    '2026-01-01T12:00:00Z',
    '2026-01-01T12:00:00.000000',
    '2026-01-01T13:00:00+01:00',
  ]) {
    assert.equal(parseTime(text).toISOString(), '2026-01-01T12:00:00.000Z');
  }
});
