import { Type } from 'typebox';
import { ApiError, badRequest, notFound } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { imageService } from '../../image/index.ts';
import { assertMetadataQuota } from '../create-input.ts';
import { Metadata } from '../wire.ts';
import { asNova, assertProxy, serviceCall, type Caller, type Json } from './service-call.ts';

const Params = Strict({ image_id: Type.String() });
const ItemParams = Strict({ image_id: Type.String(), key: Type.String() });
const ListQuery = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]));

/** The members of an image that are not its properties. */
const OWN = new Set(
  (
    'id name status visibility protected os_hidden owner size virtual_size disk_format container_format min_disk ' +
    'min_ram checksum os_hash_algo os_hash_value tags created_at updated_at self file schema stores locations ' +
    'direct_url'
  ).split(' '),
);

const gone = () => notFound('Image not found.');

/** The words of the image service with the statuses that Nova's proxy had. */
const asked = <T>(work: () => Promise<T>) =>
  asNova({ 404: 404, 403: 403, 409: 409 }, async () => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof ApiError && error.status === 404 ? gone() : error;
    }
  });

const getImage = (caller: Caller, id: string) => asked(() => serviceCall(imageService, caller, 'GET', `/images/${id}`));

function propertiesOf(image: Json): Record<string, string> {
  return Object.fromEntries(
    Object.entries(image).filter(
      (entry): entry is [string, string] => !OWN.has(entry[0]) && typeof entry[1] === 'string',
    ),
  );
}

const STATUS: Record<string, string> = {
  active: 'ACTIVE',
  queued: 'SAVING',
  saving: 'SAVING',
  uploading: 'SAVING',
  importing: 'SAVING',
  deleted: 'DELETED',
  pending_delete: 'DELETED',
  killed: 'ERROR',
};
const PROGRESS: Record<string, number> = { ACTIVE: 100, SAVING: 50 };

function links(caller: Caller, id: string) {
  const { publicUrl } = caller.app.config;
  return [
    { rel: 'self', href: `${publicUrl}/compute/v2.1/images/${id}` },
    { rel: 'bookmark', href: `${publicUrl}/compute/images/${id}` },
    { rel: 'alternate', type: 'application/vnd.openstack.image', href: `${publicUrl}/image/images/${id}` },
  ];
}

const summary = (caller: Caller, image: Json) => ({
  id: image.id,
  name: image.name,
  links: links(caller, String(image.id)),
});

/** https://docs.openstack.org/api-ref/compute/#show-image-details */
function detail(caller: Caller, image: Json) {
  const status = STATUS[String(image.status)] ?? 'UNKNOWN';
  const metadata = propertiesOf(image);
  const { instance_uuid: server, auto_disk_config: auto } = metadata;
  const { publicUrl } = caller.app.config;
  return {
    ...summary(caller, image),
    minRam: image.min_ram ?? 0,
    minDisk: image.min_disk ?? 0,
    metadata,
    created: image.created_at,
    updated: image.updated_at,
    status,
    progress: PROGRESS[status] ?? 0,
    'OS-EXT-IMG-SIZE:size': image.size ?? null,
    ...(server !== undefined && {
      server: {
        id: server,
        links: [
          { rel: 'self', href: `${publicUrl}/compute/v2.1/servers/${server}` },
          { rel: 'bookmark', href: `${publicUrl}/compute/servers/${server}` },
        ],
      },
    }),
    ...(auto !== undefined && { 'OS-DCF:diskConfig': /^(true|1|yes|on)$/i.test(auto) ? 'AUTO' : 'MANUAL' }),
  };
}

/** Nova's filters in the image service's words. */
function filters(query: Record<string, string | string[]>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? (value.at(-1) ?? '') : value;
    if (name === 'limit' || name === 'marker' || name === 'name') found[name] = text;
    else if (name === 'status') found.status = text.toLowerCase();
    else if (name === 'changes-since') found.updated_at = `gte:${text}`;
    else if (name === 'server') found.instance_uuid = text.split('/').at(-1) ?? text;
    else if (name === 'type') found.image_type = text;
    else if (name === 'minRam') found.min_ram = text;
    else if (name === 'minDisk') found.min_disk = text;
    else if (name.startsWith('property-')) found[name.slice('property-'.length)] = text;
  }
  return found;
}

const list = (detailed: boolean): Route =>
  route({
    operation: detailed ? 'images:detail' : 'images:list',
    method: 'GET',
    path: detailed ? '/images/detail' : '/images',
    query: ListQuery,
    async handler({ app, context, request, query, version }) {
      assertProxy(version);
      // A client that asks for the image with the empty id must not be given the list.
      if (request.url.split('?')[0]?.endsWith('/')) throw gone();
      const caller = { app, context, request };
      const wanted = filters(query);
      const found = await serviceCall(imageService, caller, 'GET', '/images', { query: wanted });
      const images = found.images as Json[];
      const last = found.next === undefined ? undefined : images.at(-1);
      const parameters = new URLSearchParams(
        Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
      if (last) parameters.set('marker', String(last.id));
      const path = `${app.config.publicUrl}/compute/v2.1/images${detailed ? '/detail' : ''}`;
      return ok({
        images: images.map((image) => (detailed ? detail(caller, image) : summary(caller, image))),
        ...(last && { images_links: [{ rel: 'next', href: `${path}?${parameters.toString()}` }] }),
      });
    },
  });

const METADATA_UNTIL = '2.39';

function assertMetadataProxy(version: Version): void {
  if (atLeast(version, METADATA_UNTIL)) throw notFound('The resource could not be found.');
}

/** Makes the properties of an image these, and answers them. */
async function writeProperties(
  caller: Caller,
  image: Json,
  wanted: Record<string, string>,
): Promise<Record<string, string>> {
  const before = propertiesOf(image);
  await assertMetadataQuota(caller.app.store.read, caller.context, Object.keys(wanted).length);
  const pointer = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(wanted, name));
  const body = [
    ...removed.map((name) => ({ op: 'remove', path: pointer(name) })),
    ...Object.entries(wanted)
      .filter(([name, value]) => before[name] !== value)
      .map(([name, value]) => ({ op: Object.hasOwn(before, name) ? 'replace' : 'add', path: pointer(name), value })),
  ];
  if (body.length === 0) return before;
  // The image service reads the kind of patch from the header of the request.
  const headers = { ...caller.request.headers, 'content-type': 'application/openstack-images-v2.1-json-patch' };
  const request = Object.create(caller.request, { headers: { value: headers } }) as Caller['request'];
  const path = `/images/${String(image.id)}`;
  const changed = await asked(() => serviceCall(imageService, { ...caller, request }, 'PATCH', path, { body }));
  return propertiesOf(changed);
}

const writing = (method: 'POST' | 'PUT', operation: string): Route =>
  route({
    operation,
    method,
    path: '/images/:image_id/metadata',
    params: Params,
    body: Strict({ metadata: Metadata }),
    async handler({ app, context, request, params, body, version }) {
      assertMetadataProxy(version);
      const caller = { app, context, request };
      const image = await getImage(caller, params.image_id);
      const wanted = method === 'POST' ? { ...propertiesOf(image), ...body.metadata } : body.metadata;
      return ok({ metadata: await writeProperties(caller, image, wanted) });
    },
  });

/** Images through the compute service, as until 2.35; their metadata until 2.38. */
export const imageProxyRoutes: Route[] = [
  list(false),
  list(true),
  route({
    operation: 'images:show',
    method: 'GET',
    path: '/images/:image_id',
    params: Params,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      const caller = { app, context, request };
      return ok({ image: detail(caller, await getImage(caller, params.image_id)) });
    },
  }),
  route({
    operation: 'images:delete',
    method: 'DELETE',
    path: '/images/:image_id',
    params: Params,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      await asked(() => serviceCall(imageService, { app, context, request }, 'DELETE', `/images/${params.image_id}`));
      return noContent();
    },
  }),
  route({
    operation: 'images:metadata:list',
    method: 'GET',
    path: '/images/:image_id/metadata',
    params: Params,
    async handler({ app, context, request, params, version }) {
      assertMetadataProxy(version);
      return ok({ metadata: propertiesOf(await getImage({ app, context, request }, params.image_id)) });
    },
  }),
  writing('POST', 'images:metadata:create'),
  writing('PUT', 'images:metadata:replace'),
  route({
    operation: 'images:metadata:show',
    method: 'GET',
    path: '/images/:image_id/metadata/:key',
    params: ItemParams,
    async handler({ app, context, request, params, version }) {
      assertMetadataProxy(version);
      const value = propertiesOf(await getImage({ app, context, request }, params.image_id))[params.key];
      if (value === undefined) throw notFound(`Image ${params.image_id} has no metadata item ${params.key}.`);
      return ok({ meta: { [params.key]: value } });
    },
  }),
  route({
    operation: 'images:metadata:set',
    method: 'PUT',
    path: '/images/:image_id/metadata/:key',
    params: ItemParams,
    body: Strict({ meta: Metadata }),
    async handler({ app, context, request, params, body, version }) {
      assertMetadataProxy(version);
      const value = body.meta[params.key];
      if (value === undefined) throw badRequest('Request body and URI mismatch');
      const caller = { app, context, request };
      const image = await getImage(caller, params.image_id);
      await writeProperties(caller, image, { ...propertiesOf(image), [params.key]: value });
      return ok({ meta: { [params.key]: value } });
    },
  }),
  route({
    operation: 'images:metadata:delete',
    method: 'DELETE',
    path: '/images/:image_id/metadata/:key',
    params: ItemParams,
    async handler({ app, context, request, params, version }) {
      assertMetadataProxy(version);
      const caller = { app, context, request };
      const image = await getImage(caller, params.image_id);
      const { [params.key]: value, ...rest } = propertiesOf(image);
      if (value === undefined) throw notFound('Invalid metadata key');
      await writeProperties(caller, image, rest);
      return noContent();
    },
  }),
];
