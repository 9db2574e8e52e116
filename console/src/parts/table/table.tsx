import {
  columnVisibilityFeature,
  createColumnHelper,
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type RowSelectionState,
} from '@tanstack/react-table';
import { useDeferredValue, useId, useMemo, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useLocale, useText } from '../../text/index.tsx';
import { Awaited } from '../awaited.tsx';
import { compareValues, readTableState, rowWindow, searchRows, writeTableState, type TableState } from './rows.ts';
import type { Column } from './column.ts';
import { HeaderCell } from './header-cell.tsx';
import { ROW, TableRow } from './table-row.tsx';
import { Toolbar, type BulkAction } from './toolbar.tsx';

export type { Column } from './column.ts';
export type { BulkAction } from './toolbar.tsx';

const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
});

export interface TableProps<Row> {
  /** What is listed, for assistive technology. */
  label: string;
  /** Undefined while they are fetched. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  columns: readonly Column<Row>[];
  error?: unknown;
  onRetry?: () => void;
  /** Instead of the table when there are no rows at all. */
  empty: ReactNode;
  /** What can be done with the chosen rows; with none, rows cannot be chosen. */
  bulk?: readonly BulkAction<Row>[];
  /** At the end of each row: a Menu. */
  actions?: (row: Row) => ReactNode;
  /** Beside the search: selects that narrow `rows`, kept in the address by the page. */
  filters?: ReactNode;
  /** For a second table on a page: its parameters in the address begin with it. */
  name?: string;
  /** Lists of a few need none. */
  searchable?: boolean;
  sort?: TableState['sort'];
}

/** A list: searched, sorted, with columns to choose and rows to act on together. Its state is in the address. */
export function Table<Row>({ sort: usual = null, searchable = true, name = '', ...props }: TableProps<Row>) {
  const { label, rows, rowKey, columns, error = null, empty, bulk = [], actions } = props;
  const { table: text } = useText();
  const locale = useLocale();
  const [params, setParams] = useSearchParams();
  const state = readTableState(params, name);
  const change = (next: Partial<TableState>) =>
    setParams((before) => writeTableState(before, { ...readTableState(before, name), ...next }, name), {
      replace: true,
    });
  const [selection, setSelection] = useState<RowSelectionState>({});
  const search = useDeferredValue(state.search);
  const data = useMemo(() => searchRows(rows ?? [], columns, search), [rows, columns, search]);

  const sort = state.sort ?? usual;
  const defined = useMemo(() => {
    const compare = compareValues(locale);
    const helper = createColumnHelper<typeof features, Row & object>();
    return columns.map((column) =>
      helper.accessor((row): unknown => column.value(row as Row) ?? '', {
        id: column.id,
        sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id)),
      }),
    );
  }, [columns, locale]);
  const toggled = state.toggled.join();
  const shown = useMemo(() => {
    const ids = toggled.split(',');
    return columns.filter(({ id, hidden }) => (hidden === true) === ids.includes(id));
  }, [columns, toggled]);
  const table = useTable({
    features,
    columns: defined,
    data: data as (Row & object)[],
    getRowId: (row) => rowKey(row as Row),
    state: {
      sorting: sort === null ? [] : [sort],
      rowSelection: selection,
      columnVisibility: Object.fromEntries(columns.map((column) => [column.id, shown.includes(column)])),
    },
    onRowSelectionChange: setSelection,
  });
  const sorted = table.getRowModel().rows;
  const chosen = table.getSelectedRowModel().rows.map((row) => row.original as Row);

  const [scrolled, setScrolled] = useState({ top: 0, view: 1000 });
  const { first, last } = rowWindow({ count: sorted.length, height: ROW, ...scrolled });
  const hint = useId();

  if (rows === undefined) return <Awaited error={error} onRetry={props.onRetry} />;
  if (rows.length === 0 && props.filters === undefined) return <>{empty}</>;
  return (
    <div className="space-y-3">
      <Toolbar
        {...{ state, change, columns, bulk, chosen, searchable, filters: props.filters }}
        count={data.length}
        total={rows.length}
        onClear={() => setSelection({})}
      />
      {data.length === 0 ? (
        <p className="rounded-lg border border-line bg-surface p-6 text-center text-muted">{text.nothingFound}</p>
      ) : (
        <div
          onScroll={({ currentTarget: box }) => setScrolled({ top: box.scrollTop, view: box.clientHeight })}
          className="relative max-h-[calc(100dvh-15rem)] overflow-auto rounded-lg border border-line bg-surface"
        >
          <table aria-label={label} aria-rowcount={sorted.length + 1} className="w-full border-collapse text-sm">
            <thead className="sticky top-0 z-10 bg-raised text-left">
              <tr aria-rowindex={1}>
                {bulk.length > 0 && (
                  <th scope="col" className="w-10 px-3">
                    <input
                      type="checkbox"
                      aria-label={text.chooseAll}
                      checked={table.getIsAllRowsSelected()}
                      ref={(element) => {
                        if (element)
                          element.indeterminate = table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected();
                      }}
                      onChange={(event) => table.toggleAllRowsSelected(event.target.checked)}
                      className="size-4 accent-accent"
                    />
                  </th>
                )}
                {shown.map((column) => (
                  <HeaderCell
                    key={column.id}
                    column={column}
                    sorted={sort?.id === column.id ? (sort.desc ? 'descending' : 'ascending') : 'none'}
                    onSort={() => change({ sort: { id: column.id, desc: sort?.id === column.id && !sort.desc } })}
                  />
                ))}
                {actions && (
                  <th scope="col" className="w-12">
                    <span className="sr-only">{text.actions}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              <Spacer rows={first} />
              {sorted.slice(first, last).map((row, index) => (
                <TableRow<Row>
                  key={row.id}
                  row={row}
                  index={first + index}
                  selected={row.getIsSelected()}
                  columns={shown}
                  actions={actions}
                  hint={bulk.length > 0 ? hint : undefined}
                />
              ))}
              <Spacer rows={sorted.length - last} />
            </tbody>
          </table>
        </div>
      )}
      {bulk.length > 0 && (
        <p id={hint} className="sr-only">
          {text.chooseHint}
        </p>
      )}
    </div>
  );
}

/** Stands for rows out of sight. */
function Spacer({ rows }: { rows: number }) {
  return rows > 0 ? <tr aria-hidden="true" style={{ height: rows * ROW }} /> : null;
}
