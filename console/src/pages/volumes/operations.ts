import type { Snapshot, Transfer, Volume } from '../../api/queries/volume.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';
import { nameOf } from '../../parts/format.ts';
import type { Removal } from '../../parts/remove.tsx';

type Named = Pick<Volume, 'id' | 'name'>;

export const listVolumes: Operation = {
  request: request('GET /volume/v3/volumes/detail', {}),
  command: openstack('volume', 'list'),
};
export const listSnapshots: Operation = {
  request: request('GET /volume/v3/snapshots/detail', {}),
  command: openstack('volume', 'snapshot', 'list'),
};
export const showVolume = (id: string): Operation => ({
  request: request('GET /volume/v3/volumes/{volume_id}', { path: { volume_id: id } }),
  command: openstack('volume', 'show', id),
});

/** What a new volume holds at first. */
export type Source = 'empty' | 'image' | 'snapshot' | 'volume';

const SOURCE_MEMBERS = { image: 'imageRef', snapshot: 'snapshot_id', volume: 'source_volid' } as const;
const SOURCE_OPTIONS = { image: '--image', snapshot: '--snapshot', volume: '--source' } as const;

/** `size` in GiB. `from` is the id of the source, when it has one. */
export function createVolume({
  name,
  size,
  source,
  from,
}: {
  name: string;
  size: number;
  source: Source;
  from: string;
}): Operation {
  return {
    request: request('POST /volume/v3/volumes', {
      body: { volume: { name, size, ...(source !== 'empty' && { [SOURCE_MEMBERS[source]]: from }) } },
    }),
    command: openstack(
      'volume',
      'create',
      ['--size', String(size)],
      source !== 'empty' && [SOURCE_OPTIONS[source], from],
      name,
    ),
  };
}

export const deleteVolume = (volume: Named): Operation => ({
  request: request('DELETE /volume/v3/volumes/{volume_id}', { path: { volume_id: volume.id } }),
  command: openstack('volume', 'delete', nameOf(volume)),
});

export const volumeRemoval: Omit<Removal<Named>, 'words'> = { operation: deleteVolume, kinds: ['volumes', 'quotas'] };

export const renameVolume = (volume: Named, changed: { name: string; description: string }): Operation => ({
  request: request('PUT /volume/v3/volumes/{volume_id}', {
    path: { volume_id: volume.id },
    body: { volume: changed },
  }),
  command: openstack('volume', 'set', ['--name', changed.name], ['--description', changed.description], nameOf(volume)),
});

const act = (volume: Named, body: Parameters<typeof volumeAction>[1]) => volumeAction(volume.id, body);
function volumeAction(
  id: string,
  body: {
    'os-extend'?: { new_size: number };
    revert?: { snapshot_id: string };
    'os-volume_upload_image'?: { image_name: string; disk_format: string; force: boolean };
  },
) {
  return request('POST /volume/v3/volumes/{id}/action', { path: { id }, body });
}

/** `size` in GiB, larger than it is. */
export const extendVolume = (volume: Named, size: number): Operation => ({
  request: act(volume, { 'os-extend': { new_size: size } }),
  command: openstack('volume', 'set', ['--size', String(size)], nameOf(volume)),
});

export const attachVolume = (volume: Named, server: { id: string; name: string }): Operation => ({
  request: request('POST /compute/v2.1/servers/{server_id}/os-volume_attachments', {
    path: { server_id: server.id },
    body: { volumeAttachment: { volumeId: volume.id } },
  }),
  command: openstack('server', 'add', 'volume', server.name, nameOf(volume)),
});

export const detachVolume = (volume: Named, server: { id: string; name: string }): Operation => ({
  request: request('DELETE /compute/v2.1/servers/{server_id}/os-volume_attachments/{volume_id}', {
    path: { server_id: server.id, volume_id: volume.id },
  }),
  command: openstack('server', 'remove', 'volume', server.name, nameOf(volume)),
});

export const createSnapshot = (volume: Named, name: string): Operation => ({
  request: request('POST /volume/v3/snapshots', { body: { snapshot: { volume_id: volume.id, name } } }),
  command: openstack('volume', 'snapshot', 'create', ['--volume', nameOf(volume)], name),
});

export const deleteSnapshot = (snapshot: Pick<Snapshot, 'id' | 'name'>): Operation => ({
  request: request('DELETE /volume/v3/snapshots/{snapshot_id}', { path: { snapshot_id: snapshot.id } }),
  command: openstack('volume', 'snapshot', 'delete', nameOf(snapshot)),
});

/** The volume as it was then; only the newest snapshot can be gone back to. */
export const revertVolume = (volumeId: string, snapshot: Pick<Snapshot, 'id' | 'name'>): Operation => ({
  request: volumeAction(volumeId, { revert: { snapshot_id: snapshot.id } }),
  command: openstack('volume', 'revert', nameOf(snapshot)),
});

/** An image that servers can be made from, of a volume's content. */
export const imageOfVolume = (volume: Pick<Volume, 'id' | 'name' | 'status'>, name: string): Operation => ({
  request: act(volume, {
    'os-volume_upload_image': { image_name: name, disk_format: 'qcow2', force: volume.status === 'in-use' },
  }),
  command: openstack(
    'image',
    'create',
    ['--volume', nameOf(volume)],
    ['--disk-format', 'qcow2'],
    volume.status === 'in-use' && '--force',
    name,
  ),
});

export const offerVolume = (volume: Named): Operation => ({
  request: request('POST /volume/v3/volume-transfers', {
    body: { transfer: { volume_id: volume.id, name: nameOf(volume) } },
  }),
  command: openstack('volume', 'transfer', 'request', 'create', nameOf(volume)),
});

export const withdrawOffer = (transfer: Pick<Transfer, 'id'>): Operation => ({
  request: request('DELETE /volume/v3/volume-transfers/{transfer_id}', { path: { transfer_id: transfer.id } }),
  command: openstack('volume', 'transfer', 'request', 'delete', transfer.id),
});

export const acceptOffer = (id: string, key: string): Operation => ({
  request: request('POST /volume/v3/volume-transfers/{transfer_id}/accept', {
    path: { transfer_id: id },
    body: { accept: { auth_key: key } },
  }),
  command: openstack('volume', 'transfer', 'request', 'accept', ['--auth-key', key], id),
});
