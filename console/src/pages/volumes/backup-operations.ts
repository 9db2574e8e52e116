import type { Backup, Volume } from '../../api/queries/volume.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';
import { nameOf } from '../../parts/format.ts';

type Named = Pick<Volume, 'id' | 'name'>;

export const listBackups: Operation = {
  request: request('GET /volume/v3/backups/detail', {}),
  command: openstack('volume', 'backup', 'list'),
};

/** Of a volume in use it is what the disk holds at that moment, as after a power cut: Cinder wants to be told that this is meant. */
export const createBackup = (volume: Pick<Volume, 'id' | 'name' | 'status'>, name: string): Operation => {
  const force = volume.status === 'in-use';
  return {
    request: request('POST /volume/v3/backups', {
      body: { backup: { volume_id: volume.id, name, ...(force && { force }) } },
    }),
    command: openstack('volume', 'backup', 'create', ['--name', name], force && '--force', nameOf(volume)),
  };
};

export const deleteBackup = (backup: Pick<Backup, 'id' | 'name'>): Operation => ({
  request: request('DELETE /volume/v3/backups/{backup_id}', { path: { backup_id: backup.id } }),
  command: openstack('volume', 'backup', 'delete', nameOf(backup)),
});

/** Into a new volume of a name, or over what a volume holds. */
export const restoreBackup = (backup: Pick<Backup, 'id' | 'name'>, into: { name: string } | Named): Operation => {
  const over = 'id' in into;
  return {
    request: request('POST /volume/v3/backups/{backup_id}/restore', {
      path: { backup_id: backup.id },
      body: { restore: over ? { volume_id: into.id } : { name: into.name } },
    }),
    command: openstack(
      ...['volume', 'backup', 'restore'],
      over && '--force',
      nameOf(backup),
      over ? nameOf(into) : into.name,
    ),
  };
};

/** On the same host: a volume's bytes do not move for it. */
export const retypeVolume = (volume: Named, type: string): Operation => ({
  request: request('POST /volume/v3/volumes/{id}/action', {
    path: { id: volume.id },
    body: { 'os-retype': { new_type: type, migration_policy: 'never' } },
  }),
  command: openstack('volume', 'set', ['--type', type], ['--retype-policy', 'never'], nameOf(volume)),
});
