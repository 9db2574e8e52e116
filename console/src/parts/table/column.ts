import type { ReactNode } from 'react';
import type { ColumnValues } from './rows.ts';

/** A column of a table: what is sorted and searched is `value`, what is shown is `cell`, or the value itself. */
export interface Column<Row> extends ColumnValues<Row> {
  cell?: (row: Row) => ReactNode;
  /** Not shown until asked for. */
  hidden?: boolean;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** The first column names the row. */
  className?: string;
}
