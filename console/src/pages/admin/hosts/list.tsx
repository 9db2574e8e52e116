import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { hostsQuery, type Host } from '../../../api/queries/operators.ts';
import { Page } from '../../../layout/page.tsx';
import { EmptyState, QuotaBar } from '../../../parts/states.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { Ago, useBytes, useNumber } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { listHosts } from './operations.ts';
import { HostBadge, Load } from './parts.tsx';
import { stateOf, sumOf } from './state.ts';
import { NameLink } from '../../../parts/name-link.tsx';

/** What runs where: every host with its capacity and what is promised of it. */
export default function HostsPage() {
  const { hosts: text } = useText();
  const bytes = useBytes();
  const number = useNumber();
  const { data, error, refetch } = useQuery(hostsQuery);
  const mib = (value: number) => bytes(value * 2 ** 20);
  const gib = (value: number) => bytes(value * 2 ** 30);
  const columns = useMemo<Column<Host>[]>(
    () => [
      {
        id: 'name',
        title: text.name,
        value: (host) => host.name,
        cell: (host) => <NameLink to={`/admin/hosts/${encodeURIComponent(host.name)}`}>{host.name}</NameLink>,
      },
      {
        id: 'state',
        title: text.state,
        value: (host) => text.states[stateOf(host)],
        cell: (host) => <HostBadge host={host} />,
      },
      { id: 'servers', title: text.servers, value: (host) => host.servers, numeric: true },
      {
        id: 'vcpus',
        title: text.vcpus,
        value: (host) => host.vcpus.used,
        cell: (host) => <Load {...host.vcpus} format={number} />,
        numeric: true,
      },
      {
        id: 'memory',
        title: text.memory,
        value: (host) => host.memory_mib.used,
        cell: (host) => <Load {...host.memory_mib} format={(value) => bytes(value * 2 ** 20)} />,
        numeric: true,
      },
      {
        id: 'disk',
        title: text.disk,
        value: (host) => host.disk_gib.used,
        cell: (host) => <Load {...host.disk_gib} format={(value) => bytes(value * 2 ** 30)} />,
        numeric: true,
      },
      {
        id: 'processorNow',
        title: text.processorNow,
        value: (host) => host.load?.cpu_percent,
        cell: (host) => (host.load === null ? '–' : `${number(host.load.cpu_percent)} %`),
        numeric: true,
        hidden: true,
      },
      {
        id: 'memoryNow',
        title: text.memoryNow,
        value: (host) => host.load?.memory_used_mib,
        cell: (host) => (host.load === null ? '–' : bytes(host.load.memory_used_mib * 2 ** 20)),
        numeric: true,
        hidden: true,
      },
      { id: 'zone', title: text.zone, value: (host) => host.zone },
      { id: 'aggregates', title: text.aggregates, value: (host) => host.aggregates.join(', '), hidden: true },
      { id: 'address', title: text.address, value: (host) => host.address, hidden: true },
      { id: 'accelerator', title: text.accelerator, value: (host) => host.accelerator, hidden: true },
      { id: 'version', title: text.version, value: (host) => host.agent_version, hidden: true },
      {
        id: 'seen',
        title: text.lastSeen,
        value: (host) => host.last_seen,
        cell: (host) => host.last_seen !== null && <Ago at={host.last_seen} />,
        hidden: true,
      },
    ],
    [text, bytes, number],
  );
  const sums = sumOf(data ?? []);
  return (
    <Page title={text.title}>
      {data !== undefined && data.length > 0 && (
        <div className="mb-5 grid gap-4 rounded-lg border border-line bg-surface p-4 sm:grid-cols-3">
          <QuotaBar label={text.vcpus} {...sums.vcpus} format={number} />
          <QuotaBar label={text.memory} {...sums.memory_mib} format={mib} />
          <QuotaBar label={text.disk} {...sums.disk_gib} format={gib} />
        </div>
      )}
      <Table
        label={text.title}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(host) => host.id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={
          <EmptyState icon="host" title={text.emptyTitle}>
            {text.emptyText}
          </EmptyState>
        }
      />
      <p className="my-4 text-sm text-muted">{text.limitHint}</p>
      <ShowMeHow operations={[listHosts]} />
    </Page>
  );
}
