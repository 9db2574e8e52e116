import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { offeredImagesQuery, type Image } from '../../api/queries/image.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { nameOf } from '../../parts/format.ts';
import { createdColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { answerOffer } from './operations.ts';

/** Images of other projects that wait for this one to accept them. */
export function Offered() {
  const { images: text, common } = useText();
  const session = useSession();
  const project = session.token.project?.id ?? '';
  const query = useQuery(offeredImagesQuery);
  const [asked, ask] = useState<{ image: Image; status: 'accepted' | 'rejected' } | null>(null);
  const rows = useMemo(() => query.data?.filter(({ owner }) => owner !== project), [query.data, project]);
  const columns = useMemo<Column<Image>[]>(
    () => [
      { id: 'name', title: common.name, value: nameOf },
      {
        id: 'size',
        title: text.size,
        value: ({ size }) => size,
        cell: ({ size }) => size !== null && <Bytes bytes={size} />,
        numeric: true,
      },
      createdColumn(common),
    ],
    [text, common],
  );
  return (
    <>
      <ResourceList<Image>
        name="offered-"
        label={text.tabs.offered}
        query={query}
        rows={rows}
        columns={columns}
        searchable={false}
        empty={{
          icon: 'image',
          title: text.offeredEmptyTitle,
          text: text.offeredEmptyText,
          action: <CopyText text={project} />,
        }}
        {...(mayChange(session) && {
          actions: (image) => (
            <span className="flex justify-end gap-1 whitespace-nowrap">
              <Button
                look="quiet"
                aria-label={`${text.accept}: ${nameOf(image)}`}
                onClick={() => ask({ image, status: 'accepted' })}
              >
                {text.accept}
              </Button>
              <Button
                look="quiet"
                aria-label={`${text.decline}: ${nameOf(image)}`}
                onClick={() => ask({ image, status: 'rejected' })}
              >
                {text.decline}
              </Button>
            </span>
          ),
        })}
      />
      {asked !== null && (
        <ConfirmOperations
          title={`${asked.status === 'accepted' ? text.accept : text.decline}: ${nameOf(asked.image)}`}
          action={asked.status === 'accepted' ? text.accept : text.decline}
          danger={asked.status === 'rejected'}
          operations={[answerOffer(asked.image, project, asked.status)]}
          kinds={['images']}
          done={(asked.status === 'accepted' ? text.accepted : text.declined)(nameOf(asked.image))}
          onClose={() => ask(null)}
        />
      )}
    </>
  );
}
