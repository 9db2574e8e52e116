import { plainRequest, request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

/** An image as Glance shows it; further members are its properties, all of them text. */
export interface Image {
  id: string;
  name: string | null;
  status: string;
  visibility: 'public' | 'private' | 'shared' | 'community';
  owner: string | null;
  /** Bytes; null while there is no data. */
  size: number | null;
  virtual_size: number | null;
  disk_format: string | null;
  container_format: string | null;
  /** GiB. */
  min_disk: number;
  /** MiB. */
  min_ram: number;
  protected: boolean;
  os_hidden: boolean;
  created_at: string;
  updated_at: string;
  checksum: string | null;
  os_hash_algo: string | null;
  os_hash_value: string | null;
  tags: string[];
  os_distro?: string;
  os_version?: string;
  os_type?: string;
  os_admin_user?: string;
  /** The user to log in as: https://docs.scs.community/standards/scs-0102-v1-image-metadata */
  image_original_user?: string;
  image_description?: string;
  [property: string]: unknown;
}

export const imagesQuery = listQuery<Image>(
  'images',
  request('GET /image/v2/images', { query: { limit: '1000' } }),
  'images',
);

export interface ImageMember {
  /** The project. */
  member_id: string;
  status: 'pending' | 'accepted' | 'rejected';
  created_at: string;
}

/** Those that other projects offer to this one and that it has not answered yet. */
export const offeredImagesQuery = listQuery<Image>(
  'images',
  request('GET /image/v2/images', { query: { visibility: 'shared', member_status: 'pending' } }),
  'images',
);

export const imageQuery = (id: string) =>
  oneQuery<Image>('images', id, request('GET /image/v2/images/{image_id}', { path: { image_id: id } }));

export const imageMembersQuery = (id: string) =>
  listQuery<ImageMember>(
    'images',
    plainRequest('GET', `/image/v2/images/${encodeURIComponent(id)}/members`),
    'members',
  );
