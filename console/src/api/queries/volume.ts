import { request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

export interface Volume {
  id: string;
  name: string | null;
  description: string | null;
  status: string;
  /** GiB. */
  size: number;
  bootable: 'true' | 'false';
  volume_type: string | null;
  availability_zone: string;
  created_at: string;
  snapshot_id: string | null;
  source_volid: string | null;
  attachments: { server_id: string; device: string | null; attachment_id: string; attached_at: string }[];
  multiattach: boolean;
  volume_image_metadata?: Record<string, string>;
}

export const volumesQuery = listQuery<Volume>('volumes', request('GET /volume/v3/volumes/detail', {}), 'volumes');

export interface Snapshot {
  id: string;
  name: string | null;
  description: string | null;
  status: string;
  /** GiB. */
  size: number;
  volume_id: string;
  created_at: string;
}

/** A volume offered to another project; the key is only in the answer that made it. */
export interface Transfer {
  id: string;
  name: string;
  volume_id: string;
  created_at: string;
  auth_key?: string;
}

export const volumeQuery = (id: string) =>
  oneQuery<Volume>('volumes', id, request('GET /volume/v3/volumes/{volume_id}', { path: { volume_id: id } }), 'volume');

export const snapshotsQuery = listQuery<Snapshot>(
  'snapshots',
  request('GET /volume/v3/snapshots/detail', {}),
  'snapshots',
);

export const transfersQuery = listQuery<Transfer>(
  'volumes',
  request('GET /volume/v3/volume-transfers/detail', {}),
  'transfers',
);

/** A copy of what a volume held, kept by the cloud apart from the volume. */
export interface Backup {
  id: string;
  name: string | null;
  description: string | null;
  status: string;
  /** GiB. */
  size: number;
  volume_id: string;
  created_at: string;
  /** When the volume was as it is in the backup. */
  data_timestamp: string;
  fail_reason: string | null;
}

export const backupsQuery = listQuery<Backup>('backups', request('GET /volume/v3/backups/detail', {}), 'backups');

export interface VolumeType {
  id: string;
  name: string;
  description: string | null;
}

export const volumeTypesQuery = listQuery<VolumeType>('volumes', request('GET /volume/v3/types', {}), 'volume_types');
