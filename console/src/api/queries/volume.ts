import { request } from '../request.ts';
import { listQuery } from './query.ts';

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
  attachments: { server_id: string; device: string; attachment_id: string; attached_at: string }[];
  volume_image_metadata?: Record<string, string>;
}

export const volumesQuery = listQuery<Volume>('volumes', request('GET /volume/v3/volumes/detail', {}), 'volumes');
