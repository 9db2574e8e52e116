import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { imagesQuery, type Image } from '../../api/queries/image.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { createdColumn, nameColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { CreateImage } from './create-image.tsx';
import { ImageStatus } from './image-status.tsx';
import { Offered } from './offered.tsx';
import { imageRemoval, listImages } from './operations.ts';

export default function ImagesPage() {
  const { images: text } = useText();
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
          { id: 'all', label: text.tabs.all, content: () => <Images create={button} /> },
          { id: 'offered', label: text.tabs.offered, content: () => <Offered /> },
        ]}
      />
      {creating && <CreateImage onClose={() => create(false)} />}
    </Page>
  );
}

function Images({ create }: { create: React.ReactNode }) {
  const { images: text, common } = useText();
  const session = useSession();
  const project = session.token.project?.id;
  const query = useQuery(imagesQuery);
  // An administrator's list holds what other projects keep for themselves.
  const rows = useMemo(
    () => query.data?.filter((one) => one.owner === project || one.visibility !== 'private'),
    [query.data, project],
  );
  const columns = useMemo<Column<Image>[]>(
    () => [
      nameColumn(common, '/images'),
      {
        id: 'status',
        title: common.status,
        value: ({ status }) => text.statuses[status] ?? status,
        cell: ({ status }) => <ImageStatus status={status} />,
      },
      { id: 'visibility', title: text.visibility, value: ({ visibility }) => text.visibilities[visibility] },
      {
        id: 'owner',
        title: text.owner,
        value: ({ owner }) => (owner === project ? text.mine : text.others),
      },
      {
        id: 'size',
        title: text.size,
        value: ({ size }) => size,
        cell: ({ size }) => size !== null && <Bytes bytes={size} />,
        numeric: true,
      },
      { id: 'format', title: text.format, value: (image) => image.disk_format, hidden: true },
      createdColumn(common),
    ],
    [text, common, project],
  );
  return (
    <ResourceList<Image>
      label={text.title}
      query={query}
      rows={rows}
      columns={columns}
      sort={{ id: 'name', desc: false }}
      empty={{ icon: 'image', title: text.emptyTitle, text: text.emptyText, action: create }}
      how={listImages}
      removal={
        mayChange(session) && {
          ...imageRemoval,
          words: text,
          possible: (one) => one.owner === project && !one.protected,
        }
      }
    />
  );
}
