import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { networkQuery, subnetsQuery, type Network, type Subnet } from '../../api/queries/network.ts';
import { isAdmin, mayChange, useSession } from '../../api/session.ts';
import { Facts, Page, Section } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { nameOf } from '../../parts/format.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { Remove } from '../../parts/remove.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { useText } from '../../text/index.tsx';
import { freeRange, rangeVersion, wordsOf } from './addresses.ts';
import { NetworkStatus } from './network-status.tsx';
import { createSubnet, deleteSubnet, networkRemoval, renameNetwork, showNetwork } from './operations.ts';
import { CreatePort } from './port/form.tsx';
import { Ports } from './ports.tsx';
import { Awaited } from '../../parts/awaited.tsx';

export default function NetworkPage() {
  const { networks: text, ports, common } = useText();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const session = useSession();
  const { data: network, error, refetch } = useQuery(networkQuery(id));
  const [asked, ask] = useState<'rename' | 'remove' | 'port' | null>(null);
  const up = { to: '/networks?tab=networks', label: text.title };
  if (error !== null || network === undefined) {
    return (
      <Page title={text.network} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const own = network.project_id === session.token.project?.id;
  const may = own && mayChange(session);
  return (
    <Page
      title={nameOf(network)}
      up={up}
      badge={<NetworkStatus status={network.status} />}
      actions={
        may && (
          <>
            <Button onClick={() => ask('rename')}>{text.rename}</Button>
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
            [common.id, <CopyText key="id" text={network.id} />],
            ...(network.description === '' ? [] : [[common.description, network.description] as const]),
            [text.kind, network['router:external'] ? text.external : own ? text.own : text.shared],
          ]}
        />
      </div>
      <Subnets network={network} may={may} />
      <Section
        title={text.ports}
        actions={
          mayChange(session) &&
          (own || network.shared || isAdmin(session)) && <Button onClick={() => ask('port')}>{ports.create}</Button>
        }
      >
        <Ports networkId={id} may={may} />
      </Section>
      <ShowMeHow operations={[showNetwork(id)]} />
      {asked === 'rename' && (
        <FormDialog
          title={text.rename}
          action={common.save}
          initial={{ name: network.name }}
          validate={({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined })}
          operations={({ name }) => [renameNetwork(network, name.trim())]}
          kinds={['networks']}
          done={() => text.renamed}
          onClose={() => ask(null)}
        >
          {({ field }) => <TextField {...field('name')} label={common.name} maxLength={255} />}
        </FormDialog>
      )}
      {asked === 'port' && <CreatePort network={network} onClose={() => ask(null)} />}
      {asked === 'remove' && (
        <Remove
          {...networkRemoval}
          words={text}
          rows={[network]}
          onClose={() => ask(null)}
          onDone={() => void navigate(up.to)}
        />
      )}
    </Page>
  );
}

function Subnets({ network, may }: { network: Network; may: boolean }) {
  const { networks: text, common } = useText();
  const all = useQuery(subnetsQuery).data ?? [];
  const subnets = all.filter((one) => one.network_id === network.id);
  const [adding, add] = useState(false);
  const [removed, remove] = useState<Subnet | null>(null);
  const proposed = freeRange(all.map(({ cidr }) => cidr));
  const rangeOf = (range: string) => (range === '' ? proposed : range.trim());
  return (
    <Section title={text.subnets} actions={may && <Button onClick={() => add(true)}>{text.addSubnet}</Button>}>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
        {subnets.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2">
            <CopyText text={one.cidr} />
            <span className="text-muted">{`${text.gateway} ${one.gateway_ip ?? common.none}`}</span>
            {one.enable_dhcp && <span className="text-muted">{text.automatic}</span>}
            {one.dns_nameservers.length > 0 && (
              <span className="text-muted">{`${text.dns} ${one.dns_nameservers.join(', ')}`}</span>
            )}
            {may && (
              <Button
                look="quiet"
                className="ml-auto"
                aria-label={`${text.remove}: ${one.cidr}`}
                onClick={() => remove(one)}
              >
                {text.remove}
              </Button>
            )}
          </li>
        ))}
        {subnets.length === 0 && <li className="px-4 py-2 text-muted">{common.none}</li>}
      </ul>
      {adding && (
        <FormDialog
          title={text.addSubnetTitle(nameOf(network))}
          action={text.addSubnet}
          initial={{ range: '', dns: '' }}
          validate={({ range }) => ({ range: rangeVersion(rangeOf(range)) === null ? text.rangeWrong : undefined })}
          operations={({ range, dns }) => [
            createSubnet(network, {
              name: network.name,
              cidr: rangeOf(range),
              version: rangeVersion(rangeOf(range)) ?? 4,
              dns: wordsOf(dns),
            }),
          ]}
          kinds={['subnets', 'networks', 'quotas']}
          done={() => text.subnetMade}
          onClose={() => add(false)}
        >
          {({ field }) => (
            <>
              <TextField {...field('range')} label={text.range} hint={text.rangeHint} placeholder={proposed} />
              <TextField {...field('dns')} label={text.dns} hint={text.dnsHint} optional />
            </>
          )}
        </FormDialog>
      )}
      {removed !== null && (
        <ConfirmOperations
          title={text.removeSubnetTitle(removed.cidr)}
          action={text.remove}
          operations={[deleteSubnet(removed)]}
          kinds={['subnets', 'networks', 'ports', 'quotas']}
          done={text.subnetRemoved}
          onClose={() => remove(null)}
        >
          <p>{text.removeSubnetText}</p>
        </ConfirmOperations>
      )}
    </Section>
  );
}
