import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { subnetsQuery, type Network, type Subnet } from '../../../api/queries/network.ts';
import { Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { ConfirmOperations } from '../../../parts/confirm-operations.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { useText } from '../../../text/index.tsx';
import { AddSubnet, EditSubnet } from './form.tsx';
import { deleteSubnet } from './operations.ts';

type Asked = { what: 'edit' | 'remove'; subnet: Subnet } | { what: 'add' };

/** The ranges of addresses of a network. */
export function Subnets({ network, may }: { network: Network; may: boolean }) {
  const { networks: text, common } = useText();
  const all = useQuery(subnetsQuery).data ?? [];
  const subnets = all.filter((one) => one.network_id === network.id);
  const [asked, ask] = useState<Asked | null>(null);
  const close = () => ask(null);
  const add = may && <Button onClick={() => ask({ what: 'add' })}>{text.addSubnet}</Button>;
  return (
    <Section title={text.subnets} actions={add}>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
        {subnets.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2">
            <CopyText text={one.cidr} />
            <span className="text-muted">{`${text.gateway} ${one.gateway_ip ?? common.none}`}</span>
            <span className="text-muted">{one.enable_dhcp ? text.automatic : text.byHand}</span>
            {one.dns_nameservers.length > 0 && (
              <span className="text-muted">{`${text.dns} ${one.dns_nameservers.join(', ')}`}</span>
            )}
            {may && (
              <span className="ml-auto">
                <Button
                  look="quiet"
                  aria-label={`${common.edit}: ${one.cidr}`}
                  onClick={() => ask({ what: 'edit', subnet: one })}
                >
                  {common.edit}
                </Button>
                <Button
                  look="quiet"
                  aria-label={`${text.remove}: ${one.cidr}`}
                  onClick={() => ask({ what: 'remove', subnet: one })}
                >
                  {text.remove}
                </Button>
              </span>
            )}
          </li>
        ))}
        {subnets.length === 0 && <li className="px-4 py-2 text-muted">{common.none}</li>}
      </ul>
      {asked?.what === 'add' && <AddSubnet network={network} all={all} onClose={close} />}
      {asked?.what === 'edit' && <EditSubnet subnet={asked.subnet} onClose={close} />}
      {asked?.what === 'remove' && (
        <ConfirmOperations
          title={text.removeSubnetTitle(asked.subnet.cidr)}
          action={text.remove}
          operations={[deleteSubnet(asked.subnet)]}
          kinds={['subnets', 'networks', 'ports', 'quotas']}
          done={text.subnetRemoved}
          onClose={close}
        >
          <p>{text.removeSubnetText}</p>
        </ConfirmOperations>
      )}
    </Section>
  );
}
