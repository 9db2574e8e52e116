import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { networksQuery, portQuery, securityGroupsQuery, type Port } from '../../../api/queries/network.ts';
import { isAdmin, mayChange, useSession } from '../../../api/session.ts';
import { Facts, Page } from '../../../layout/page.tsx';
import { Awaited } from '../../../parts/awaited.tsx';
import { Button } from '../../../parts/button.tsx';
import { ConfirmOperations } from '../../../parts/confirm-operations.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { useText } from '../../../text/index.tsx';
import { NetworkStatus } from '../network-status.tsx';
import { deletePort } from '../operations.ts';
import { EditPort } from './form.tsx';
import { showPort } from './operations.ts';
import { PortOwner } from './owner.tsx';

const titleOf = (port: Port) => port.name || port.fixed_ips[0]?.ip_address || port.mac_address;

export default function PortPage() {
  const { ports: text, networks, common } = useText();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const session = useSession();
  const { data: port, error, refetch } = useQuery(portQuery(id));
  const [asked, ask] = useState<'edit' | 'remove' | null>(null);
  if (error !== null || port === undefined) {
    return (
      <Page title={text.port} up={{ to: '/networks?tab=networks', label: networks.title }}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  // Those of the cloud itself are its own.
  const ownedByCloud = port.device_owner.startsWith('network:');
  const may =
    mayChange(session) && !ownedByCloud && (isAdmin(session) || port.project_id === session.token.project?.id);
  return (
    <Page
      title={titleOf(port)}
      up={{ to: `/networks/${port.network_id}`, label: networks.network }}
      badge={<NetworkStatus status={port.status} />}
      actions={
        may && (
          <>
            <Button onClick={() => ask('edit')}>{common.edit}</Button>
            {port.device_owner === '' && (
              <Button look="danger" onClick={() => ask('remove')}>
                {networks.removePort}
              </Button>
            )}
          </>
        )
      }
    >
      <div className="mb-6">
        <PortFacts port={port} />
      </div>
      <ShowMeHow operations={[showPort(id)]} />
      {asked === 'edit' && <EditPort port={port} onClose={() => ask(null)} />}
      {asked === 'remove' && (
        <ConfirmOperations
          title={networks.removePortTitle(titleOf(port))}
          action={networks.removePort}
          operations={[deletePort(port)]}
          kinds={['ports', 'quotas']}
          done={networks.portRemoved}
          onClose={() => ask(null)}
          onDone={() => void navigate(`/networks/${port.network_id}`)}
        />
      )}
    </Page>
  );
}

function PortFacts({ port }: { port: Port }) {
  const { ports: text, networks, common } = useText();
  const network = useQuery(networksQuery).data?.find(({ id }) => id === port.network_id);
  const groups = useQuery(securityGroupsQuery).data ?? [];
  return (
    <Facts
      facts={[
        [
          networks.network,
          <Link key="network" to={`/networks/${port.network_id}`} className="text-accent underline">
            {network?.name ?? port.network_id}
          </Link>,
        ],
        [networks.portOf, <PortOwner key="owner" port={port} />],
        [
          networks.address,
          port.fixed_ips.length === 0
            ? common.none
            : port.fixed_ips.map(({ ip_address: address }) => <CopyText key={address} text={address} />),
        ],
        [networks.mac, <CopyText key="mac" text={port.mac_address} />],
        [
          text.groups,
          !port.port_security_enabled
            ? text.unsecured
            : port.security_groups.length === 0
              ? text.noGroups
              : port.security_groups.map((id) => (
                  <Link key={id} to={`/security-groups/${id}`} className="mr-3 text-accent underline">
                    {groups.find((group) => group.id === id)?.name ?? id}
                  </Link>
                )),
        ],
        ...(port.allowed_address_pairs.length === 0
          ? []
          : [
              [
                text.pairs,
                port.allowed_address_pairs.map(({ ip_address: address, mac_address: mac }) => (
                  <span key={`${address} ${mac}`} className="block">
                    <CopyText text={address} />
                    {mac !== port.mac_address && <span className="ml-2 text-muted">{mac}</span>}
                  </span>
                )),
              ] as const,
            ]),
        ...(port.description === '' ? [] : [[common.description, port.description] as const]),
        [common.id, <CopyText key="id" text={port.id} />],
      ]}
    />
  );
}
