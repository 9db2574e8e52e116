import type { Text } from '../../text/index.tsx';
import { nameOf } from '../format.ts';
import { NameLink } from '../name-link.tsx';
import { Ago } from '../values.tsx';
import type { Column } from './column.ts';

/** The name of each, which leads to its page below `path`. */
export function nameColumn(common: Text['common'], path: string): Column<{ id: string; name: string | null }> {
  return {
    id: 'name',
    title: common.name,
    value: nameOf,
    cell: (one) => <NameLink to={`${path}/${one.id}`}>{nameOf(one)}</NameLink>,
  };
}

/** When each was made. */
export function createdColumn(common: Text['common']): Column<{ created_at: string }> {
  return {
    id: 'created',
    title: common.created,
    value: (one) => one.created_at,
    cell: (one) => <Ago at={one.created_at} />,
  };
}
