import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { networksQuery, routersQuery, type Router } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { nameOf } from '../../parts/format.ts';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { NetworkStatus } from './network-status.tsx';
import { listRouters } from './operations.ts';
import { RemoveRouters } from './remove-routers.tsx';
import { NameLink } from '../../parts/name-link.tsx';

export function Routers({ create }: { create: React.ReactNode }) {
  const { networks: text, common } = useText();
  const session = useSession();
  const project = session.token.project?.id;
  const { data, error, refetch } = useQuery(routersQuery);
  const networks = useQuery(networksQuery).data;
  const [removed, remove] = useState<readonly Router[]>([]);
  const rows = useMemo(() => data?.filter((one) => one.project_id === project), [data, project]);
  const columns = useMemo<Column<Router>[]>(
    () => [
      {
        id: 'name',
        title: common.name,
        value: nameOf,
        cell: (one) => <NameLink to={`/routers/${one.id}`}>{nameOf(one)}</NameLink>,
      },
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
    <div className="space-y-6">
      <Table<Router>
        name="routers-"
        label={text.tabs.routers}
        rows={rows}
        error={error}
        onRetry={() => void refetch()}
        rowKey={({ id }) => id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={
          <EmptyState icon="network" title={text.routersEmptyTitle} action={create}>
            {text.routersEmptyText}
          </EmptyState>
        }
        {...(mayChange(session) && { bulk: [{ label: text.remove, icon: 'trash', danger: true, onRun: remove }] })}
      />
      <ShowMeHow operations={[listRouters]} />
      {removed.length > 0 && <RemoveRouters routers={removed} onClose={() => remove([])} />}
    </div>
  );
}
