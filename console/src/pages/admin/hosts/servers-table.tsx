import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { projectsQuery, usersQuery } from '../../../api/queries/identity.ts';
import { allServersQuery, type AnyServer } from '../../../api/queries/operators.ts';
import { Button } from '../../../parts/button.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { nameColumn } from '../../../parts/table/columns.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { Ago } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { ServerStatus } from '../../servers/status.tsx';
import { useNames } from '../names.ts';
import { Explained } from './explained.tsx';

/** Servers of every project, of one host or of all, each with the reason for its place. */
export function ServersOfAll({ host }: { host?: string }) {
  const { hosts: text, servers: words, common } = useText();
  const projects = useNames(projectsQuery);
  const users = useNames(usersQuery);
  const [asked, setAsked] = useState<AnyServer | null>(null);
  const columns = useMemo<Column<AnyServer>[]>(
    () => [
      nameColumn(common, '/servers'),
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
    [text, words, common, projects, users, host],
  );
  return (
    <>
      <ResourceList<AnyServer>
        label={host === undefined ? text.allServers : text.onIt}
        query={useQuery(allServersQuery(host))}
        columns={columns}
        sort={{ id: 'created', desc: true }}
        empty={{ icon: 'server', title: text.noServers }}
      />
      <Dialog open={asked !== null} onClose={() => setAsked(null)} title={asked ? text.whyOf(asked.name) : ''} wide>
        {asked && <Explained id={asked.id} />}
      </Dialog>
    </>
  );
}
