import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { serversQuery } from '../../api/queries/compute.ts';
import { volumesQuery, type Volume } from '../../api/queries/volume.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { nameIn } from '../../parts/format.ts';
import { createdColumn, nameColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { Backups } from './backups.tsx';
import { CreateVolume } from './create-volume.tsx';
import { possible } from './judge.ts';
import { Offers } from './offers.tsx';
import { listVolumes, volumeRemoval } from './operations.ts';
import { Snapshots } from './snapshots.tsx';
import { VolumeActions } from './volume-actions.tsx';
import { VolumeStatus } from './volume-status.tsx';

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
          { id: 'backups', label: text.tabs.backups, content: () => <Backups /> },
          { id: 'offers', label: text.tabs.offers, content: () => <Offers /> },
        ]}
      />
      {creating && <CreateVolume onClose={() => create(false)} />}
    </Page>
  );
}

function Volumes({ create }: { create: React.ReactNode }) {
  const { volumes: text, common } = useText();
  const session = useSession();
  const query = useQuery(volumesQuery);
  const servers = useQuery(serversQuery).data;
  const columns = useMemo<Column<Volume>[]>(() => {
    return [
      nameColumn(common, '/volumes'),
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
      createdColumn(common),
    ];
  }, [text, common, servers]);
  return (
    <ResourceList<Volume>
      label={text.title}
      query={query}
      columns={columns}
      sort={{ id: 'created', desc: true }}
      empty={{ icon: 'volume', title: text.emptyTitle, text: text.emptyText, action: create }}
      how={listVolumes}
      {...(mayChange(session) && {
        removal: { ...volumeRemoval, words: text, possible: (one) => possible(one).remove },
        actions: (volume) => <VolumeActions volume={volume} />,
      })}
    />
  );
}
