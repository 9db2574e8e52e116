import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { serversQuery } from '../../api/queries/compute.ts';
import { portsQuery, routersQuery, type Port } from '../../api/queries/network.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { NameLink } from '../../parts/name-link.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { NetworkStatus } from './network-status.tsx';
import { deletePort } from './operations.ts';
import { ownerOf, PortOwner } from './port/owner.tsx';

const addressesOf = (port: Port) => port.fixed_ips.map(({ ip_address: address }) => address).join(', ');

/** What is connected to a network; a port that belongs to nothing can be deleted. */
export function Ports({ networkId, may }: { networkId: string; may: boolean }) {
  const { networks: text, common } = useText();
  const { data, error, refetch } = useQuery(portsQuery);
  const servers = useQuery(serversQuery).data;
  const routers = useQuery(routersQuery).data;
  const [removed, remove] = useState<Port | null>(null);
  const rows = useMemo(() => data?.filter((port) => port.network_id === networkId), [data, networkId]);
  const columns = useMemo<Column<Port>[]>(() => {
    return [
      {
        id: 'address',
        title: text.address,
        value: addressesOf,
        cell: (port) => <NameLink to={`/ports/${port.id}`}>{addressesOf(port) || port.mac_address}</NameLink>,
      },
      {
        id: 'owner',
        title: text.portOf,
        value: (port) => ownerOf(port, servers ?? [], routers ?? [], text).words,
        cell: (port) => <PortOwner port={port} />,
      },
      {
        id: 'status',
        title: common.status,
        value: (port) => text.statuses[port.status] ?? port.status,
        cell: (port) => <NetworkStatus status={port.status} />,
      },
      { id: 'name', title: common.name, value: (port) => port.name },
      { id: 'mac', title: text.mac, value: (port) => port.mac_address, hidden: true },
    ];
  }, [text, common, servers, routers]);
  return (
    <>
      <Table<Port>
        name="ports-"
        label={text.ports}
        rows={rows}
        error={error}
        onRetry={() => void refetch()}
        rowKey={({ id }) => id}
        columns={columns}
        empty={<p className="text-sm text-muted">{text.noPorts}</p>}
        {...(may && {
          actions: (port) =>
            port.device_owner === '' && (
              <Button look="quiet" aria-label={`${text.removePort}: ${addressesOf(port)}`} onClick={() => remove(port)}>
                {text.removePort}
              </Button>
            ),
        })}
      />
      {removed !== null && (
        <ConfirmOperations
          title={text.removePortTitle(addressesOf(removed))}
          action={text.removePort}
          operations={[deletePort(removed)]}
          kinds={['ports', 'quotas']}
          done={text.portRemoved}
          onClose={() => remove(null)}
        />
      )}
    </>
  );
}
