import type { Image } from '../../api/queries/image.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';
import { nameOf } from '../../parts/format.ts';
import type { Format } from './format.ts';
import type { Removal } from '../../parts/remove.tsx';

type Named = Pick<Image, 'id' | 'name'>;

export const listImages: Operation = {
  request: request('GET /image/v2/images', {}),
  command: openstack('image', 'list'),
};
export const showImage = (id: string): Operation => ({
  request: request('GET /image/v2/images/{image_id}', { path: { image_id: id } }),
  command: openstack('image', 'show', id),
});

/** An image without data yet. `file`: what the client would send along. */
export const createImage = ({ name, format, file }: { name: string; format: Format; file?: string }): Operation => ({
  request: request('POST /image/v2/images', {
    body: { name, disk_format: format, container_format: 'bare', visibility: 'private' },
  }),
  command: openstack(
    'image',
    'create',
    ['--disk-format', format],
    ['--container-format', 'bare'],
    '--private',
    file !== undefined && ['--file', file],
    name,
  ),
});

/** The request that its data follow with; the client does it together with the former. */
export const uploadImage = (id: string): Operation => ({
  request: {
    ...request('PUT /image/v2/images/{image_id}/file', { path: { image_id: id } }),
    headers: { 'Content-Type': 'application/octet-stream' },
  },
  command: null,
});

export const importImage = (image: Named, uri: string): Operation => ({
  request: request('POST /image/v2/images/{image_id}/import', {
    path: { image_id: image.id },
    body: { method: { name: 'web-download', uri } },
  }),
  command: openstack('image', 'import', ['--method', 'web-download'], ['--uri', uri], nameOf(image)),
});

export const deleteImage = (image: Named): Operation => ({
  request: request('DELETE /image/v2/images/{image_id}', { path: { image_id: image.id } }),
  command: openstack('image', 'delete', nameOf(image)),
});

export const imageRemoval: Omit<Removal<Named>, 'words'> = { operation: deleteImage, kinds: ['images'] };

/** Changes that people make: Glance takes a JSON Patch. */
export const changeImage = (
  image: Named,
  changed: { name?: string; visibility?: Image['visibility']; protected?: boolean },
): Operation => ({
  request: request('PATCH /image/v2/images/{image_id}', {
    path: { image_id: image.id },
    body: Object.entries(changed).map(([name, value]) => ({ op: 'replace', path: `/${name}`, value })),
  }),
  command: openstack(
    'image',
    'set',
    changed.name !== undefined && ['--name', changed.name],
    changed.visibility !== undefined && `--${changed.visibility}`,
    changed.protected !== undefined && (changed.protected ? '--protected' : '--unprotected'),
    nameOf(image),
  ),
});

export const addMember = (image: Named, project: string): Operation => ({
  request: request('POST /image/v2/images/{image_id}/members', {
    path: { image_id: image.id },
    body: { member: project },
  }),
  command: openstack('image', 'add', 'project', nameOf(image), project),
});

export const removeMember = (image: Named, project: string): Operation => ({
  request: request('DELETE /image/v2/images/{image_id}/members/{member_id}', {
    path: { image_id: image.id, member_id: project },
  }),
  command: openstack('image', 'remove', 'project', nameOf(image), project),
});

/** What a project that an image was offered to says to it. */
export const answerOffer = (image: Named, project: string, status: 'accepted' | 'rejected'): Operation => ({
  request: request('PUT /image/v2/images/{image_id}/members/{member_id}', {
    path: { image_id: image.id, member_id: project },
    body: { status },
  }),
  command: openstack('image', 'set', status === 'accepted' ? '--accept' : '--reject', image.id),
});
