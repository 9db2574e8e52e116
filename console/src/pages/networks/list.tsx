import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { serversQuery } from '../../api/queries/compute.ts';
import { networksQuery, portsQuery, routersQuery, subnetsQuery, type Network } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { nameOf } from '../../parts/format.ts';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState, Loading } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useText } from '../../text/index.tsx';
import { CreateNetwork } from './create-network.tsx';
import { CreateRouter } from './create-router.tsx';
import { Drawing } from './drawing.tsx';
import { deleteNetwork, listNetworks } from './operations.ts';
import { Routers } from './routers.tsx';
import { NetworkStatus } from './network-status.tsx';
import { topology } from './topology.ts';
import { NameLink } from '../../parts/name-link.tsx';

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
  const may = mayChange(session);
  const project = session.token.project?.id;
  const { data, error, refetch } = useQuery(networksQuery);
  const subnets = useQuery(subnetsQuery).data;
  const [removed, remove] = useState<readonly Network[]>([]);
  // An administrator's list holds every project's.
  const rows = useMemo(
    () => data?.filter((one) => one.project_id === project || one.shared || one['router:external']),
    [data, project],
  );
  const columns = useMemo<Column<Network>[]>(() => {
    const kind = (one: Network) => {
      if (one['router:external']) return text.external;
      return one.project_id === project ? text.own : text.shared;
    };
    return [
      {
        id: 'name',
        title: common.name,
        value: nameOf,
        cell: (one) => <NameLink to={`/networks/${one.id}`}>{nameOf(one)}</NameLink>,
      },
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
    <div className="space-y-6">
      <Table<Network>
        label={text.tabs.networks}
        rows={rows}
        error={error}
        onRetry={() => void refetch()}
        rowKey={({ id }) => id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={
          <EmptyState icon="network" title={text.emptyTitle} action={create}>
            {text.emptyText}
          </EmptyState>
        }
        {...(may && {
          bulk: [
            {
              label: text.remove,
              icon: 'trash',
              danger: true,
              enabled: (those) => those.every((one) => one.project_id === project),
              onRun: remove,
            },
          ],
        })}
      />
      <ShowMeHow operations={[listNetworks]} />
      {removed.length > 0 && (
        <ConfirmOperations
          title={text.removeTitle(removed.length, removed[0] ? nameOf(removed[0]) : '')}
          action={text.remove}
          names={removed.map(nameOf)}
          operations={removed.map(deleteNetwork)}
          kinds={['networks', 'subnets', 'quotas']}
          done={text.removed(removed.length)}
          onClose={() => remove([])}
        >
          <p>{text.removeText}</p>
        </ConfirmOperations>
      )}
    </div>
  );
}
