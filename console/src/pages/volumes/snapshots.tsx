import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { snapshotsQuery, volumesQuery, type Snapshot } from '../../api/queries/volume.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { nameOf } from '../../parts/format.ts';
import { Menu } from '../../parts/menu.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { Ago, Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { CreateVolume } from './create-volume.tsx';
import { canRevert } from './judge.ts';
import { deleteSnapshot, listSnapshots, revertVolume } from './operations.ts';
import { VolumeStatus } from './volume-status.tsx';

type Asked = { what: 'remove'; snapshots: readonly Snapshot[] } | { what: 'revert' | 'create'; snapshot: Snapshot };

/** Snapshots: of one volume, or of all. */
export function Snapshots({ volumeId }: { volumeId?: string }) {
  const { volumes: text, common } = useText();
  const may = mayChange(useSession());
  const { data, error, refetch } = useQuery(snapshotsQuery);
  const volumes = useQuery(volumesQuery).data;
  const [asked, ask] = useState<Asked | null>(null);
  const rows = useMemo(
    () => (volumeId === undefined ? data : data?.filter(({ volume_id: of }) => of === volumeId)),
    [data, volumeId],
  );
  const columns = useMemo<Column<Snapshot>[]>(() => {
    const volumeOf = (one: Snapshot) => volumes?.find(({ id }) => id === one.volume_id);
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
        value: (one) => nameOf(volumeOf(one) ?? { id: one.volume_id, name: null }),
        cell: (one) => (
          <Link to={`/volumes/${one.volume_id}`} className="text-accent hover:underline">
            {nameOf(volumeOf(one) ?? { id: one.volume_id, name: null })}
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
      {
        id: 'created',
        title: common.created,
        value: (one) => one.created_at,
        cell: (one) => <Ago at={one.created_at} />,
      },
    ];
    return volumeId === undefined ? all : all.filter(({ id }) => id !== 'volume');
  }, [text, common, volumes, volumeId]);
  return (
    <>
      <Table<Snapshot>
        name="snapshots-"
        label={text.tabs.snapshots}
        rows={rows}
        error={error}
        onRetry={() => void refetch()}
        rowKey={({ id }) => id}
        columns={columns}
        sort={{ id: 'created', desc: true }}
        searchable={volumeId === undefined}
        empty={
          <EmptyState icon="camera" title={text.snapshotsEmptyTitle}>
            {text.snapshotsEmptyText}
          </EmptyState>
        }
        {...(may && {
          bulk: [
            {
              label: text.remove,
              icon: 'trash',
              danger: true,
              onRun: (snapshots) => ask({ what: 'remove', snapshots }),
            },
          ],
          actions: (snapshot) => (
            <Menu
              label={`${common.actions}: ${nameOf(snapshot)}`}
              entries={[
                { label: text.fromSnapshot, icon: 'plus', onSelect: () => ask({ what: 'create', snapshot }) },
                {
                  label: text.revert,
                  icon: 'refresh',
                  disabled: !canRevert(
                    volumes?.find(({ id }) => id === snapshot.volume_id),
                    snapshot,
                    data ?? [],
                  ),
                  onSelect: () => ask({ what: 'revert', snapshot }),
                },
                'line',
                {
                  label: text.remove,
                  icon: 'trash',
                  danger: true,
                  onSelect: () => ask({ what: 'remove', snapshots: [snapshot] }),
                },
              ]}
            />
          ),
        })}
      />
      {volumeId === undefined && (
        <div className="mt-6">
          <ShowMeHow operations={[listSnapshots]} />
        </div>
      )}
      {asked?.what === 'remove' && (
        <ConfirmOperations
          title={text.removeSnapshotTitle(asked.snapshots.length, asked.snapshots[0] ? nameOf(asked.snapshots[0]) : '')}
          action={text.remove}
          names={asked.snapshots.map(nameOf)}
          operations={asked.snapshots.map(deleteSnapshot)}
          kinds={['snapshots', 'quotas']}
          done={text.removedSnapshots(asked.snapshots.length)}
          onClose={() => ask(null)}
        >
          <p>{text.removeSnapshotText}</p>
        </ConfirmOperations>
      )}
      {asked?.what === 'revert' && (
        <ConfirmOperations
          title={text.revertTitle(nameOf(asked.snapshot))}
          action={text.revert}
          operations={[revertVolume(asked.snapshot.volume_id, asked.snapshot)]}
          kinds={['volumes', 'snapshots']}
          done={text.reverted(nameOf(asked.snapshot))}
          onClose={() => ask(null)}
        >
          <p>
            {text.revertText(
              nameOf(
                volumes?.find(({ id }) => id === asked.snapshot.volume_id) ?? {
                  id: asked.snapshot.volume_id,
                  name: null,
                },
              ),
            )}
          </p>
        </ConfirmOperations>
      )}
      {asked?.what === 'create' && <CreateVolume snapshot={asked.snapshot.id} onClose={() => ask(null)} />}
    </>
  );
}
