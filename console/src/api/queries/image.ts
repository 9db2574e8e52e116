import { plainRequest, request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

/** An image as GET /image/v2/images shows it; its properties are members of their own. */
export interface Image {
  id: string;
  name: string | null;
  status: string;
  visibility: 'public' | 'private' | 'shared' | 'community';
  owner: string | null;
  /** Bytes; null until there is data. */
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
  os_hash_algo: string | null;
  os_hash_value: string | null;
  tags: string[];
  created_at: string;
  updated_at: string;
  /** Properties that many images have: https://docs.openstack.org/glance/latest/admin/useful-image-properties.html */
  os_distro?: string;
  os_version?: string;
  description?: string;
  [property: string]: unknown;
}

export interface ImageMember {
  member_id: string;
  status: 'pending' | 'accepted' | 'rejected';
  created_at: string;
}

export const imagesQuery = listQuery<Image>(
  'images',
  request('GET /image/v2/images', { query: { limit: '1000' } }),
  'images',
);

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
