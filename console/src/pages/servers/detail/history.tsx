import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Server } from '../../../api/queries/compute.ts';
import { oneQuery } from '../../../api/queries/query.ts';
import { request } from '../../../api/request.ts';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { parseTime } from '../../../parts/format.ts';
import { Loading, StatusBadge } from '../../../parts/states.tsx';
import { Ago, Duration } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';

interface Action {
  action: string;
  request_id: string;
  start_time: string;
  message: string | null;
}

interface ActionEvent {
  event: string;
  start_time: string;
  finish_time: string | null;
  result: string | null;
}

/** What was done with a server, newest first, each with the steps it took. */
export function HistoryTab({ server }: { server: Server }) {
  const asked = request('GET /compute/v2.1/servers/{server_id}/os-instance-actions', {
    path: { server_id: server.id },
  });
  const { data, error } = useQuery(oneQuery<Action[]>('servers', server.id, asked, 'instanceActions'));
  if (data === undefined) return error === null ? <Loading /> : <ErrorMessage error={error} />;
  return (
    <ol className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
      {data.map((one) => (
        <Entry key={one.request_id} server={server} action={one} />
      ))}
    </ol>
  );
}

function Entry({ server, action }: { server: Server; action: Action }) {
  const { serverDetail: text } = useText();
  const [open, setOpen] = useState(false);
  return (
    <li className="px-4 py-2.5">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex flex-wrap items-center gap-x-4">
          <span className="flex-1 font-medium">{text.actionNames[action.action] ?? action.action}</span>
          {action.message !== null && <StatusBadge tone="bad">{text.failed}</StatusBadge>}
          <span className="text-muted">
            <Ago at={action.start_time} />
          </span>
        </summary>
        <div className="space-y-2 pt-2 pl-4">
          {action.message !== null && <p className="text-danger">{action.message}</p>}
          {open && <Events server={server} action={action} />}
          <p className="text-muted">
            {text.requestId} <CopyText text={action.request_id} />
          </p>
        </div>
      </details>
    </li>
  );
}

function Events({ server, action }: { server: Server; action: Action }) {
  const { serverDetail: text } = useText();
  const asked = request('GET /compute/v2.1/servers/{server_id}/os-instance-actions/{request_id}', {
    path: { server_id: server.id, request_id: action.request_id },
  });
  const { data, error } = useQuery(oneQuery<{ events?: ActionEvent[] }>('servers', server.id, asked, 'instanceAction'));
  if (data === undefined) return error === null ? <Loading /> : <ErrorMessage error={error} />;
  if ((data.events ?? []).length === 0) return <p className="text-muted">{text.noEvents}</p>;
  return (
    <ul className="space-y-1">
      {data.events?.map((one) => (
        <li key={one.event + one.start_time} className="flex flex-wrap gap-x-3">
          <code className="font-mono text-[0.87em]">{one.event}</code>
          {one.finish_time !== null && (
            <Duration milliseconds={parseTime(one.finish_time).getTime() - parseTime(one.start_time).getTime()} />
          )}
          <span className={one.result === 'Error' ? 'text-danger' : 'text-muted'}>
            {one.finish_time === null ? text.going : one.result}
          </span>
        </li>
      ))}
    </ul>
  );
}
