import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery } from '../../../api/queries/identity.ts';
import { imagesQuery, type Image } from '../../../api/queries/image.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { createdColumn, nameColumn } from '../../../parts/table/columns.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useBytes } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { useNames } from '../names.ts';
import { deleteImage, listImages, setVisibility } from './operations.ts';

/** The images of every project. */
export default function AllImagesPage() {
  const { catalog: text, common } = useText();
  const bytes = useBytes();
  const run = useRun();
  const projects = useNames(projectsQuery);
  const [failed, setFailed] = useState<unknown>(null);
  const columns = useMemo<Column<Image>[]>(
    () => [
      nameColumn(common, '/images'),
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
      createdColumn(common),
    ],
    [text, common, bytes, projects],
  );
  const show = (image: Image, visibility: Image['visibility']) => {
    setFailed(null);
    run(setVisibility(image, visibility), { kinds: ['images'], done: text.done }).catch(setFailed);
  };
  return (
    <Page title={text.images}>
      <ResourceList<Image>
        label={text.images}
        query={useQuery(imagesQuery)}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={{ icon: 'image', title: text.noImages, text: text.noImagesText }}
        how={listImages}
        failed={failed}
        menu={(image) => [
          image.visibility === 'public'
            ? { label: text.hide, onSelect: () => show(image, 'private') }
            : { label: text.publish, onSelect: () => show(image, 'public') },
        ]}
        removal={{
          words: text.imageRemoval,
          operation: deleteImage,
          kinds: ['images'],
          possible: (image) => !image.protected,
        }}
      />
    </Page>
  );
}
