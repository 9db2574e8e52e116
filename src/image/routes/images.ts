import { Type } from 'typebox';
import { ApiError, forbidden, notFound } from '../../core/errors.ts';
import { newUuid, type ImageId } from '../../core/ids.ts';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { Repeatable } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { checkAllowed, fieldsOf } from '../fields.ts';
import { parseList, QUERY_KEYS, type Query } from '../filters.ts';
import { applyChanges, parsePatch, PATCH_NEW, PATCH_OLD } from '../patch.ts';
import { checkImages, limitsOf, usageOf } from '../quota.ts';
import {
  fieldsOfImage,
  getImage,
  getOwnImage,
  insertImage,
  loadImage,
  tellMembers,
  updateFields,
} from '../store/images.ts';
import { listImages } from '../store/list.ts';
import { ImageCreate, imagePath, ImageParams, imageView, ImageView, IMPORT_METHODS, STORE } from '../wire.ts';

const ListQuery = Type.Unsafe<Query>(
  Type.Object(Object.fromEntries(QUERY_KEYS.map((key) => [key, Type.Optional(Repeatable)])), {
    additionalProperties: Repeatable,
  }),
);

/** Each operation is read by hand: its two forms have different members. */
const PatchBody = Type.Array(Type.Record(Type.String(), Type.Unknown()));

const ImageList = Type.Object({
  images: Type.Array(ImageView),
  first: Type.String(),
  next: Type.Optional(Type.String()),
  schema: Type.String(),
});

const create = route({
  operation: 'images:create',
  method: 'POST',
  path: '/images',
  body: ImageCreate,
  response: ImageView,
  async handler({ app, context, body }) {
    const id = (body.id?.toLowerCase() ?? newUuid()) as ImageId;
    const fields = fieldsOf(body, context);
    const image = await app.store.transaction(async (tx) => {
      checkImages(await usageOf(tx.db, fields.owner), await limitsOf(tx.db, app.config, fields.owner));
      await insertImage(tx, id, fields, context.now);
      await writeAudit(tx, context, 'image:create', id, { name: fields.name });
      return imageView(await loadImage(tx.db, id));
    });
    return created(image, {
      location: `${app.config.publicUrl}/image${imagePath(id)}`,
      'openstack-image-import-methods': IMPORT_METHODS.join(','),
      'openstack-image-store-ids': STORE,
    });
  },
});

const list = route({
  operation: 'images:list',
  method: 'GET',
  path: '/images',
  query: ListQuery,
  response: ImageList,
  async handler({ app, context, query, request }) {
    // A client that asks for the image with the empty id must not be given the list.
    if (request.url.split('?')[0]?.endsWith('/')) throw notFound('The resource could not be found.');
    const wanted = parseList(query);
    const images = wanted.limit === 0 ? [] : await listImages(app.store.read, context, wanted);
    const last = images.at(-1);
    return ok({
      images: images.map(imageView),
      first: linkTo(query, null),
      ...(last && images.length === wanted.limit && { next: linkTo(query, last.id) }),
      schema: '/v2/schemas/images',
    });
  },
});

function linkTo(query: Query, marker: string | null): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (key === 'marker' || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(key, one);
  }
  if (marker !== null) parameters.append('marker', marker);
  return parameters.size === 0 ? '/v2/images' : `/v2/images?${parameters.toString()}`;
}

const show = route({
  operation: 'images:show',
  method: 'GET',
  path: '/images/:image_id',
  params: ImageParams,
  response: ImageView,
  handler: async ({ app, context, params }) => ok(imageView(await getImage(app.store.read, context, params.image_id))),
});

const update = route({
  operation: 'images:update',
  method: 'PATCH',
  path: '/images/:image_id',
  params: ImageParams,
  body: PatchBody,
  response: ImageView,
  async handler({ app, context, params, body, request }) {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== PATCH_NEW && type !== PATCH_OLD) {
      throw new ApiError(
        415,
        'UnsupportedMediaType',
        `Image PATCH expects Content-Type one of: ${PATCH_OLD}, ${PATCH_NEW}`,
        {
          headers: { 'accept-patch': `${PATCH_OLD}, ${PATCH_NEW}` },
        },
      );
    }
    await getImage(app.store.read, context, params.image_id);
    const changes = parsePatch(body, type);
    const view = await app.store.transaction(async (tx) => {
      const image = await getOwnImage(tx.db, context, params.image_id, 'change');
      if (changes.length === 0) return imageView(image);
      const before = fieldsOfImage(image);
      const after = applyChanges(before, changes, image.status);
      checkAllowed(before, after, context);
      await updateFields(tx, image.id, after, context.now);
      await writeAudit(tx, context, 'image:update', image.id, { changed: changes.map((change) => change.name) });
      return imageView(await loadImage(tx.db, image.id));
    });
    return ok(view);
  },
});

const remove = route({
  operation: 'images:delete',
  method: 'DELETE',
  path: '/images/:image_id',
  params: ImageParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const image = await getOwnImage(tx.db, context, params.image_id, 'delete');
      if (image.protected === 1) {
        throw forbidden(`Image ${image.id} is protected and cannot be deleted. Unset protected first.`);
      }
      await tx.db
        .updateTable('images')
        .set({ status: 'pending_delete', updated_at: context.now })
        .where('id', '=', image.id)
        .execute();
      await tellMembers(tx, image.id);
      await writeAudit(tx, context, 'image:delete', image.id, { name: image.name });
      tx.raise('images');
    });
    return noContent();
  },
});

export const imageRoutes: readonly Route[] = [create, list, show, update, remove];
