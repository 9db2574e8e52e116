import { memo, type ReactNode } from 'react';
import { useText } from '../../text/index.tsx';
import type { Column } from './column.ts';

/** Pixels; rows are of one height, so that thousands of them scroll without being measured. */
export const ROW = 44;

/** What a row needs of the table's own. */
export interface ChosenRow<Row> {
  id: string;
  original: Row;
  getToggleSelectedHandler: () => (event: unknown) => void;
}

interface TableRowProps<Row> {
  row: ChosenRow<Row>;
  /** Its place in the whole list. */
  index: number;
  selected: boolean;
  columns: readonly Column<Row>[];
  actions: ((row: Row) => ReactNode) | undefined;
  /** The element that says how rows are chosen; without it they are not. */
  hint: string | undefined;
}

function PlainTableRow<Row>({ row, index, selected, columns, actions, hint }: TableRowProps<Row>) {
  const { table: text } = useText();
  const one = row.original;
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={hint === undefined ? undefined : selected}
      style={{ height: ROW }}
      className={`border-t border-line ${selected ? 'bg-accent-soft' : 'hover:bg-raised/60'}`}
    >
      {hint !== undefined && (
        <td className="px-3">
          <input
            type="checkbox"
            aria-label={text.choose(String(columns[0]?.value(one) ?? row.id))}
            aria-describedby={hint}
            checked={selected}
            onChange={row.getToggleSelectedHandler()}
            className="size-4 accent-accent"
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.id}
          className={`max-w-80 truncate px-3 ${column.numeric === true ? 'text-right tabular-nums' : ''} ${column.className ?? ''}`}
        >
          {column.cell ? column.cell(one) : column.value(one)}
        </td>
      ))}
      {actions && <td className="px-1 text-right">{actions(one)}</td>}
    </tr>
  );
}

/** A row as it is drawn; those that stay in sight while one scrolls are not drawn again. */
export const TableRow = memo(PlainTableRow) as typeof PlainTableRow;
