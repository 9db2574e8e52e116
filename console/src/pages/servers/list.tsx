import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { serversQuery, type Server } from '../../api/queries/compute.ts';
import { Page } from '../../layout/page.tsx';
import { ButtonLink } from '../../parts/button.tsx';
import { Icon } from '../../parts/icons.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { Ago } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { ServerStatus } from './status.tsx';

export default function ServersPage() {
  const { servers: text } = useText();
  const { data, error, refetch } = useQuery(serversQuery);
  const columns = useMemo<Column<Server>[]>(
    () => [
      {
        id: 'name',
        title: text.name,
        value: (server) => server.name,
        cell: (server) => (
          <Link to={`/servers/${server.id}`} className="font-medium text-accent hover:underline">
            {server.name}
          </Link>
        ),
      },
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
            .join(' '),
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
    ],
    [text],
  );
  const create = (
    <ButtonLink to="/servers/new" look="main">
      <Icon name="plus" className="size-4" />
      {text.new}
    </ButtonLink>
  );
  return (
    <Page title={text.title} actions={create}>
      <Table
        label={text.title}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(server) => server.id}
        columns={columns}
        sort={{ id: 'created', desc: true }}
        empty={
          <EmptyState icon="server" title={text.emptyTitle} action={create}>
            {text.emptyText}
          </EmptyState>
        }
      />
    </Page>
  );
}
