import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { healthQuery, type ServiceHealth } from '../../../api/queries/operators.ts';
import { Page } from '../../../layout/page.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, StatusBadge } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { Ago } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { showHealth } from './operations.ts';

/** A host that is off is no failure: it may just be switched off. */
const TONES: Record<string, 'ok' | 'bad' | 'warn' | 'off'> = {
  up: 'ok',
  failing: 'bad',
  disabled: 'warn',
  elsewhere: 'off',
  new: 'off',
};

const toneOf = ({ name, state }: ServiceHealth) =>
  state === 'down' ? (name === 'agent' ? 'off' : 'bad') : (TONES[state] ?? 'warn');

/** How the parts of the cloud are. */
export default function HealthPage() {
  const { operations: text } = useText();
  const { data, error, refetch } = useQuery(healthQuery);
  const columns = useMemo<Column<ServiceHealth>[]>(
    () => [
      { id: 'part', title: text.part, value: (one) => text.parts[one.name] ?? one.name },
      { id: 'detail', title: text.which, value: (one) => one.detail },
      {
        id: 'state',
        title: text.state,
        value: (one) => text.states[one.state] ?? one.state,
        cell: (one) => <StatusBadge tone={toneOf(one)}>{text.states[one.state] ?? one.state}</StatusBadge>,
      },
      { id: 'reason', title: text.reason, value: (one) => one.reason },
      {
        id: 'since',
        title: text.since,
        value: (one) => one.since,
        cell: (one) => one.since !== null && <Ago at={one.since} />,
      },
    ],
    [text],
  );
  const bad = data?.filter((one) => toneOf(one) === 'bad').length ?? 0;
  return (
    <Page title={text.health}>
      {data !== undefined && (
        <p
          role="status"
          className={`mb-4 rounded-lg px-4 py-2 text-sm ${bad === 0 ? 'bg-ok-soft text-ok' : 'bg-danger-soft text-danger'}`}
        >
          {bad === 0 ? text.allWell : text.failing(bad)}
        </p>
      )}
      <Table
        label={text.health}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(one) => `${one.name} ${one.detail}`}
        columns={columns}
        empty={<EmptyState icon="gauge" title={text.nothing} />}
      />
      <div className="mt-4">
        <ShowMeHow operations={[showHealth]} />
      </div>
    </Page>
  );
}
