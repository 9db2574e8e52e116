import { Icon } from '../icons.tsx';
import type { Column } from './column.ts';

/** The head of a column: a button that sorts by it. */
export function HeaderCell<Row>({
  column,
  sorted,
  onSort,
}: {
  column: Column<Row>;
  sorted: 'ascending' | 'descending' | 'none';
  onSort: () => void;
}) {
  return (
    <th scope="col" aria-sort={sorted} className="whitespace-nowrap px-1 py-1.5 font-medium">
      <button
        type="button"
        onClick={onSort}
        className={`flex w-full items-center gap-1 rounded px-2 py-1 hover:text-accent ${column.numeric === true ? 'justify-end' : ''}`}
      >
        {column.title}
        {sorted !== 'none' && <Icon name={sorted === 'ascending' ? 'up' : 'down'} className="size-4 text-muted" />}
      </button>
    </th>
  );
}
