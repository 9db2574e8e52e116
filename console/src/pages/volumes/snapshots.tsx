import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { snapshotsQuery, volumesQuery, type Snapshot } from '../../api/queries/volume.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { nameIn, nameOf } from '../../parts/format.ts';
import { createdColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { CreateVolume } from './create-volume.tsx';
import { canRevert } from './judge.ts';
import { deleteSnapshot, listSnapshots, revertVolume } from './operations.ts';
import { VolumeStatus } from './volume-status.tsx';

type Asked = { what: 'revert' | 'create'; snapshot: Snapshot };

/** Snapshots: of one volume, or of all. */
export function Snapshots({ volumeId }: { volumeId?: string }) {
  const { volumes: text, common } = useText();
  const may = mayChange(useSession());
  const query = useQuery(snapshotsQuery);
  const volumes = useQuery(volumesQuery).data;
  const [asked, ask] = useState<Asked | null>(null);
  const rows = useMemo(
    () => query.data?.filter(({ volume_id: of }) => volumeId === undefined || of === volumeId),
    [query.data, volumeId],
  );
  const columns = useMemo<Column<Snapshot>[]>(() => {
    const all: Column<Snapshot>[] = [
      { id: 'name', title: common.name, value: nameOf },
      {
        id: 'status',
        title: common.status,
        value: (one) => text.statuses[one.status] ?? one.status,
        cell: (one) => <VolumeStatus status={one.status} />,
      },
      {
        id: 'volume',
        title: text.volume,
        value: (one) => nameIn(volumes, one.volume_id),
        cell: (one) => (
          <Link to={`/volumes/${one.volume_id}`} className="text-accent hover:underline">
            {nameIn(volumes, one.volume_id)}
          </Link>
        ),
      },
      {
        id: 'size',
        title: text.size,
        value: (one) => one.size,
        cell: (one) => <Bytes bytes={one.size * 2 ** 30} />,
        numeric: true,
      },
      createdColumn(common),
    ];
    return volumeId === undefined ? all : all.filter(({ id }) => id !== 'volume');
  }, [text, common, volumes, volumeId]);
  return (
    <>
      <ResourceList<Snapshot>
        name="snapshots-"
        label={text.tabs.snapshots}
        query={query}
        rows={rows}
        columns={columns}
        sort={{ id: 'created', desc: true }}
        searchable={volumeId === undefined}
        empty={{ icon: 'camera', title: text.snapshotsEmptyTitle, text: text.snapshotsEmptyText }}
        {...(volumeId === undefined && { how: listSnapshots })}
        {...(may && {
          menu: (snapshot) => [
            { label: text.fromSnapshot, icon: 'plus', onSelect: () => ask({ what: 'create', snapshot }) },
            {
              label: text.revert,
              icon: 'refresh',
              disabled: !canRevert(
                volumes?.find(({ id }) => id === snapshot.volume_id),
                snapshot,
                query.data ?? [],
              ),
              onSelect: () => ask({ what: 'revert', snapshot }),
            },
          ],
          removal: { words: text.snapshotRemoval, operation: deleteSnapshot, kinds: ['snapshots', 'quotas'] },
        })}
      />
      {asked?.what === 'revert' && (
        <ConfirmOperations
          title={text.revertTitle(nameOf(asked.snapshot))}
          action={text.revert}
          operations={[revertVolume(asked.snapshot.volume_id, asked.snapshot)]}
          kinds={['volumes', 'snapshots']}
          done={text.reverted(nameOf(asked.snapshot))}
          onClose={() => ask(null)}
        >
          <p>{text.revertText(nameIn(volumes, asked.snapshot.volume_id))}</p>
        </ConfirmOperations>
      )}
      {asked?.what === 'create' && <CreateVolume snapshot={asked.snapshot.id} onClose={() => ask(null)} />}
    </>
  );
}
