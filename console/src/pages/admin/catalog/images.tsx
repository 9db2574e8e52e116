import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery } from '../../../api/queries/identity.ts';
import { imagesQuery, type Image } from '../../../api/queries/image.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Menu } from '../../../parts/menu.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { Ago, useBytes } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { useNames } from '../names.ts';
import { deleteImage, listImages, setVisibility } from './operations.ts';
import { NameLink } from '../../../parts/name-link.tsx';

/** The images of every project. */
export default function AllImagesPage() {
  const { catalog: text, common } = useText();
  const bytes = useBytes();
  const run = useRun();
  const { data, error, refetch } = useQuery(imagesQuery);
  const projects = useNames(projectsQuery);
  const [deleting, setDeleting] = useState<readonly Image[]>([]);
  const [failed, setFailed] = useState<unknown>(null);
  const columns = useMemo<Column<Image>[]>(
    () => [
      {
        id: 'name',
        title: common.name,
        value: (image) => image.name ?? image.id,
        cell: (image) => <NameLink to={`/images/${image.id}`}>{image.name ?? image.id}</NameLink>,
      },
      { id: 'project', title: text.project, value: (image) => projects(image.owner) },
      { id: 'who', title: text.who, value: (image) => text.visibilities[image.visibility] },
      { id: 'status', title: common.status, value: (image) => text.imageStates[image.status] ?? image.status },
      {
        id: 'size',
        title: text.size,
        value: (image) => image.size,
        cell: (image) => (image.size === null ? '' : bytes(image.size)),
        numeric: true,
      },
      { id: 'format', title: text.format, value: (image) => image.disk_format, hidden: true },
      { id: 'id', title: common.id, value: (image) => image.id, hidden: true },
      {
        id: 'created',
        title: common.created,
        value: (image) => image.created_at,
        cell: (image) => <Ago at={image.created_at} />,
      },
    ],
    [text, common, bytes, projects],
  );
  const show = (image: Image, visibility: Image['visibility']) => {
    setFailed(null);
    run(setVisibility(image, visibility), { kinds: ['images'], done: text.done }).catch(setFailed);
  };
  return (
    <Page title={text.images}>
      {failed !== null && <ErrorMessage error={failed} />}
      <Table
        label={text.images}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(image) => image.id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        bulk={[
          {
            label: common.delete,
            icon: 'trash',
            danger: true,
            enabled: (images) => images.every((image) => !image.protected),
            onRun: setDeleting,
          },
        ]}
        actions={(image) => (
          <Menu
            label={`${common.actions}: ${image.name ?? image.id}`}
            entries={[
              image.visibility === 'public'
                ? { label: text.hide, onSelect: () => show(image, 'private') }
                : { label: text.publish, onSelect: () => show(image, 'public') },
              {
                label: common.delete,
                icon: 'trash',
                danger: true,
                disabled: image.protected,
                onSelect: () => setDeleting([image]),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon="image" title={text.noImages}>
            {text.noImagesText}
          </EmptyState>
        }
      />
      <div className="mt-4">
        <ShowMeHow operations={[listImages]} />
      </div>
      <Confirm
        open={deleting.length > 0}
        onClose={() => setDeleting([])}
        title={text.deleteImages(deleting.length)}
        action={text.deleteImages(deleting.length)}
        onConfirm={() => run(deleting.map(deleteImage), { kinds: ['images'], done: text.done })}
      >
        <p>{deleting.map(({ name, id }) => name ?? id).join(', ')}</p>
        <p>{text.deleteImagesText}</p>
      </Confirm>
    </Page>
  );
}
