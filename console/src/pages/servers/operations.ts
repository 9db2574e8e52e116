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

/** What can be done with a server, by the name of it. */
export type ActionName =
  | 'start'
  | 'stop'
  | 'reboot'
  | 'hardReboot'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'shelve'
  | 'unshelve'
  | 'confirm'
  | 'revert'
  | 'unrescue'
  | 'restore'
  | 'image'
  | 'delete';

/** By status; deletion is possible in any, and while it does something only that. */
const POSSIBLE: Record<string, readonly ActionName[]> = {
  ACTIVE: ['stop', 'reboot', 'hardReboot', 'pause', 'suspend', 'shelve', 'image'],
  SHUTOFF: ['start', 'hardReboot', 'shelve', 'image'],
  PAUSED: ['unpause', 'hardReboot', 'image'],
  SUSPENDED: ['resume', 'hardReboot', 'image'],
  SHELVED: ['unshelve'],
  SHELVED_OFFLOADED: ['unshelve'],
  VERIFY_RESIZE: ['confirm', 'revert'],
  RESCUE: ['unrescue'],
  ERROR: ['hardReboot'],
  SOFT_DELETED: ['restore'],
};

/** What makes sense for a server as it is. Pure. */
export function possible(server: Pick<Server, 'status' | 'OS-EXT-STS:task_state' | 'locked'>): ActionName[] {
  if (server.locked) return [];
  if (server['OS-EXT-STS:task_state'] !== null) return ['delete'];
  return [...(POSSIBLE[server.status] ?? []), 'delete'];
}

/** The operation of an action that needs nothing more to be said. Pure. */
export function operationOf(name: Exclude<ActionName, 'image'>, server: Subject): Operation {
  const makers: Record<typeof name, (server: Subject) => Operation> = {
    ...{ start: startServer, stop: stopServer, pause: pauseServer, unpause: unpauseServer },
    reboot: (one) => rebootServer(one, 'SOFT'),
    hardReboot: (one) => rebootServer(one, 'HARD'),
    ...{ suspend: suspendServer, resume: resumeServer, shelve: shelveServer, unshelve: unshelveServer },
    ...{ confirm: confirmResize, revert: revertResize, unrescue: unrescueServer, restore: restoreServer },
    delete: deleteServer,
  };
  return makers[name](server);
}
