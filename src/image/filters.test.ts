import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../core/errors.ts';
import { parseIn, parseList, type Query } from './filters.ts';
import { applyChanges, parsePatch, PATCH_NEW, PATCH_OLD } from './patch.ts';
import { emptyFields } from './fields.ts';
import { parseRange } from './range.ts';

const status = (wanted: number) => (error: unknown) => error instanceof ApiError && error.status === wanted;
const filters = (query: Query) => parseList({ os_hidden: 'false', ...query }).filters.slice(1);

test('values of the in operator, with quotes around commas', () => {
  assert.deepEqual(parseIn('id', 'in:a,b'), ['a', 'b']);
  assert.deepEqual(parseIn('name', 'in:"glass, darkly",share me'), ['glass, darkly', 'share me']);
  assert.deepEqual(parseIn('name', 'in:"a \\"b\\", c"'), ['a "b", c']);
  assert.deepEqual(parseIn('name', 'debian:12'), ['debian:12']);
  assert.throws(() => parseIn('name', 'in:"a'), status(400));
  assert.throws(() => parseIn('status', 'neq:active'), status(400));
});

test('filters are read as Glance reads them', () => {
  assert.deepEqual(filters({ size_min: '5' }), [{ kind: 'number', key: 'size', operator: '>=', value: 5 }]);
  assert.deepEqual(filters({ created_at: 'gt:2026-01-31T12:00:00Z' }), [
    { kind: 'time', key: 'created_at', operator: '>', value: Date.UTC(2026, 0, 31, 12) },
  ]);
  assert.deepEqual(filters({ updated_at: '2026-01-31T12:00:00' }), [
    { kind: 'time', key: 'updated_at', operator: '=', value: Date.UTC(2026, 0, 31, 12) },
  ]);
  assert.deepEqual(filters({ tag: ['a', 'b'] }), [
    { kind: 'tag', value: 'a' },
    { kind: 'tag', value: 'b' },
  ]);
  assert.deepEqual(filters({ os_distro: 'debian' }), [{ kind: 'property', key: 'os_distro', value: 'debian' }]);
  assert.deepEqual(parseList({}).filters, [{ kind: 'bit', key: 'os_hidden', value: 0 }]);
});

test('what cannot be read is a 400', () => {
  for (const query of [
    { size_min: 'much' },
    { created_at: 'gt:yesterday' },
    { limit: 'x' },
    { limit: '-1' },
    { visibility: 'secret' },
    { member_status: 'maybe' },
    { protected: 'perhaps' },
    { sort: 'owner' },
    { sort: 'name:up' },
    { sort: 'name', sort_key: 'id' },
    { sort_key: ['name', 'id', 'size'], sort_dir: ['asc', 'desc'] },
    { 'changes-since': '2026' },
  ] as Query[]) {
    assert.throws(() => parseList(query), status(400), JSON.stringify(query));
  }
  assert.equal(parseList({ limit: '5000' }).limit, 1000);
});

const patched = (changes: unknown, type: typeof PATCH_NEW | typeof PATCH_OLD = PATCH_NEW) =>
  applyChanges({ ...emptyFields('p'), properties: { known: 'x' } }, parsePatch(changes, type), 'queued');

test('both forms of a patch', () => {
  assert.equal(patched([{ op: 'replace', path: '/name', value: 'n' }]).name, 'n');
  assert.equal(patched([{ replace: '/name', value: 'n' }], PATCH_OLD).name, 'n');
  assert.deepEqual(patched([{ op: 'add', path: '/a~1b~0c', value: 'v' }]).properties, { known: 'x', 'a/b~c': 'v' });
  assert.deepEqual(patched([{ op: 'remove', path: '/known' }]).properties, {});
  assert.deepEqual(patched([{ op: 'add', path: '/tags', value: ['a', 'a', 'b'] }]).tags, ['a', 'b']);
});

test('what a patch may not do', () => {
  assert.throws(() => patched([{ op: 'replace', path: '/status', value: 'active' }]), status(403));
  assert.throws(() => patched([{ op: 'add', path: '/os_glance_foo', value: 'x' }]), status(403));
  assert.throws(() => patched([{ op: 'add', path: '/locations/-', value: {} }]), status(403));
  assert.throws(() => patched([{ op: 'remove', path: '/name' }]), status(403));
  assert.throws(() => patched([{ op: 'remove', path: '/absent' }]), status(409));
  assert.throws(() => patched([{ add: '/known', value: 'y' }], PATCH_OLD), status(409));
  assert.throws(() => patched([{ op: 'add', path: '/a/b', value: 'x' }]), status(400));
  assert.throws(() => patched([{ op: 'add', path: '/n', value: 5 }]), status(400));
  assert.throws(() => patched([{ op: 'add', path: '/min_disk', value: -1 }]), status(400));
  assert.throws(() => patched([{ op: 'move', path: '/n' }]), status(400));
  assert.throws(() => patched({ op: 'add' }), status(400));
  const active = () =>
    applyChanges(
      emptyFields('p'),
      parsePatch([{ op: 'replace', path: '/disk_format', value: 'raw' }], PATCH_NEW),
      'active',
    );
  assert.throws(active, status(403));
});

test('ranges', () => {
  assert.deepEqual(parseRange('bytes=0-4', 10), { start: 0, end: 4 });
  assert.deepEqual(parseRange('bytes=5-', 10), { start: 5, end: 9 });
  assert.deepEqual(parseRange('bytes=-3', 10), { start: 7, end: 9 });
  assert.deepEqual(parseRange('bytes=-30', 10), { start: 0, end: 9 });
  assert.deepEqual(parseRange('bytes=8-100', 10), { start: 8, end: 9 });
  assert.equal(parseRange('bytes=10-', 10), 'unsatisfiable');
  assert.equal(parseRange('bytes=-0', 10), 'unsatisfiable');
  assert.equal(parseRange('bytes=4-2', 10), null);
  assert.equal(parseRange('bytes=0-1,3-4', 10), null);
  assert.equal(parseRange(undefined, 10), null);
});
