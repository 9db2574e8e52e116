import { BYTES, DISK } from '../world.ts';
import type { MakeThings } from './case.ts';

const V2 = '/image/v2';
const PATCH = { 'content-type': 'application/openstack-images-v2.1-json-patch' };

/** A project's image with data, one without, one lent to another project; metadata definitions. */
export const imageThings: MakeThings = async ({ make, places }) => {
  const create = { name: 'tiny', disk_format: 'qcow2', container_format: 'bare', tags: ['old'] };
  const queued = (await make('project-member', 'POST', `${V2}/images`, create)).id as string;
  const image = (await make('project-member', 'POST', `${V2}/images`, create)).id as string;
  await make('project-member', 'PUT', `${V2}/images/${image}/file`, DISK, BYTES);
  const lent = (await make('project-member', 'POST', `${V2}/images`, { ...create, visibility: 'shared' })).id as string;
  const borrower = places.otherProjectId;
  await make('project-member', 'POST', `${V2}/images/${lent}/members`, { member: borrower });
  const definitions = `${V2}/metadefs/namespaces`;
  await make('admin', 'POST', definitions, { namespace: 'Soft', visibility: 'private' });
  await make('admin', 'POST', `${definitions}/Soft/objects`, { name: 'thing', properties: {} });
  await make('admin', 'POST', `${definitions}/Soft/properties`, { name: 'size', title: 'Size', type: 'string' });
  await make('admin', 'POST', `${definitions}/Soft/tags/mine`);
  await make('admin', 'POST', `${definitions}/Soft/resource_types`, { name: 'OS::Nova::Server' });
  const stage = () => make('admin', 'PUT', `${V2}/images/${queued}/stage`, DISK, BYTES);
  const definition = Object.fromEntries(
    Object.entries({ objects: 'thing', properties: 'size', tags: 'mine' }).flatMap(([kind, name]) =>
      ['show', 'update', 'delete'].map((verb) => [`metadef-${kind}:${verb}`, { params: { name } }]),
    ),
  );
  return {
    params: {
      ...{ image_id: image, member_id: borrower, store_id: 'local', namespace: 'Soft', tag: 'old' },
      ...{ 'objects/:name': 'thing', 'properties/:name': 'size', 'tags/:name': 'mine' },
      ...{ 'resource_types/:name': 'OS::Nova::Server' },
      queued,
      lent,
    },
    cases: {
      ...definition,
      'stores:delete': { answers: { status: 403, why: 'there is one store alone' } },
      'metadef-tags:create-one': { params: { name: 'new' } },
      'tasks:show': { answers: { status: 404, why: 'no import has been asked for' } },
      'images:create': { body: create },
      'images:update': { body: [{ op: 'replace', path: '/name', value: 'other' }], headers: PATCH },
      'images:upload': { params: { image_id: queued }, body: DISK, headers: BYTES },
      'images:stage': { params: { image_id: queued }, body: DISK, headers: BYTES },
      'images:import': {
        params: { image_id: queued },
        body: { method: { name: 'glance-direct' } },
        before: stage,
      },
      'images:reactivate': { before: () => make('admin', 'POST', `${V2}/images/${image}/actions/deactivate`) },
      'members:list': { params: { image_id: lent } },
      'members:show': { params: { image_id: lent } },
      'members:create': { params: { image_id: lent }, body: { member: places.adminProjectId } },
      'members:update': { params: { image_id: lent }, body: { status: 'accepted' } },
      'members:delete': { params: { image_id: lent } },
      'metadef-namespaces:create': { body: { namespace: 'New' } },
      'metadef-namespaces:update': { body: { namespace: 'Soft', description: 'other' } },
      'metadef-objects:create': { body: { name: 'new', properties: {} } },
      'metadef-objects:update': { params: { name: 'thing' }, body: { name: 'thing', description: 'other' } },
      'metadef-properties:create': { body: { name: 'new', title: 'New', type: 'string' } },
      'metadef-properties:update': { params: { name: 'size' }, body: { name: 'size', title: 'Other', type: 'string' } },
      'metadef-tags:create': { params: { name: 'new' } },
      'metadef-tags:create-several': { body: { tags: [{ name: 'a' }] } },
      'metadef-tags:update': { params: { name: 'mine' }, body: { name: 'other' } },
      'metadef-associations:create': { body: { name: 'OS::Cinder::Volume' } },
    },
  };
};
