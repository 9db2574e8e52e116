import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery } from '../../../api/queries/identity.ts';
import { subnetsQuery, type Network } from '../../../api/queries/network.ts';
import { listQuery } from '../../../api/queries/query.ts';
import { request } from '../../../api/request.ts';
import { Page, Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { nameColumn } from '../../../parts/table/columns.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useNumber } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { useNames } from '../names.ts';
import { NewExternal } from './new-external.tsx';
import { deleteNetwork, listNetworks } from './operations.ts';

type AnyNetwork = Network & {
  'provider:network_type': string | null;
  'provider:physical_network': string | null;
  'provider:segmentation_id': number | null;
};

interface Availability {
  network_id: string;
  total_ips: number;
  used_ips: number;
}

const networks = listQuery<AnyNetwork>('networks', listNetworks.request, 'networks');
const availability = listQuery<Availability>(
  'ports',
  request('GET /network/v2.0/network-ip-availabilities', {}),
  'network_ip_availabilities',
);

/** The networks that lead out of the cloud, with what is left of their addresses, and those of the projects. */
export default function AllNetworksPage() {
  const { catalog: text, common } = useText();
  const number = useNumber();
  const query = useQuery(networks);
  const subnets = useQuery(subnetsQuery);
  const free = useQuery(availability);
  const projects = useNames(projectsQuery);
  const [making, setMaking] = useState(false);
  const columns = useMemo<Column<AnyNetwork>[]>(() => {
    const ranges = (id: string) =>
      (subnets.data ?? [])
        .filter((one) => one.network_id === id)
        .map(({ cidr }) => cidr)
        .join(', ');
    const addresses = new Map((free.data ?? []).map((one) => [one.network_id, one]));
    return [
      nameColumn(common, '/networks'),
      { id: 'project', title: text.project, value: (network) => projects(network.project_id) },
      { id: 'addresses', title: text.addresses, value: (network) => ranges(network.id) },
      {
        id: 'used',
        title: text.used,
        value: (network) => addresses.get(network.id)?.used_ips,
        cell: (network) => {
          const one = addresses.get(network.id);
          return one ? common.usedOf(number(one.used_ips), number(one.total_ips)) : '';
        },
        numeric: true,
      },
      {
        id: 'wire',
        title: text.wire,
        value: (network) =>
          [network['provider:network_type'], network['provider:physical_network'], network['provider:segmentation_id']]
            .filter((one) => one !== null && one !== undefined)
            .join(' '),
      },
      { id: 'id', title: common.id, value: (network) => network.id, hidden: true },
    ];
  }, [text, common, number, projects, subnets.data, free.data]);
  const shared = {
    query,
    columns,
    removal: { words: text.networkRemoval, operation: deleteNetwork, kinds: ['networks', 'subnets'] as const },
  };
  return (
    <Page
      title={text.networks}
      actions={
        <Button icon="plus" look="main" onClick={() => setMaking(true)}>
          {text.newExternal}
        </Button>
      }
    >
      <Section title={text.external}>
        <ResourceList<AnyNetwork>
          {...shared}
          label={text.external}
          rows={query.data?.filter((one) => one['router:external'])}
          searchable={false}
          empty={{ icon: 'globe', title: text.noExternal, text: text.noExternalText }}
        />
      </Section>
      <Section title={text.internal}>
        <ResourceList<AnyNetwork>
          {...shared}
          name="internal-"
          label={text.internal}
          rows={query.data?.filter((one) => !one['router:external'])}
          empty={{ icon: 'network', title: text.noInternal }}
        />
      </Section>
      <ShowMeHow operations={[listNetworks]} />
      <NewExternal open={making} onClose={() => setMaking(false)} />
    </Page>
  );
}
