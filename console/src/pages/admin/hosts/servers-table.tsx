import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { projectsQuery, usersQuery } from '../../../api/queries/identity.ts';
import { allServersQuery, type AnyServer } from '../../../api/queries/operators.ts';
import { Button } from '../../../parts/button.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { Ago } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { ServerStatus } from '../../servers/status.tsx';
import { useNames } from '../names.ts';
import { Explained } from './explained.tsx';
import { NameLink } from '../../../parts/name-link.tsx';

/** Servers of every project, of one host or of all, each with the reason for its place. */
export function ServersOfAll({ host }: { host?: string }) {
  const { hosts: text, servers: words } = useText();
  const { data, error, refetch } = useQuery(allServersQuery(host));
  const projects = useNames(projectsQuery);
  const users = useNames(usersQuery);
  const [asked, setAsked] = useState<AnyServer | null>(null);
  const columns = useMemo<Column<AnyServer>[]>(
    () => [
      {
        id: 'name',
        title: words.name,
        value: (server) => server.name,
        cell: (server) => <NameLink to={`/servers/${server.id}`}>{server.name}</NameLink>,
      },
      {
        id: 'status',
        title: words.status,
        value: (server) => words.statuses[server.status] ?? server.status,
        cell: (server) => <ServerStatus server={server} />,
      },
      { id: 'project', title: text.project, value: (server) => projects(server.tenant_id) },
      { id: 'user', title: text.madeBy, value: (server) => users(server.user_id), hidden: true },
      {
        id: 'host',
        title: words.host,
        value: (server) => server['OS-EXT-SRV-ATTR:host'],
        hidden: host !== undefined,
        cell: (server) => {
          const name = server['OS-EXT-SRV-ATTR:host'];
          return (
            name !== null && (
              <Link to={`/admin/hosts/${encodeURIComponent(name)}`} className="text-accent hover:underline">
                {name}
              </Link>
            )
          );
        },
      },
      { id: 'flavor', title: words.flavor, value: (server) => server.flavor.original_name },
      {
        id: 'address',
        title: words.address,
        value: (server) =>
          Object.values(server.addresses)
            .flat()
            .map(({ addr }) => addr)
            .join(' '),
        hidden: true,
      },
      { id: 'id', title: text.id, value: (server) => server.id, hidden: true },
      {
        id: 'created',
        title: words.created,
        value: (server) => server.created,
        cell: (server) => <Ago at={server.created} />,
      },
      {
        id: 'why',
        title: text.why,
        value: () => null,
        cell: (server) => (
          <Button look="quiet" aria-label={text.whyOf(server.name)} onClick={() => setAsked(server)}>
            {text.why}
          </Button>
        ),
      },
    ],
    [text, words, projects, users, host],
  );
  return (
    <>
      <Table
        label={host === undefined ? text.allServers : text.onIt}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(server) => server.id}
        columns={columns}
        sort={{ id: 'created', desc: true }}
        empty={<EmptyState icon="server" title={text.noServers} />}
      />
      <Dialog open={asked !== null} onClose={() => setAsked(null)} title={asked ? text.whyOf(asked.name) : ''} wide>
        {asked && <Explained id={asked.id} />}
      </Dialog>
    </>
  );
}
