import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { serversQuery } from '../../api/queries/compute.ts';
import { networksQuery, portsQuery, routersQuery, subnetsQuery, type Network } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { Loading } from '../../parts/states.tsx';
import { nameColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useText } from '../../text/index.tsx';
import { CreateNetwork } from './create-network.tsx';
import { CreateRouter } from './create-router.tsx';
import { Drawing } from './drawing.tsx';
import { listNetworks, networkRemoval } from './operations.ts';
import { Routers } from './routers.tsx';
import { NetworkStatus } from './network-status.tsx';
import { topology } from './topology.ts';

export default function NetworksPage() {
  const { networks: text } = useText();
  const may = mayChange(useSession());
  const [creating, create] = useState<'network' | 'router' | null>(null);
  const network = may && (
    <Button icon="plus" look="main" onClick={() => create('network')}>
      {text.create}
    </Button>
  );
  const router = may && <Button onClick={() => create('router')}>{text.createRouter}</Button>;
  return (
    <Page
      title={text.title}
      actions={
        <>
          {router}
          {network}
        </>
      }
    >
      <Tabs
        label={text.tabsLabel}
        tabs={[
          { id: 'drawing', label: text.tabs.drawing, content: () => <DrawingTab /> },
          { id: 'networks', label: text.tabs.networks, content: () => <Networks create={network} /> },
          { id: 'routers', label: text.tabs.routers, content: () => <Routers create={router} /> },
        ]}
      />
      {creating === 'network' && <CreateNetwork onClose={() => create(null)} />}
      {creating === 'router' && <CreateRouter onClose={() => create(null)} />}
    </Page>
  );
}

function DrawingTab() {
  const projectId = useSession().token.project?.id ?? '';
  const networks = useQuery(networksQuery);
  const subnets = useQuery(subnetsQuery);
  const routers = useQuery(routersQuery);
  const ports = useQuery(portsQuery);
  const servers = useQuery(serversQuery);
  const all = [networks, subnets, routers, ports, servers];
  const drawn = useMemo(() => {
    if (!networks.data || !subnets.data || !routers.data || !ports.data || !servers.data) return null;
    const of = { networks: networks.data, subnets: subnets.data, routers: routers.data, ports: ports.data };
    return topology({ projectId, ...of, servers: servers.data });
  }, [projectId, networks.data, subnets.data, routers.data, ports.data, servers.data]);
  const error = all.find((one) => one.error !== null)?.error ?? null;
  if (drawn === null) {
    return error === null ? (
      <Loading />
    ) : (
      <ErrorMessage error={error} onRetry={() => all.forEach((one) => void one.refetch())} />
    );
  }
  return <Drawing of={drawn} />;
}

function Networks({ create }: { create: React.ReactNode }) {
  const { networks: text, common } = useText();
  const session = useSession();
  const project = session.token.project?.id;
  const query = useQuery(networksQuery);
  const subnets = useQuery(subnetsQuery).data;
  // An administrator's list holds every project's.
  const rows = useMemo(
    () => query.data?.filter((one) => one.project_id === project || one.shared || one['router:external']),
    [query.data, project],
  );
  const columns = useMemo<Column<Network>[]>(() => {
    const kind = (one: Network) => {
      if (one['router:external']) return text.external;
      return one.project_id === project ? text.own : text.shared;
    };
    return [
      nameColumn(common, '/networks'),
      {
        id: 'range',
        title: text.range,
        value: (one) =>
          subnets
            ?.filter((subnet) => subnet.network_id === one.id)
            .map(({ cidr }) => cidr)
            .join(', '),
      },
      { id: 'kind', title: text.kind, value: kind },
      {
        id: 'status',
        title: common.status,
        value: (one) => text.statuses[one.status] ?? one.status,
        cell: (one) => <NetworkStatus status={one.status} />,
      },
    ];
  }, [text, common, subnets, project]);
  return (
    <ResourceList<Network>
      label={text.tabs.networks}
      query={query}
      rows={rows}
      columns={columns}
      sort={{ id: 'name', desc: false }}
      empty={{ icon: 'network', title: text.emptyTitle, text: text.emptyText, action: create }}
      how={listNetworks}
      removal={
        mayChange(session) && {
          ...networkRemoval,
          words: text,
          possible: (one) => one.project_id === project,
        }
      }
    />
  );
}
