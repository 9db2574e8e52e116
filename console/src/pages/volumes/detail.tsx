import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { serversQuery } from '../../api/queries/compute.ts';
import { volumeQuery, type Volume } from '../../api/queries/volume.ts';
import { Facts, Page, Section } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { nameOf } from '../../parts/format.ts';
import { Icon } from '../../parts/icons.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { Bytes, DateTime } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { Backups } from './backups.tsx';
import { showVolume } from './operations.ts';
import { Snapshots } from './snapshots.tsx';
import { VolumeActions } from './volume-actions.tsx';
import { VolumeStatus } from './volume-status.tsx';
import { Awaited } from '../../parts/awaited.tsx';

export default function VolumePage() {
  const { volumes: text, backups, common } = useText();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const { data: volume, error, refetch } = useQuery(volumeQuery(id));
  const up = { to: '/volumes', label: text.title };
  if (error !== null || volume === undefined) {
    return (
      <Page title={text.volume} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={nameOf(volume)}
      up={up}
      badge={<VolumeStatus status={volume.status} />}
      actions={
        <VolumeActions
          volume={volume}
          onRemoved={() => void navigate('/volumes')}
          trigger={
            <Button>
              {common.actions}
              <Icon name="down" className="size-4" />
            </Button>
          }
        />
      }
    >
      <div className="mb-6">
        <VolumeFacts volume={volume} />
      </div>
      <Section title={text.snapshotsOf}>
        <Snapshots volumeId={id} />
      </Section>
      <Section title={backups.ofVolume}>
        <Backups volumeId={id} />
      </Section>
      <ShowMeHow operations={[showVolume(id)]} />
    </Page>
  );
}

function VolumeFacts({ volume }: { volume: Volume }) {
  const { volumes: text, common } = useText();
  const servers = useQuery(serversQuery).data;
  const source = volume.volume_image_metadata?.image_name ?? volume.snapshot_id ?? volume.source_volid;
  return (
    <Facts
      facts={[
        [common.id, <CopyText key="id" text={volume.id} />],
        ...(volume.description === null || volume.description === ''
          ? []
          : [[common.description, volume.description] as const]),
        [text.size, <Bytes key="size" bytes={volume.size * 2 ** 30} />],
        [
          text.attachedTo,
          volume.attachments.length === 0
            ? text.notAttached
            : volume.attachments.map(({ server_id: server, device }) => (
                <span key={server} className="mr-3">
                  <Link to={`/servers/${server}`} className="text-accent underline">
                    {servers?.find((one) => one.id === server)?.name ?? server}
                  </Link>
                  {device !== null && <span className="ml-1 text-muted">{device}</span>}
                </span>
              )),
        ],
        [text.bootable, volume.bootable === 'true' ? common.yes : common.no],
        ...(source === null ? [] : [[text.source, source] as const]),
        [text.type, volume.volume_type ?? common.none],
        [common.created, <DateTime key="created" at={volume.created_at} />],
      ]}
    />
  );
}
