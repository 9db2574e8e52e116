import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareValues, readTableState, rowWindow, searchRows, writeTableState, type ColumnValues } from './rows.ts';

const columns: ColumnValues<{ name: string; size: number }>[] = [
  { id: 'name', title: 'Name', value: (row) => row.name },
  { id: 'size', title: 'Size', value: (row) => row.size },
];

test('a search finds words anywhere, without regard to case and accents', () => {
  const rows = ['Évreux web', 'lyon WEB', 'lyon base'].map((name, size) => ({ name, size }));
  const found = (text: string) => searchRows(rows, columns, text).map(({ size }) => size);
  assert.deepEqual(found('web'), [0, 1]);
  assert.deepEqual(found('evreux'), [0]);
  assert.deepEqual(found(' WEB  lyon '), [1]);
  assert.deepEqual(found(''), [0, 1, 2]);
});

test('names are sorted as people count, and what is empty comes last', () => {
  const sorted = ['web-10', '', 'web-2', 'Été', 'eau', null].toSorted(compareValues('fr'));
  assert.deepEqual(sorted, ['eau', 'Été', 'web-2', 'web-10', '', null]);
});

test('only rows in sight are drawn, a few more, and never none of a long list', () => {
  assert.deepEqual(rowWindow({ count: 1000, height: 40, top: 0, view: 400 }), { first: 0, last: 18 });
  assert.deepEqual(rowWindow({ count: 1000, height: 40, top: 20_000, view: 400 }), { first: 492, last: 518 });
  assert.deepEqual(rowWindow({ count: 10, height: 40, top: 20_000, view: 400 }), { first: 2, last: 10 });
  assert.deepEqual(rowWindow({ count: 0, height: 40, top: 0, view: 400 }), { first: 0, last: 0 });
});

test("a table's state is in the address and back", () => {
  const params = new URLSearchParams('tab=x&volumes-q=a');
  const state = { search: 'web 1', sort: { id: 'created', desc: true }, toggled: ['flavor'] };
  const written = writeTableState(params, state);
  assert.equal(written.toString(), 'tab=x&volumes-q=a&q=web+1&sort=-created&columns=flavor');
  assert.deepEqual(readTableState(written), state);
  assert.equal(readTableState(written, 'volumes-').search, 'a');
  assert.equal(writeTableState(written, { search: '', sort: null, toggled: [] }).toString(), 'tab=x&volumes-q=a');
});
