import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { serversQuery } from '../../api/queries/compute.ts';
import { floatingIpsQuery, networksQuery, portsQuery, type FloatingIp } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { StatusBadge } from '../../parts/states.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { BindFloatingIp, CreateFloatingIp } from './dialogs.tsx';
import { listFloatingIps, releaseFloatingIp, unbindFloatingIp } from './operations.ts';

type Asked = { what: 'create' } | { what: 'bind' | 'unbind'; address: FloatingIp };

const TONES: Record<string, 'ok' | 'off' | 'bad'> = { ACTIVE: 'ok', DOWN: 'off', ERROR: 'bad' };

export default function FloatingIpsPage() {
  const { floatingIps: text, common } = useText();
  const session = useSession();
  const may = mayChange(session);
  const project = session.token.project?.id;
  const query = useQuery(floatingIpsQuery);
  const networks = useQuery(networksQuery).data;
  const ports = useQuery(portsQuery).data;
  const servers = useQuery(serversQuery).data;
  const [asked, ask] = useState<Asked | null>(null);
  const close = () => ask(null);
  const rows = useMemo(() => query.data?.filter((one) => one.project_id === project), [query.data, project]);
  const columns = useMemo<Column<FloatingIp>[]>(() => {
    const serverOf = (one: FloatingIp) => {
      const device = ports?.find(({ id }) => id === one.port_id)?.device_id;
      return servers?.find(({ id }) => id === device);
    };
    return [
      {
        id: 'address',
        title: text.address,
        value: (one) => one.floating_ip_address,
        cell: (one) => <CopyText text={one.floating_ip_address} />,
      },
      {
        id: 'server',
        title: text.leadsTo,
        value: (one) => serverOf(one)?.name ?? one.fixed_ip_address,
        cell: (one) => {
          const server = serverOf(one);
          if (server === undefined) return one.fixed_ip_address ?? text.nowhere;
          return (
            <Link to={`/servers/${server.id}`} className="text-accent hover:underline">
              {server.name}
            </Link>
          );
        },
      },
      { id: 'inside', title: text.inside, value: (one) => one.fixed_ip_address },
      {
        id: 'status',
        title: common.status,
        value: (one) => text.statuses[one.status] ?? one.status,
        cell: (one) => (
          <StatusBadge tone={TONES[one.status] ?? 'busy'}>{text.statuses[one.status] ?? one.status}</StatusBadge>
        ),
      },
      {
        id: 'network',
        title: text.network,
        value: (one) => networks?.find(({ id }) => id === one.floating_network_id)?.name,
        hidden: true,
      },
      { id: 'description', title: common.description, value: (one) => one.description },
    ];
  }, [text, common, ports, servers, networks]);
  const button = may && (
    <Button icon="plus" look="main" onClick={() => ask({ what: 'create' })}>
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} actions={button}>
      <ResourceList<FloatingIp>
        label={text.title}
        query={query}
        rows={rows}
        columns={columns}
        sort={{ id: 'address', desc: false }}
        empty={{ icon: 'globe', title: text.emptyTitle, text: text.emptyText, action: button }}
        how={listFloatingIps}
        {...(may && {
          menu: (address) => [
            address.port_id === null
              ? { label: text.bind, icon: 'server', onSelect: () => ask({ what: 'bind', address }) }
              : { label: text.unbind, icon: 'close', onSelect: () => ask({ what: 'unbind', address }) },
          ],
          removal: {
            words: text,
            called: (address) => address.floating_ip_address,
            operation: releaseFloatingIp,
            kinds: ['floatingips', 'servers', 'quotas'],
          },
        })}
      />
      {asked?.what === 'create' && <CreateFloatingIp onClose={close} />}
      {asked?.what === 'bind' && <BindFloatingIp address={asked.address} onClose={close} />}
      {asked?.what === 'unbind' && (
        <ConfirmOperations
          title={text.unbindTitle(asked.address.floating_ip_address)}
          action={text.unbind}
          operations={[unbindFloatingIp(asked.address)]}
          kinds={['floatingips', 'servers']}
          done={text.unbound(asked.address.floating_ip_address)}
          onClose={close}
        >
          <p>{text.unbindText}</p>
        </ConfirmOperations>
      )}
    </Page>
  );
}
