import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { ApiError, badRequest, conflict, forbidden } from '../../core/errors.ts';
import { isUuid, newUuid } from '../../core/ids.ts';
import { accepted, noContent, ok, route, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { readImageFile } from '../data.ts';
import { beginTask, type ImportMethod } from '../import/tasks.ts';
import { checkUri } from '../import/web.ts';
import { parseRange } from '../range.ts';
import { getImage, getOwnImage } from '../store/images.ts';
import { checkFormats, storeImageData } from '../upload.ts';
import { hasData, ImageParams, IMPORT_METHODS, STORE, taskView, type Image } from '../wire.ts';

const BYTES = 'application/octet-stream';

/** The stream of an upload and its announced size. Throws ApiError 400 and 415. */
function uploadOf(request: FastifyRequest, body: unknown): { stream: Readable; expected: number | null } {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== BYTES) throw new ApiError(415, 'UnsupportedMediaType', `Send the data with Content-Type ${BYTES}.`);
  const store = request.headers['x-image-meta-store'];
  if (store !== undefined && store !== STORE)
    throw badRequest(`There is no store ${String(store)}; the store is ${STORE}.`);
  const header = request.headers['x-openstack-image-size'] ?? request.headers['content-length'];
  if (header !== undefined && !/^\d+$/.test(String(header))) {
    throw badRequest('Invalid or missing image size in request headers.');
  }
  const stream = body instanceof Readable ? body : Readable.from([]);
  return { stream, expected: header === undefined ? null : Number(header) };
}

const upload = route({
  operation: 'images:upload',
  method: 'PUT',
  path: '/images/:image_id/file',
  params: ImageParams,
  async handler({ app, context, params, body, request }) {
    const { stream, expected } = uploadOf(request, body);
    const { id } = await getImage(app.store.read, context, params.image_id);
    await storeImageData(app, context, id, stream, { expected });
    return noContent();
  },
});

const stage = route({
  operation: 'images:stage',
  method: 'PUT',
  path: '/images/:image_id/stage',
  params: ImageParams,
  async handler({ app, context, params, body, request }) {
    const { stream, expected } = uploadOf(request, body);
    const { id } = await getImage(app.store.read, context, params.image_id);
    await storeImageData(app, context, id, stream, { expected, stage: true });
    return noContent();
  },
});

const download = route({
  operation: 'images:download',
  method: 'GET',
  path: '/images/:image_id/file',
  params: ImageParams,
  async handler({ app, context, params, request }) {
    const image = await getImage(app.store.read, context, params.image_id);
    if (image.status === 'deactivated' && !context.isAdmin) {
      throw forbidden('The requested image has been deactivated. Image data download is forbidden.');
    }
    if (!hasData(image) || image.size === null) return noContent();
    const range = parseRange(request.headers.range, image.size);
    if (range === 'unsatisfiable') {
      throw new ApiError(416, 'RangeNotSatisfiable', `The image has ${image.size} bytes.`, {
        headers: { 'content-range': `bytes */${image.size}` },
      });
    }
    // The data of an image never changes: its digest names it.
    const etag = `"${image.sha512 ?? image.checksum ?? ''}"`;
    if (!range && sameTag(request.headers['if-none-match'], etag))
      return { status: 304, body: null, headers: { etag } };
    const length = range ? range.end - range.start + 1 : image.size;
    const headers = { 'content-type': BYTES, 'content-length': String(length), 'accept-ranges': 'bytes', etag };
    const { stream } = await readImageFile(app, image.id, range);
    if (!range) return { status: 200, body: stream, headers: { ...headers, 'content-md5': image.checksum ?? '' } };
    const part = `bytes ${range.start}-${range.end}/${image.size}`;
    return { status: 206, body: stream, headers: { ...headers, 'content-range': part } };
  },
});

/** Whether a client has this already (RFC 9110, 13.1.2). */
const sameTag = (asked: string | undefined, etag: string) =>
  asked !== undefined && asked.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');

const Text = Type.Optional(Type.String());
const ImportRequest = Type.Object({
  method: Type.Object({
    ...{ name: Type.String(), uri: Text },
    ...{ glance_image_id: Text, glance_region: Text, glance_service_interface: Text },
  }),
  stores: Type.Optional(Type.Array(Type.String())),
  all_stores: Type.Optional(Type.Boolean()),
  all_stores_must_succeed: Type.Optional(Type.Boolean()),
});

const importData = route({
  operation: 'images:import',
  method: 'POST',
  path: '/images/:image_id/import',
  params: ImageParams,
  body: ImportRequest,
  async handler({ app, context, params, body }) {
    if (!(IMPORT_METHODS as readonly string[]).includes(body.method.name)) {
      throw badRequest(
        `Unknown import method name '${body.method.name}'. This cloud has ${IMPORT_METHODS.join(', ')}.`,
      );
    }
    const unknown = body.stores?.find((store) => store !== STORE);
    if (unknown !== undefined) throw conflict(`There is no store ${unknown}; the store is ${STORE}.`);
    if (body.all_stores && body.stores) throw badRequest('stores and all_stores cannot be given together.');
    checkMethod(body.method, app.config.imageImportAllow ?? []);
    const taskId = newUuid();
    await app.store.transaction(async (tx) => {
      const image = await getOwnImage(tx.db, context, params.image_id, 'import');
      checkImportable(image, body.method.name);
      await beginTask(tx, context, image, taskId, body);
      await writeAudit(tx, context, 'image:import', image.id, { method: body.method.name });
      tx.raise('images');
    });
    return accepted();
  },
});

/** Throws ApiError 400 for a source that cannot be one. */
function checkMethod(method: ImportMethod, allowed: readonly string[]): void {
  if (method.name === 'web-download') checkUri(method.uri, allowed);
  if (method.name !== 'glance-download') return;
  if (!isUuid(method.glance_image_id ?? '')) throw badRequest('Remote image id does not look like a UUID.');
  if (method.glance_region === undefined) throw badRequest("'glance_region' must be given: the region of the image.");
}

/** Throws ApiError 409 when the image is not one that waits for data of this method. */
function checkImportable(image: Image, method: string): void {
  if (method === 'glance-direct') {
    if (image.status !== 'uploading') {
      throw conflict("Image needs to be staged before 'glance-direct' method can be used");
    }
    if (image.upload_id !== null) throw conflict('The data is still being staged. Import it afterwards.');
  } else if (image.status !== 'queued') {
    throw conflict(`Image needs to be in 'queued' state to use '${method}' method; it is ${image.status}.`);
  }
  if (method !== 'glance-download') checkFormats(image);
}

const tasks = route({
  operation: 'images:tasks',
  method: 'GET',
  path: '/images/:image_id/tasks',
  params: ImageParams,
  async handler({ app, context, params }) {
    const image = await getImage(app.store.read, context, params.image_id);
    const rows = await app.store.read
      .selectFrom('image_tasks')
      .selectAll()
      .where('image_id', '=', image.id)
      .orderBy('created_at', 'desc')
      .execute();
    return ok({ tasks: rows.map(taskView) });
  },
});

export const dataRoutes: readonly Route[] = [upload, stage, download, importData, tasks];
