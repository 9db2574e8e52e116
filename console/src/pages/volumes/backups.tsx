import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { backupsQuery, volumesQuery, type Backup } from '../../api/queries/volume.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { nameIn, nameOf } from '../../parts/format.ts';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { Ago, Bytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { deleteBackup, listBackups } from './backup-operations.ts';
import { RestoreBackup } from './backup-dialogs.tsx';
import { VolumeStatus } from './volume-status.tsx';

/** Backups: of one volume, or of all, those that are gone among them. */
export function Backups({ volumeId }: { volumeId?: string }) {
  const { backups: text, volumes: volumeText, common } = useText();
  const may = mayChange(useSession());
  const query = useQuery(backupsQuery);
  const volumes = useQuery(volumesQuery).data;
  const [restored, restore] = useState<Backup | null>(null);
  const rows = useMemo(
    () => query.data?.filter(({ volume_id: of }) => volumeId === undefined || of === volumeId),
    [query.data, volumeId],
  );
  const columns = useMemo<Column<Backup>[]>(() => {
    const exists = (id: string) => volumes?.some((one) => one.id === id) === true;
    const all: Column<Backup>[] = [
      { id: 'name', title: common.name, value: nameOf },
      {
        id: 'status',
        title: common.status,
        value: ({ status }) => text.statuses[status] ?? status,
        cell: ({ status, fail_reason: reason }) => (
          <span title={reason ?? undefined}>
            <VolumeStatus status={status} words={text.statuses[status]} />
          </span>
        ),
      },
      {
        id: 'volume',
        title: volumeText.volume,
        value: ({ volume_id: of }) => (exists(of) ? nameIn(volumes, of) : text.volumeGone),
        cell: ({ volume_id: of }) =>
          exists(of) ? (
            <Link to={`/volumes/${of}`} className="text-accent hover:underline">
              {nameIn(volumes, of)}
            </Link>
          ) : (
            <span className="text-muted">{text.volumeGone}</span>
          ),
      },
      {
        id: 'size',
        title: volumeText.size,
        value: ({ size }) => size,
        cell: ({ size }) => <Bytes bytes={size * 2 ** 30} />,
        numeric: true,
      },
      {
        id: 'of',
        title: text.asOf,
        value: ({ data_timestamp: at }) => at,
        cell: ({ data_timestamp: at }) => <Ago at={at} />,
      },
    ];
    return volumeId === undefined ? all : all.filter(({ id }) => id !== 'volume');
  }, [text, volumeText, common, volumes, volumeId]);
  return (
    <>
      <ResourceList<Backup>
        name="backups-"
        label={text.title}
        query={query}
        rows={rows}
        columns={columns}
        sort={{ id: 'of', desc: true }}
        searchable={volumeId === undefined}
        empty={{ icon: 'volume', title: text.emptyTitle, text: text.emptyText }}
        {...(volumeId === undefined && { how: listBackups })}
        {...(may && {
          menu: (backup) => [
            {
              label: text.restore,
              icon: 'refresh',
              disabled: backup.status !== 'available',
              onSelect: () => restore(backup),
            },
          ],
          removal: {
            words: text.removal,
            operation: deleteBackup,
            kinds: ['backups', 'quotas'],
            possible: ({ status }) => status === 'available' || status === 'error',
          },
        })}
      />
      {restored && <RestoreBackup backup={restored} onClose={() => restore(null)} />}
    </>
  );
}
