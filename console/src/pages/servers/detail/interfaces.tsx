import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Server } from '../../../api/queries/compute.ts';
import {
  floatingIpsQuery,
  networksQuery,
  portsQuery,
  routersQuery,
  securityGroupsQuery,
  type FloatingIp,
  type Port,
} from '../../../api/queries/network.ts';
import { request } from '../../../api/request.ts';
import { mayChange, useSession } from '../../../api/session.ts';
import { openstack, type Operation } from '../../../how/operation.ts';
import { useRun } from '../../../how/use-run.ts';
import { Button } from '../../../parts/button.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { Facts, Section } from '../../../layout/page.tsx';
import { EmptyState, Loading } from '../../../parts/states.tsx';
import { useText } from '../../../text/index.tsx';
import { freeFloatingIp, reachOf } from '../new/fit.ts';
import { floatingOperation } from '../new/plan.ts';
import { possible } from '../actions/possible.ts';
import { addressesOf, PlugDialog, UnplugDialog } from './plug.tsx';

/** Binds a floating IP that nobody uses. Pure. */
function bindOperation(floating: FloatingIp, port: Port, server: Server): Operation {
  return {
    request: request('PUT /network/v2.0/floatingips/{id}', {
      path: { id: floating.id },
      body: { floatingip: { port_id: port.id } },
    }),
    command: openstack('server', 'add', 'floating', 'ip', server.name, floating.floating_ip_address),
  };
}

/** How a server is connected: each port with its addresses, its security groups, and its address for outside. */
export function InterfacesTab({ server }: { server: Server }) {
  const { serverDetail: text, serverActions } = useText();
  const may = mayChange(useSession());
  const run = useRun();
  const ports = useQuery(portsQuery);
  const networks = useQuery(networksQuery);
  const routers = useQuery(routersQuery);
  const floating = useQuery(floatingIpsQuery);
  const groups = useQuery(securityGroupsQuery);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [asked, ask] = useState<'plug' | Port | null>(null);
  if (!ports.data || !networks.data || !routers.data || !floating.data || !groups.data) {
    return ports.error === null ? <Loading /> : <ErrorMessage error={ports.error} />;
  }
  const own = ports.data.filter((port) => port.device_id === server.id);
  const [allPorts, allNetworks, allRouters] = [ports.data, networks.data, routers.data];
  const [allFloating, allGroups] = [floating.data, groups.data];

  const give = async (port: Port, networkId: string) => {
    setBusy(true);
    setError(null);
    const free = freeFloatingIp(allFloating, networkId);
    const outside = allNetworks.find(({ id }) => id === networkId);
    const operation = free
      ? bindOperation(free, port, server)
      : floatingOperation({ id: networkId, name: outside?.name ?? networkId }, server.name, port.id);
    await run(operation, { kinds: ['floatingips', 'servers'], done: text.addressGiven }).catch(setError);
    setBusy(false);
  };
  const mayPlug = may && possible(server).has('interfaces');
  const plug = mayPlug && (
    <Button icon="plus" onClick={() => ask('plug')}>
      {serverActions.plug}
    </Button>
  );
  const windows = (
    <>
      {asked === 'plug' && <PlugDialog server={server} onClose={() => ask(null)} />}
      {asked !== null && asked !== 'plug' && <UnplugDialog server={server} port={asked} onClose={() => ask(null)} />}
    </>
  );
  if (own.length === 0) {
    return (
      <>
        <EmptyState icon="network" title={text.noInterfaces} action={plug} />
        {windows}
      </>
    );
  }
  return (
    <div className="space-y-5">
      {windows}
      {error !== null && <ErrorMessage error={error} />}
      {own.map((port) => {
        const network = allNetworks.find(({ id }) => id === port.network_id);
        const reach = network ? reachOf(network, allRouters, allPorts) : { kind: 'none' as const };
        const outside = allFloating.filter((one) => one.port_id === port.id);
        return (
          <Section
            key={port.id}
            title={network?.name ?? port.network_id}
            actions={
              mayPlug && (
                <Button
                  look="quiet"
                  aria-label={`${serverActions.unplug}: ${addressesOf(port)}`}
                  onClick={() => ask(port)}
                >
                  {serverActions.unplug}
                </Button>
              )
            }
          >
            <Facts
              facts={[
                [text.addresses, port.fixed_ips.map((one) => <CopyText key={one.ip_address} text={one.ip_address} />)],
                [
                  text.outside,
                  outside.length > 0 ? (
                    outside.map((one) => <CopyText key={one.id} text={one.floating_ip_address} />)
                  ) : reach.kind === 'floating' && may ? (
                    <Button busy={busy} onClick={() => void give(port, reach.networkId)}>
                      {text.giveAddress}
                    </Button>
                  ) : (
                    text.outsideStates[reach.kind]
                  ),
                ],
                [
                  text.groups,
                  port.security_groups.map((id) => allGroups.find((group) => group.id === id)?.name ?? id).join(', ') ||
                    text.noGroups,
                ],
                ['MAC', <CopyText key="mac" text={port.mac_address} />],
                [
                  text.port,
                  <span key="id" className="inline-flex flex-wrap items-center gap-x-3">
                    <CopyText text={port.id} />
                    <Link to={`/ports/${port.id}`} className="text-accent underline">
                      {serverActions.toPort}
                    </Link>
                  </span>,
                ],
              ]}
            />
          </Section>
        );
      })}
      {plug}
    </div>
  );
}
