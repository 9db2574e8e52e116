import type { Server } from '../../api/queries/compute.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';

type Subject = Pick<Server, 'id' | 'name'>;

/** An action of Nova: https://docs.openstack.org/api-ref/compute/#servers-run-an-action-servers-action */
function action({ id }: Subject, body: Record<string, unknown>, command: readonly string[] | null): Operation {
  return {
    request: request('POST /compute/v2.1/servers/{server_id}/action', { path: { server_id: id }, body }),
    command,
  };
}

export const startServer = (server: Subject): Operation =>
  action(server, { 'os-start': null }, openstack('server', 'start', server.name));
export const stopServer = (server: Subject): Operation =>
  action(server, { 'os-stop': null }, openstack('server', 'stop', server.name));
export const rebootServer = (server: Subject, type: 'SOFT' | 'HARD'): Operation =>
  action(server, { reboot: { type } }, openstack('server', 'reboot', type === 'HARD' && '--hard', server.name));
export const pauseServer = (server: Subject): Operation =>
  action(server, { pause: null }, openstack('server', 'pause', server.name));
export const unpauseServer = (server: Subject): Operation =>
  action(server, { unpause: null }, openstack('server', 'unpause', server.name));
export const suspendServer = (server: Subject): Operation =>
  action(server, { suspend: null }, openstack('server', 'suspend', server.name));
export const resumeServer = (server: Subject): Operation =>
  action(server, { resume: null }, openstack('server', 'resume', server.name));
export const shelveServer = (server: Subject): Operation =>
  action(server, { shelve: null }, openstack('server', 'shelve', server.name));
export const unshelveServer = (server: Subject): Operation =>
  action(server, { unshelve: null }, openstack('server', 'unshelve', server.name));
export const confirmResize = (server: Subject): Operation =>
  action(server, { confirmResize: null }, openstack('server', 'resize', 'confirm', server.name));
export const revertResize = (server: Subject): Operation =>
  action(server, { revertResize: null }, openstack('server', 'resize', 'revert', server.name));
export const restoreServer = (server: Subject): Operation =>
  action(server, { restore: null }, openstack('server', 'restore', server.id));
export const unrescueServer = (server: Subject): Operation =>
  action(server, { unrescue: null }, openstack('server', 'unrescue', server.name));
export const imageServer = (server: Subject, name: string): Operation =>
  action(server, { createImage: { name } }, openstack('server', 'image', 'create', ['--name', name], server.name));
export const serverLog = (server: Subject, length: number): Operation =>
  action(
    server,
    { 'os-getConsoleOutput': { length } },
    openstack('console', 'log', 'show', ['--lines', String(length)], server.name),
  );

export const deleteServer = (server: Subject): Operation => ({
  request: request('DELETE /compute/v2.1/servers/{server_id}', { path: { server_id: server.id } }),
  command: openstack('server', 'delete', server.name),
});

export const serverScreen = (server: Subject): Operation => ({
  request: request('POST /compute/v2.1/servers/{server_id}/remote-consoles', {
    path: { server_id: server.id },
    body: { remote_console: { protocol: 'vnc', type: 'novnc' } },
  }),
  command: openstack('console', 'url', 'show', '--novnc', server.name),
});

export const attachVolume = (server: Subject, volume: { id: string; name: string | null }): Operation => ({
  request: request('POST /compute/v2.1/servers/{server_id}/os-volume_attachments', {
    path: { server_id: server.id },
    body: { volumeAttachment: { volumeId: volume.id } },
  }),
  command: openstack('server', 'add', 'volume', server.name, volume.name || volume.id),
});

export const detachVolume = (server: Subject, volume: { id: string; name: string | null }): Operation => ({
  request: request('DELETE /compute/v2.1/servers/{server_id}/os-volume_attachments/{volume_id}', {
    path: { server_id: server.id, volume_id: volume.id },
  }),
  command: openstack('server', 'remove', 'volume', server.name, volume.name || volume.id),
});

/** `flavor`: the new size. It is kept or given up by `confirmResize` or `revertResize`. */
export const resizeServer = (server: Subject, flavor: Subject): Operation =>
  action(
    server,
    { resize: { flavorRef: flavor.id } },
    openstack('server', 'resize', ['--flavor', flavor.name], server.name),
  );

/** Without a key pair it keeps the one it has. */
export const rebuildServer = (server: Subject, image: Subject, keyName: string | null): Operation =>
  action(
    server,
    { rebuild: { imageRef: image.id, ...(keyName !== null && { key_name: keyName }) } },
    openstack('server', 'rebuild', ['--image', image.name], keyName !== null && ['--key-name', keyName], server.name),
  );

/** Without an image it starts from the one it was made of. */
export const rescueServer = (server: Subject, image: Subject | null): Operation =>
  action(
    server,
    { rescue: image && { rescue_image_ref: image.id } },
    openstack('server', 'rescue', image && ['--image', image.name], server.name),
  );

export const changePassword = (server: Subject, password: string): Operation =>
  action(
    server,
    { changePassword: { adminPass: password } },
    openstack('server', 'set', ['--password', password], server.name),
  );

export const lockServer = (server: Subject, reason: string): Operation =>
  action(
    server,
    { lock: reason === '' ? null : { locked_reason: reason } },
    openstack('server', 'lock', reason !== '' && ['--reason', reason], server.name),
  );
export const unlockServer = (server: Subject): Operation =>
  action(server, { unlock: null }, openstack('server', 'unlock', server.name));

/** One that could be restored goes for good. */
export const forceDeleteServer = (server: Subject): Operation =>
  action(server, { forceDelete: null }, openstack('server', 'delete', '--force', server.id));

/** `description` null takes it away. */
export const renameServer = (server: Subject, changed: { name: string; description: string | null }): Operation => ({
  request: request('PUT /compute/v2.1/servers/{server_id}', {
    path: { server_id: server.id },
    body: { server: changed },
  }),
  command: openstack(
    'server',
    'set',
    ['--name', changed.name],
    ['--description', changed.description ?? ''],
    server.name,
  ),
});

interface Labels {
  metadata: Readonly<Record<string, string>>;
  tags: readonly string[];
}

/** What leads from some properties and tags to others: only what differs is sent, so that others' changes stay. */
export function relabelServer(server: Subject & Labels, { metadata, tags }: Labels): Operation[] {
  const { id, name } = server;
  const set = Object.entries(metadata).filter(([key, value]) => server.metadata[key] !== value);
  const unset = Object.keys(server.metadata).filter((key) => !Object.hasOwn(metadata, key));
  const added = tags.filter((tag) => !server.tags.includes(tag));
  const removed = server.tags.filter((tag) => !tags.includes(tag));
  return [
    ...(set.length === 0 ? [] : [setProperties(server, Object.fromEntries(set))]),
    ...unset.map((key) => ({
      request: request('DELETE /compute/v2.1/servers/{server_id}/metadata/{key}', { path: { server_id: id, key } }),
      command: openstack('server', 'unset', ['--property', key], name),
    })),
    ...added.map((tag) => ({
      request: request('PUT /compute/v2.1/servers/{server_id}/tags/{tag}', { path: { server_id: id, tag } }),
      command: openstack('server', 'set', ['--tag', tag], name),
    })),
    ...removed.map((tag) => ({
      request: request('DELETE /compute/v2.1/servers/{server_id}/tags/{tag}', { path: { server_id: id, tag } }),
      command: openstack('server', 'unset', ['--tag', tag], name),
    })),
  ];
}

const setProperties = (server: Subject, metadata: Record<string, string>): Operation => ({
  request: request('POST /compute/v2.1/servers/{server_id}/metadata', {
    path: { server_id: server.id },
    body: { metadata },
  }),
  command: openstack(
    'server',
    'set',
    ...Object.entries(metadata).map(([key, value]) => ['--property', `${key}=${value}`]),
    server.name,
  ),
});

/** A card more: on a network, with an address of one's own choice or any; or a port that is there. */
export type Plug = { network: Subject; address: string } | { port: { id: string; name: string } };

export function attachInterface(server: Subject, plug: Plug): Operation {
  const asked =
    'port' in plug
      ? { port_id: plug.port.id }
      : { net_id: plug.network.id, ...(plug.address !== '' && { fixed_ips: [{ ip_address: plug.address }] }) };
  return {
    request: request('POST /compute/v2.1/servers/{server_id}/os-interface', {
      path: { server_id: server.id },
      body: { interfaceAttachment: asked },
    }),
    command:
      'port' in plug
        ? openstack('server', 'add', 'port', server.name, plug.port.name || plug.port.id)
        : plug.address === ''
          ? openstack('server', 'add', 'network', server.name, plug.network.name)
          : openstack(
              'server',
              'add',
              'fixed',
              'ip',
              ['--fixed-ip-address', plug.address],
              server.name,
              plug.network.name,
            ),
  };
}

/** A port that was made for the server goes with it; one that was brought stays. */
export const detachInterface = (server: Subject, port: { id: string }): Operation => ({
  request: request('DELETE /compute/v2.1/servers/{server_id}/os-interface/{port_id}', {
    path: { server_id: server.id, port_id: port.id },
  }),
  command: openstack('server', 'remove', 'port', server.name, port.id),
});
