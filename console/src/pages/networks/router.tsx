import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import {
  networksQuery,
  portsQuery,
  routerQuery,
  subnetsQuery,
  type Router,
  type Subnet,
} from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Facts, Page, Section } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { nameOf } from '../../parts/format.ts';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { Remove } from '../../parts/remove.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { useText } from '../../text/index.tsx';
import { ChangeOutside } from './create-router.tsx';
import { NetworkStatus } from './network-status.tsx';
import { connectSubnet, disconnectSubnet, renameRouter, routerRemoval, showRouter } from './operations.ts';
import { RouterRoutes } from './router-routes.tsx';
import { Awaited } from '../../parts/awaited.tsx';

export default function RouterPage() {
  const { networks: text, common } = useText();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const may = mayChange(useSession());
  const { data: router, error, refetch } = useQuery(routerQuery(id));
  const networks = useQuery(networksQuery).data;
  const [asked, ask] = useState<'outside' | 'rename' | 'remove' | null>(null);
  const up = { to: '/networks?tab=routers', label: text.tabs.routers };
  if (error !== null || router === undefined) {
    return (
      <Page title={text.router} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const gateway = router.external_gateway_info;
  return (
    <Page
      title={nameOf(router)}
      up={up}
      badge={<NetworkStatus status={router.status} />}
      actions={
        may && (
          <>
            <Button onClick={() => ask('rename')}>{text.rename}</Button>
            <Button onClick={() => ask('outside')}>{text.changeOutside}</Button>
            <Button look="danger" onClick={() => ask('remove')}>
              {text.remove}
            </Button>
          </>
        )
      }
    >
      <div className="mb-6">
        <Facts
          facts={[
            [common.id, <CopyText key="id" text={router.id} />],
            [
              text.outside,
              gateway === null
                ? text.nowhere
                : (networks?.find((one) => one.id === gateway.network_id)?.name ?? gateway.network_id),
            ],
            [
              text.outsideAddress,
              gateway?.external_fixed_ips.map(({ ip_address: address }) => <CopyText key={address} text={address} />) ??
                common.none,
            ],
          ]}
        />
      </div>
      <Connected router={router} may={may} />
      <RouterRoutes router={router} may={may} />
      <ShowMeHow operations={[showRouter(id)]} />
      {asked === 'outside' && <ChangeOutside router={router} onClose={() => ask(null)} />}
      {asked === 'rename' && (
        <FormDialog
          title={text.rename}
          action={common.save}
          initial={{ name: router.name }}
          validate={({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined })}
          operations={({ name }) => [renameRouter(router, name.trim())]}
          kinds={['routers']}
          done={() => text.renamed}
          onClose={() => ask(null)}
        >
          {({ field }) => <TextField {...field('name')} label={common.name} maxLength={255} />}
        </FormDialog>
      )}
      {asked === 'remove' && (
        <Remove
          {...routerRemoval}
          words={text.routerRemoval}
          rows={[router]}
          onClose={() => ask(null)}
          onDone={() => void navigate(up.to)}
        />
      )}
    </Page>
  );
}

/** The ranges of addresses it connects. */
function Connected({ router, may }: { router: Router; may: boolean }) {
  const { networks: text } = useText();
  const networks = useQuery(networksQuery).data ?? [];
  const subnets = useQuery(subnetsQuery).data ?? [];
  const ports = useQuery(portsQuery).data ?? [];
  const [connecting, connect] = useState(false);
  const [left, leave] = useState<Subnet | null>(null);
  const interfaces = ports.filter(({ device_owner: owner }) => owner.startsWith('network:router_interface'));
  const subnetsOn = (those: typeof ports) =>
    new Set(those.flatMap((port) => port.fixed_ips.map(({ subnet_id: subnet }) => subnet)));
  const own = subnetsOn(interfaces.filter(({ device_id: device }) => device === router.id));
  const taken = subnetsOn(interfaces);
  const connected = subnets.filter(({ id }) => own.has(id));
  const free = subnets.filter((one) => !taken.has(one.id) && one.project_id === router.project_id);
  const label = (one: Subnet) => `${networks.find(({ id }) => id === one.network_id)?.name ?? ''} ${one.cidr}`;
  const find = (id: string) => free.find((one) => one.id === id) ?? { id: 'SUBNET', name: 'SUBNET' };
  return (
    <Section title={text.connected} actions={may && <Button onClick={() => connect(true)}>{text.connect}</Button>}>
      {connected.length === 0 ? (
        <p className="text-sm text-muted">{text.noneConnected}</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
          {connected.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-3 px-4 py-2">
              <Link to={`/networks/${one.network_id}`} className="flex-1 text-accent hover:underline">
                {label(one)}
              </Link>
              {may && (
                <Button look="quiet" aria-label={`${text.disconnect}: ${one.cidr}`} onClick={() => leave(one)}>
                  {text.disconnect}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {connecting && (
        <FormDialog
          title={text.connectTitle(nameOf(router))}
          action={text.connect}
          initial={{ subnet: '' }}
          validate={({ subnet }) => ({ subnet: subnet === '' ? text.subnetMissing : undefined })}
          operations={({ subnet }) => [connectSubnet(router, find(subnet))]}
          kinds={['routers', 'ports', 'subnets']}
          done={() => text.connectedNow}
          onClose={() => connect(false)}
        >
          {({ field }) => (
            <SelectField
              {...field('subnet')}
              label={text.subnet}
              placeholder={text.choose}
              hint={free.length === 0 ? text.noneLeft : undefined}
              options={free.map((one) => ({ value: one.id, label: label(one) }))}
            />
          )}
        </FormDialog>
      )}
      {left !== null && (
        <ConfirmOperations
          title={text.disconnectTitle(left.cidr)}
          action={text.disconnect}
          operations={[disconnectSubnet(router, left)]}
          kinds={['routers', 'ports']}
          done={text.disconnected}
          onClose={() => leave(null)}
        >
          <p>{text.disconnectText}</p>
        </ConfirmOperations>
      )}
    </Section>
  );
}
