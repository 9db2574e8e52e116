import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { networksQuery, routersQuery, type Router } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { nameColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { NetworkStatus } from './network-status.tsx';
import { listRouters, routerRemoval } from './operations.ts';

export function Routers({ create }: { create: React.ReactNode }) {
  const { networks: text, common } = useText();
  const session = useSession();
  const project = session.token.project?.id;
  const query = useQuery(routersQuery);
  const networks = useQuery(networksQuery).data;
  const rows = useMemo(() => query.data?.filter((one) => one.project_id === project), [query.data, project]);
  const columns = useMemo<Column<Router>[]>(
    () => [
      nameColumn(common, '/routers'),
      {
        id: 'outside',
        title: text.outside,
        value: (one) => {
          const gateway = one.external_gateway_info;
          return gateway === null ? text.nowhere : networks?.find(({ id }) => id === gateway.network_id)?.name;
        },
      },
      {
        id: 'address',
        title: text.outsideAddress,
        value: (one) =>
          one.external_gateway_info?.external_fixed_ips.map(({ ip_address: address }) => address).join(', '),
      },
      {
        id: 'status',
        title: common.status,
        value: (one) => text.statuses[one.status] ?? one.status,
        cell: (one) => <NetworkStatus status={one.status} />,
      },
    ],
    [text, common, networks],
  );
  return (
    <ResourceList<Router>
      name="routers-"
      label={text.tabs.routers}
      query={query}
      rows={rows}
      columns={columns}
      sort={{ id: 'name', desc: false }}
      empty={{ icon: 'network', title: text.routersEmptyTitle, text: text.routersEmptyText, action: create }}
      how={listRouters}
      removal={mayChange(session) && { ...routerRemoval, words: text.routerRemoval }}
    />
  );
}
