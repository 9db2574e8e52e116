import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { ApiFault } from '../../../api/fault.ts';
import { serverQuery, type Server } from '../../../api/queries/compute.ts';
import { imagesQuery } from '../../../api/queries/image.ts';
import { request } from '../../../api/request.ts';
import { openstack } from '../../../how/operation.ts';
import { Facts, Page, Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { Icon } from '../../../parts/icons.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { Tabs } from '../../../parts/tabs.tsx';
import { Ago, useBytes } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { ServerMenu, useServerActions } from '../actions/menu.tsx';
import { ServerStatus } from '../status.tsx';
import { HistoryTab } from './history.tsx';
import { InterfacesTab } from './interfaces.tsx';
import { Notice } from './notice.tsx';
import { LogTab } from './log.tsx';
import { GetIn, Made } from './made.tsx';
import { ScreenTab } from './screen.tsx';
import { VolumesTab } from './volumes.tsx';
import { Awaited } from '../../../parts/awaited.tsx';

export default function ServerPage() {
  const { id = '' } = useParams();
  const { servers } = useText();
  const { data: server, error, refetch } = useQuery(serverQuery(id));
  const gone = error instanceof ApiFault && error.status === 404;
  const up = { to: '/servers', label: servers.title };
  if (server === undefined || gone) {
    return (
      <Page title={servers.title} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return <ServerView server={server} up={up} />;
}

function ServerView({ server, up }: { server: Server; up: { to: string; label: string } }) {
  const { serverDetail: text, common } = useText();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const { begin, windows } = useServerActions(() => void navigate('/servers'));
  return (
    <Page
      title={server.name}
      up={up}
      badge={<ServerStatus server={server} />}
      actions={
        <ServerMenu
          server={server}
          begin={begin}
          trigger={
            <Button>
              {common.actions}
              <Icon name="down" className="size-4" />
            </Button>
          }
        />
      }
    >
      {windows}
      {server.status === 'ERROR' && (
        <p role="alert" className="mb-4 rounded-lg bg-danger-soft p-4 text-sm text-danger">
          {text.broken} {server.fault?.message}
        </p>
      )}
      <Notice server={server} begin={begin} />
      {params.has('made') ? (
        <Made server={server} />
      ) : (
        <Tabs
          label={server.name}
          tabs={[
            { id: 'overview', label: text.overview, content: () => <Overview server={server} /> },
            { id: 'screen', label: text.screen, content: () => <ScreenTab server={server} /> },
            { id: 'log', label: text.log, content: () => <LogTab server={server} /> },
            { id: 'volumes', label: text.volumes, content: () => <VolumesTab server={server} /> },
            { id: 'interfaces', label: text.interfaces, content: () => <InterfacesTab server={server} /> },
            { id: 'history', label: text.history, content: () => <HistoryTab server={server} /> },
          ]}
        />
      )}
    </Page>
  );
}

function Overview({ server }: { server: Server }) {
  const { serverDetail: text, servers, serverActions, common, newServer } = useText();
  const bytes = useBytes();
  const { data: images } = useQuery(imagesQuery);
  const { flavor } = server;
  const image = images?.find(({ id }) => server.image !== '' && id === server.image.id);
  const addresses = Object.entries(server.addresses);
  const properties = Object.entries(server.metadata);
  return (
    <div className="grid gap-6 lg:grid-cols-[3fr_2fr]">
      <Section title={text.about}>
        <Facts
          facts={[
            [
              servers.address,
              addresses.length === 0
                ? common.none
                : addresses.map(([network, all]) => (
                    <span key={network} className="block">
                      <span className="text-muted">{network}:</span>{' '}
                      {all.map(({ addr }) => (
                        <CopyText key={addr} text={addr} />
                      ))}
                    </span>
                  )),
            ],
            [
              servers.flavor,
              `${flavor.original_name}: ${newServer.sizeFacts(flavor.vcpus, bytes(flavor.ram * 2 ** 20), bytes(flavor.disk * 2 ** 30))}`,
            ],
            [servers.image, server.image === '' ? text.fromVolume : (image?.name ?? server.image.id)],
            [servers.key, server.key_name ?? common.none],
            [servers.zone, server['OS-EXT-AZ:availability_zone'] || common.none],
            ...(server.description ? [[common.description, server.description] as const] : []),
            ...(server.tags.length > 0 ? [[serverActions.tags, server.tags.join(', ')] as const] : []),
            ...(properties.length > 0
              ? [
                  [
                    serverActions.properties,
                    properties.map(([name, value]) => <Property key={name} {...{ name, value }} />),
                  ] as const,
                ]
              : []),
            [servers.created, <Ago key="created" at={server.created} />],
            [common.id, <CopyText key="id" text={server.id} />],
          ]}
        />
      </Section>
      <div className="space-y-6">
        {server.status === 'ACTIVE' && <GetIn server={server} />}
        <ShowMeHow
          operations={[
            {
              request: request('GET /compute/v2.1/servers/{server_id}', { path: { server_id: server.id } }),
              command: openstack('server', 'show', server.name),
            },
          ]}
        />
      </div>
    </div>
  );
}

function Property({ name, value }: { name: string; value: string }) {
  return (
    <span className="block break-words">
      <span className="text-muted">{name}:</span> {value}
    </span>
  );
}
