import { Menu } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import { useText } from '../../text/index.tsx';
import { Button, IconButton } from '../button.tsx';
import { Icon, type IconName } from '../icons.tsx';
import type { Column } from './column.ts';
import type { TableState } from './rows.ts';

/** Something that can be done with several rows at once. */
export interface BulkAction<Row> {
  label: string;
  icon?: IconName;
  danger?: boolean;
  /** Whether it can be done with these. */
  enabled?: (rows: readonly Row[]) => boolean;
  onRun: (rows: readonly Row[]) => void;
}

/** Above a table: search and filters, or what can be done with the chosen rows. */
export function Toolbar<Row>({
  state,
  change,
  columns,
  bulk,
  chosen,
  filters,
  searchable,
  count,
  total,
  onClear,
}: {
  state: TableState;
  change: (next: Partial<TableState>) => void;
  columns: readonly Column<Row>[];
  bulk: readonly BulkAction<Row>[];
  chosen: readonly Row[];
  filters: ReactNode;
  searchable: boolean;
  count: number;
  total: number;
  onClear: () => void;
}) {
  const { table: text } = useText();
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-2">
      {searchable && (
        <label className="relative">
          <span className="sr-only">{text.search}</span>
          <Icon name="search" className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted" />
          <input
            type="search"
            placeholder={text.search}
            value={state.search}
            onChange={(event) => change({ search: event.target.value })}
            className="min-h-9 w-56 max-w-full rounded-md border border-control bg-surface py-1.5 pr-3 pl-8 text-sm placeholder:text-muted"
          />
        </label>
      )}
      {filters}
      <p role="status" className="text-sm text-muted">
        {count === total ? text.count(total) : text.countOf(count, total)}
      </p>
      <div className="ml-auto flex flex-wrap items-center gap-2">
        {chosen.length > 0 && (
          <>
            <span role="status" className="text-sm font-medium">
              {text.chosen(chosen.length)}
            </span>
            {bulk.map((action) => (
              <Button
                key={action.label}
                look={action.danger === true ? 'danger' : 'plain'}
                disabled={action.enabled?.(chosen) === false}
                onClick={() => action.onRun(chosen)}
              >
                {action.icon && <Icon name={action.icon} className="size-4" />}
                {action.label}
              </Button>
            ))}
            <Button look="quiet" onClick={onClear}>
              {text.chooseNone}
            </Button>
          </>
        )}
        <Columns {...{ state, change, columns }} />
      </div>
    </div>
  );
}

/** Which columns are shown. */
function Columns<Row>({
  state,
  change,
  columns,
}: {
  state: TableState;
  change: (next: Partial<TableState>) => void;
  columns: readonly Column<Row>[];
}) {
  const { table: text } = useText();
  const { toggled } = state;
  return (
    <Menu.Root>
      <Menu.Trigger
        render={
          <IconButton label={text.columns}>
            <Icon name="settings" />
          </IconButton>
        }
      />
      <Menu.Portal>
        <Menu.Positioner className="z-50" sideOffset={4} align="end">
          <Menu.Popup className="max-h-[70dvh] min-w-44 overflow-y-auto rounded-lg border border-line bg-surface p-1 text-sm text-ink shadow-xl outline-none">
            {/* The first one names the row. */}
            {columns.slice(1).map((column) => (
              <Menu.CheckboxItem
                key={column.id}
                closeOnClick={false}
                checked={(column.hidden === true) === toggled.includes(column.id)}
                onCheckedChange={() =>
                  change({
                    toggled: toggled.includes(column.id)
                      ? toggled.filter((id) => id !== column.id)
                      : [...toggled, column.id],
                  })
                }
                className="flex cursor-pointer select-none items-center gap-2 rounded-md px-2 py-2 outline-none data-highlighted:bg-raised"
              >
                <span className="flex size-4 items-center justify-center">
                  <Menu.CheckboxItemIndicator>
                    <Icon name="check" className="size-4" />
                  </Menu.CheckboxItemIndicator>
                </span>
                {column.title}
              </Menu.CheckboxItem>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
