import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { deletedServersQuery, serversQuery, type Server } from '../../api/queries/compute.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { request } from '../../api/request.ts';
import { openstack } from '../../how/operation.ts';
import { Page } from '../../layout/page.tsx';
import { ButtonLink } from '../../parts/button.tsx';
import { nameColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { BulkAction, Column } from '../../parts/table/table.tsx';
import { Ago } from '../../parts/values.tsx';
import { useText, type Text } from '../../text/index.tsx';
import { ServerMenu, useServerActions } from './actions/menu.tsx';
import { possible, type DirectAction } from './actions/possible.ts';
import { ServerStatus } from './status.tsx';

/** What is done with several at once. */
const TOGETHER: readonly DirectAction[] = ['start', 'stop', 'reboot', 'delete'];

export default function ServersPage() {
  const { servers: text, common } = useText();
  const may = mayChange(useSession());
  const query = useQuery(serversQuery);
  const { data: present } = query;
  // Kept for a while where the operator wishes so; otherwise there are none.
  const deleted = useQuery(deletedServersQuery).data;
  const [params, setParams] = useSearchParams();
  const { begin, windows } = useServerActions();
  const columns = useMemo(() => columnsOf(text, common), [text, common]);
  const status = params.get('status') ?? '';
  const data = useMemo(
    () => (present === undefined ? undefined : [...present, ...(deleted ?? [])]),
    [present, deleted],
  );
  const statuses = [...new Set((data ?? []).map((server) => server.status))].toSorted();
  const shown = status === '' ? present : data?.filter((server) => server.status === status);
  const create = may ? (
    <ButtonLink icon="plus" to="/servers/new" look="main">
      {text.new}
    </ButtonLink>
  ) : undefined;
  const bulk: BulkAction<Server>[] = TOGETHER.map((name) => ({
    label: text.actions[name],
    danger: name === 'delete',
    enabled: (rows) => rows.every((server) => possible(server).has(name)),
    onRun: (rows) => begin(name, rows),
  }));
  const filter = (
    <select
      aria-label={text.status}
      value={status}
      onChange={({ target }) =>
        setParams(
          (before) => {
            const next = new URLSearchParams(before);
            if (target.value === '') next.delete('status');
            else next.set('status', target.value);
            return next;
          },
          { replace: true },
        )
      }
      className="min-h-9 rounded-md border border-control bg-surface px-2 text-sm text-ink"
    >
      <option value="">{text.anyStatus}</option>
      {statuses.map((one) => (
        <option key={one} value={one}>
          {text.statuses[one] ?? one}
        </option>
      ))}
    </select>
  );
  return (
    <Page title={text.title} actions={create}>
      {windows}
      <ResourceList<Server>
        label={text.title}
        query={query}
        rows={shown}
        columns={columns}
        sort={{ id: 'created', desc: true }}
        bulk={may ? bulk : []}
        actions={(server) => <ServerMenu server={server} begin={begin} />}
        {...((data?.length ?? 0) > 0 && { filters: filter })}
        empty={{ icon: 'server', title: text.emptyTitle, text: text.emptyText, action: create }}
        how={{
          request: request('GET /compute/v2.1/servers/detail', {}),
          command: openstack('server', 'list', '--long'),
        }}
      />
    </Page>
  );
}

function columnsOf(text: Text['servers'], common: Text['common']): Column<Server>[] {
  return [
    nameColumn(common, '/servers'),
    {
      id: 'status',
      title: text.status,
      value: (server) => text.statuses[server.status] ?? server.status,
      cell: (server) => <ServerStatus server={server} />,
    },
    {
      id: 'address',
      title: text.address,
      value: (server) =>
        Object.values(server.addresses)
          .flat()
          .map(({ addr }) => addr)
          .join(', '),
    },
    { id: 'flavor', title: text.flavor, value: (server) => server.flavor.original_name },
    { id: 'key', title: text.key, value: (server) => server.key_name, hidden: true },
    { id: 'zone', title: text.zone, value: (server) => server['OS-EXT-AZ:availability_zone'], hidden: true },
    {
      id: 'created',
      title: text.created,
      value: (server) => server.created,
      cell: (server) => <Ago at={server.created} />,
    },
  ];
}
