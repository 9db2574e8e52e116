import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { serversQuery } from '../../api/queries/compute.ts';
import { volumesQuery, type Volume } from '../../api/queries/volume.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { nameIn, nameOf } from '../../parts/format.ts';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Ago, Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { CreateVolume } from './create-volume.tsx';
import { possible } from './judge.ts';
import { Offers } from './offers.tsx';
import { deleteVolume, listVolumes } from './operations.ts';
import { Snapshots } from './snapshots.tsx';
import { VolumeActions } from './volume-actions.tsx';
import { VolumeStatus } from './volume-status.tsx';
import { NameLink } from '../../parts/name-link.tsx';

export default function VolumesPage() {
  const { volumes: text } = useText();
  const [creating, create] = useState(false);
  const button = mayChange(useSession()) && (
    <Button icon="plus" look="main" onClick={() => create(true)}>
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} actions={button}>
      <Tabs
        label={text.tabsLabel}
        tabs={[
          { id: 'volumes', label: text.tabs.volumes, content: () => <Volumes create={button} /> },
          { id: 'snapshots', label: text.tabs.snapshots, content: () => <Snapshots /> },
          { id: 'offers', label: text.tabs.offers, content: () => <Offers /> },
        ]}
      />
      {creating && <CreateVolume onClose={() => create(false)} />}
    </Page>
  );
}

function Volumes({ create }: { create: React.ReactNode }) {
  const { volumes: text, common } = useText();
  const may = mayChange(useSession());
  const { data, error, refetch } = useQuery(volumesQuery);
  const servers = useQuery(serversQuery).data;
  const [removed, remove] = useState<readonly Volume[]>([]);
  const columns = useMemo<Column<Volume>[]>(() => {
    return [
      {
        id: 'name',
        title: common.name,
        value: nameOf,
        cell: (volume) => <NameLink to={`/volumes/${volume.id}`}>{nameOf(volume)}</NameLink>,
      },
      {
        id: 'status',
        title: common.status,
        value: ({ status }) => text.statuses[status] ?? status,
        cell: ({ status }) => <VolumeStatus status={status} />,
      },
      {
        id: 'size',
        title: text.size,
        value: ({ size }) => size,
        cell: ({ size }) => <Bytes bytes={size * 2 ** 30} />,
        numeric: true,
      },
      {
        id: 'server',
        title: text.attachedTo,
        value: ({ attachments }) => attachments.map(({ server_id: id }) => nameIn(servers, id)).join(' '),
        cell: ({ attachments }) =>
          attachments.map(({ server_id: id }) => (
            <Link key={id} to={`/servers/${id}`} className="mr-2 text-accent hover:underline">
              {nameIn(servers, id)}
            </Link>
          )),
      },
      { id: 'type', title: text.type, value: (volume) => volume.volume_type, hidden: true },
      {
        id: 'bootable',
        title: text.bootable,
        value: (volume) => (volume.bootable === 'true' ? common.yes : common.no),
        hidden: true,
      },
      {
        id: 'created',
        title: common.created,
        value: (volume) => volume.created_at,
        cell: (volume) => <Ago at={volume.created_at} />,
      },
    ];
  }, [text, common, servers]);
  return (
    <div className="space-y-6">
      <Table<Volume>
        label={text.title}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={({ id }) => id}
        columns={columns}
        sort={{ id: 'created', desc: true }}
        empty={
          <EmptyState icon="volume" title={text.emptyTitle} action={create}>
            {text.emptyText}
          </EmptyState>
        }
        {...(may && {
          bulk: [
            {
              label: text.remove,
              icon: 'trash',
              danger: true,
              enabled: (volumes) => volumes.every((one) => possible(one).remove),
              onRun: remove,
            },
          ],
          actions: (volume) => <VolumeActions volume={volume} />,
        })}
      />
      <ShowMeHow operations={[listVolumes]} />
      {removed.length > 0 && (
        <ConfirmOperations
          title={text.removeTitle(removed.length, removed[0] ? nameOf(removed[0]) : '')}
          action={text.remove}
          names={removed.map(nameOf)}
          operations={removed.map(deleteVolume)}
          kinds={['volumes', 'quotas']}
          done={text.removed(removed.length)}
          onClose={() => remove([])}
        >
          <p>{text.removeText}</p>
        </ConfirmOperations>
      )}
    </div>
  );
}
