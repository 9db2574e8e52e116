import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { imagesQuery, type Image } from '../../api/queries/image.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { nameOf } from '../../parts/format.ts';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Ago, Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { CreateImage } from './create-image.tsx';
import { ImageStatus } from './image-status.tsx';
import { Offered } from './offered.tsx';
import { deleteImage, listImages } from './operations.ts';
import { NameLink } from '../../parts/name-link.tsx';

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
  const { data, error, refetch } = useQuery(imagesQuery);
  const [removed, remove] = useState<readonly Image[]>([]);
  // An administrator's list holds what other projects keep for themselves.
  const rows = useMemo(
    () => data?.filter((one) => one.owner === project || one.visibility !== 'private'),
    [data, project],
  );
  const columns = useMemo<Column<Image>[]>(
    () => [
      {
        id: 'name',
        title: common.name,
        value: nameOf,
        cell: (image) => <NameLink to={`/images/${image.id}`}>{nameOf(image)}</NameLink>,
      },
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
      {
        id: 'created',
        title: common.created,
        value: (image) => image.created_at,
        cell: (image) => <Ago at={image.created_at} />,
      },
    ],
    [text, common, project],
  );
  return (
    <div className="space-y-6">
      <Table<Image>
        label={text.title}
        rows={rows}
        error={error}
        onRetry={() => void refetch()}
        rowKey={({ id }) => id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={
          <EmptyState icon="image" title={text.emptyTitle} action={create}>
            {text.emptyText}
          </EmptyState>
        }
        {...(mayChange(session) && {
          bulk: [
            {
              label: text.remove,
              icon: 'trash',
              danger: true,
              enabled: (images) => images.every((one) => one.owner === project && !one.protected),
              onRun: remove,
            },
          ],
        })}
      />
      <ShowMeHow operations={[listImages]} />
      {removed.length > 0 && (
        <ConfirmOperations
          title={text.removeTitle(removed.length, removed[0] ? nameOf(removed[0]) : '')}
          action={text.remove}
          names={removed.map(nameOf)}
          operations={removed.map(deleteImage)}
          kinds={['images']}
          done={text.removed(removed.length)}
          onClose={() => remove([])}
        >
          <p>{text.removeText}</p>
        </ConfirmOperations>
      )}
    </div>
  );
}
