import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ownSessionsQuery, type OwnSession } from '../../api/queries/account.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState, StatusBadge } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { Ago, DateTime } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { deviceOf } from './device.ts';
import { endOtherSessions, endSession, listSessions } from './operations.ts';

/** Where one is signed in, and the way to sign out there. */
export default function SessionsPage() {
  const { account: text } = useText();
  const { data, error, refetch } = useQuery(ownSessionsQuery);
  const [ended, end] = useState<readonly OwnSession[]>([]);
  const [endingOthers, endOthers] = useState(false);
  const columns = useMemo<Column<OwnSession>[]>(() => {
    const name = ({ user_agent }: OwnSession) => text.device(deviceOf(user_agent));
    return [
      {
        id: 'device',
        title: text.where,
        value: name,
        cell: (one) => (
          <span className="inline-flex flex-wrap items-center gap-2">
            {name(one)}
            {one.current && <StatusBadge tone="ok">{text.thisOne}</StatusBadge>}
          </span>
        ),
      },
      { id: 'address', title: text.address, value: (one) => one.address },
      { id: 'with', title: text.with, value: (one) => one.provider?.name ?? text.password },
      {
        id: 'started',
        title: text.started,
        value: (one) => one.started_at,
        cell: (one) => <DateTime at={one.started_at} />,
      },
      {
        id: 'used',
        title: text.used,
        value: (one) => one.renewed_at,
        cell: (one) => (one.current ? text.now : <Ago at={one.renewed_at} />),
      },
      {
        id: 'ends',
        title: text.ends,
        value: (one) => one.ends_at,
        cell: (one) => <DateTime at={one.ends_at} />,
        hidden: true,
      },
      { id: 'agent', title: text.agent, value: (one) => one.user_agent, hidden: true },
    ];
  }, [text]);
  const label = (one: OwnSession) => text.device(deviceOf(one.user_agent));
  return (
    <Page
      title={text.sessions}
      actions={
        data?.some(({ current }) => !current) === true && (
          <Button look="danger" onClick={() => endOthers(true)}>
            {text.endOthers}
          </Button>
        )
      }
    >
      <div className="space-y-6">
        <p className="max-w-prose text-sm text-muted">{text.sessionsAbout}</p>
        <Table<OwnSession>
          label={text.sessions}
          rows={data}
          error={error}
          onRetry={() => void refetch()}
          rowKey={({ id }) => id}
          columns={columns}
          sort={{ id: 'started', desc: true }}
          bulk={[{ label: text.end, danger: true, enabled: (those) => !those.some(isThis), onRun: end }]}
          empty={<EmptyState icon="key" title={text.noSessions} />}
        />
        <ShowMeHow operations={[listSessions]} />
      </div>
      {ended.length > 0 && (
        <ConfirmOperations
          title={text.endTitle(ended.length)}
          action={text.end}
          names={ended.map(label)}
          operations={ended.map(({ id }) => endSession(id))}
          kinds={['sessions']}
          done={text.ended(ended.length)}
          onClose={() => end([])}
        >
          <p>{text.endText}</p>
        </ConfirmOperations>
      )}
      {endingOthers && (
        <ConfirmOperations
          title={text.endOthers}
          action={text.endOthers}
          operations={[endOtherSessions]}
          kinds={['sessions']}
          done={text.othersEnded}
          onClose={() => endOthers(false)}
        >
          <p>{text.endText}</p>
        </ConfirmOperations>
      )}
    </Page>
  );
}

const isThis = ({ current }: OwnSession) => current;
