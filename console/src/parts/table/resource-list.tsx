import { useState, type ReactNode } from 'react';
import type { Operation } from '../../how/operation.ts';
import { useText } from '../../text/index.tsx';
import { ErrorMessage } from '../error-message.tsx';
import type { IconName } from '../icons.tsx';
import { Menu, type MenuEntry } from '../menu.tsx';
import { calledOf, Remove, type Removal, type Thing } from '../remove.tsx';
import { ShowMeHow } from '../show-me-how.tsx';
import { EmptyState } from '../states.tsx';
import { Table, type TableProps } from './table.tsx';

interface ResourceListProps<Row> extends Omit<
  TableProps<Row>,
  'rows' | 'rowKey' | 'error' | 'onRetry' | 'empty' | 'actions'
> {
  /** What `useQuery` answers. */
  query: { data: readonly Row[] | undefined; error: unknown; refetch: () => unknown };
  /** Those of the query that are listed, when not all are. */
  rows?: readonly Row[] | undefined;
  /** Said when there is nothing: what would be there, and the button that makes it. */
  empty: { icon: IconName; title: string; text?: string; action?: ReactNode };
  /** How the list is asked for elsewhere. */
  how?: Operation;
  /** What else can be done with each, before its removal in the menu. */
  menu?: (row: Row) => readonly (MenuEntry | 'line')[];
  /** Why what was done from the menu, or with several, has failed. */
  failed?: unknown;
  /** Instead of the menu, what stands at the end of each row. */
  actions?: (row: Row) => ReactNode;
  /** How they are removed, from the menu of each or several together; false for who may not. */
  removal?: Removal<Row> | false;
}

/** A list of things of a kind: what is there, what can be done with each or with several, and how it is done elsewhere. */
export function ResourceList<Row extends Thing>(props: ResourceListProps<Row>) {
  const {
    query,
    rows = query.data,
    empty,
    how,
    menu,
    removal = false,
    bulk = [],
    actions,
    failed = null,
    ...table
  } = props;
  const { common } = useText();
  const [removed, remove] = useState<readonly Row[]>([]);
  const { called = calledOf, possible = () => true, typed = false, words } = removal || {};
  const trash = words && { label: words.remove, icon: 'trash' as const, danger: true };
  const entries = (row: Row): readonly (MenuEntry | 'line')[] => {
    const others = menu?.(row) ?? [];
    if (trash === undefined) return others;
    const last = { ...trash, disabled: !possible(row), onSelect: () => remove([row]) };
    return others.length === 0 ? [last] : [...others, 'line', last];
  };
  const drawn = (row: Row) => <Menu label={common.actionsFor(called(row))} entries={entries(row)} />;
  const atEnd = actions ?? (menu || removal ? drawn : undefined);
  return (
    <div className="space-y-6">
      {failed !== null && <ErrorMessage error={failed} />}
      <Table<Row>
        {...table}
        rows={rows}
        rowKey={(row) => row.id ?? row.name ?? ''}
        error={query.error}
        onRetry={() => void query.refetch()}
        bulk={
          trash && !typed ? [...bulk, { ...trash, enabled: (those) => those.every(possible), onRun: remove }] : bulk
        }
        {...(atEnd && { actions: atEnd })}
        empty={
          <EmptyState icon={empty.icon} title={empty.title} action={empty.action}>
            {empty.text}
          </EmptyState>
        }
      />
      {how && <ShowMeHow operations={[how]} />}
      {removal && removed.length > 0 && <Remove {...removal} rows={removed} onClose={() => remove([])} />}
    </div>
  );
}
