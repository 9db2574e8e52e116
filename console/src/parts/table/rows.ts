/** What a table's rows are sorted and searched by. */
export interface ColumnValues<Row> {
  /** In the address when the table is sorted by it. */
  id: string;
  title: string;
  value: (row: Row) => string | number | null | undefined;
}

/** Rows in which every word of the search is somewhere, whatever its case and accents. Pure. */
export function searchRows<Row>(
  rows: readonly Row[],
  columns: readonly ColumnValues<Row>[],
  search: string,
): readonly Row[] {
  const words = fold(search)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = fold(columns.map(({ value }) => value(row) ?? '').join('\n'));
    return words.every((word) => text.includes(word));
  });
}

const fold = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Order of two values: numbers by size, text as people of the locale sort it, `web-2` before `web-10`; nothing last. */
export function compareValues(locale: string): (a: unknown, b: unknown) => number {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  return (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    const [left, right] = [a ?? '', b ?? ''].map(String);
    if (left === '' || right === '') return left === right ? 0 : left === '' ? 1 : -1;
    return collator.compare(left ?? '', right ?? '');
  };
}

/** Which rows of equal height to draw, with a few more above and below, of those in a box that was scrolled. Pure. */
export function rowWindow({ count, height, top, view }: { count: number; height: number; top: number; view: number }): {
  first: number;
  last: number;
} {
  const spare = 8;
  const first = Math.max(0, Math.min(count, Math.floor(top / height)) - spare);
  const last = Math.min(count, Math.ceil((top + view) / height) + spare);
  return { first, last: Math.max(first, last) };
}

/** What the address says of a table: `?q=web&sort=-created&columns=flavor`. `columns` names those shown other than usual. */
export interface TableState {
  search: string;
  sort: { id: string; desc: boolean } | null;
  toggled: readonly string[];
}

/** Several tables on a page have names, which their parameters begin with. Pure. */
export function readTableState(params: URLSearchParams, name = ''): TableState {
  const sort = params.get(`${name}sort`) ?? '';
  return {
    search: params.get(`${name}q`) ?? '',
    sort: sort === '' ? null : { id: sort.replace(/^-/, ''), desc: sort.startsWith('-') },
    toggled: (params.get(`${name}columns`) ?? '').split(',').filter((id) => id !== ''),
  };
}

/** The address with another state of a table; what is as usual is not in it. Pure. */
export function writeTableState(params: URLSearchParams, state: TableState, name = ''): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (key: string, value: string) => (value === '' ? next.delete(name + key) : next.set(name + key, value));
  put('q', state.search);
  put('sort', state.sort === null ? '' : `${state.sort.desc ? '-' : ''}${state.sort.id}`);
  put('columns', state.toggled.join(','));
  return next;
}
