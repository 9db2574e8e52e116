import type { Answers } from '../openapi/index.ts';
import { request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

/** An image as Glance shows it; further members are its properties, all of them text. Sizes: bytes, GiB of disk, MiB of memory. */
export type Image = Answers['GET /image/v2/images/{image_id}'] & {
  os_distro?: string;
  os_version?: string;
  os_type?: string;
  os_admin_user?: string;
  /** The user to log in as: https://docs.scs.community/standards/scs-0102-v1-image-metadata */
  image_original_user?: string;
  image_description?: string;
};

export const imagesQuery = listQuery<Image>(
  'images',
  request('GET /image/v2/images', { query: { limit: '1000' } }),
  'images',
);

/** A project that it is shared with. */
export type ImageMember = Answers['GET /image/v2/images/{image_id}/members']['members'][number];

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
    request('GET /image/v2/images/{image_id}/members', { path: { image_id: id } }),
    'members',
  );
