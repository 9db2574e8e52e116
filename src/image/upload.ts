import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ApiError, badRequest, conflict } from '../core/errors.ts';
import { newUuid, type ImageId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { dataPath, moveFile, partPath, receive, removeFile, stagedPath, type Received } from './files.ts';
import { endTaskIn } from './import/tasks.ts';
import { inspect } from './inspect/index.ts';
import { bytesLeft, checkBytes, checkUploads, limitsOf, usageOf } from './quota.ts';
import { getOwnImage, tellMembers } from './store/images.ts';
import type { Image } from './wire.ts';

/** How often a running upload says that it is alive, and after how long of silence it is taken for dead. */
const BEAT = 15_000;
export const UPLOAD_STALE = 60_000;
/** A client that sends nothing for so long has gone, whatever its connection says. */
const IDLE = 300_000;

interface Upload {
  app: App;
  context: Context;
  image: Image;
  options: StoreOptions;
  id: string;
  /** Why it must end now; looked at with every chunk. */
  ended: ApiError | null;
  received: number;
}

export interface StoreOptions {
  /** Bytes, as far as they are known before. */
  expected: number | null;
  /** The data waits to be imported. */
  stage?: boolean;
  /** The import that this is; the image is `importing` then, and stays so when it fails: its caller ends it. */
  task?: string;
  /** Told now and then how many bytes have come. */
  progress?: (bytes: number) => Promise<void>;
}

/**
 * Takes an image's data from a stream: to a temporary file, onto the disk, looked into, then in place; only then does
 * the row become active (or `uploading`, when `stage`). Whatever fails on the way leaves the image queued and no file;
 * a crash leaves what the reconciler removes. `expected` is the size the client announced.
 */
export async function storeImageData(
  app: App,
  context: Context,
  id: ImageId,
  body: Readable,
  options: StoreOptions,
): Promise<void> {
  const { stage = false, expected } = options;
  const image = await getOwnImage(app.store.read, context, id, 'upload data for');
  if (!stage) checkFormats(image);
  const upload: Upload = { app, context, image, options, id: newUuid(), ended: null, received: 0 };
  const left = await begin(upload);
  const part = partPath(app.config, id, upload.id);
  const target = stage ? stagedPath(app.config, id) : dataPath(app.config, id);
  const stopWatching = watch(upload, body);
  let placed = false;
  try {
    const received = await receiveAll(upload, body, part, left, expected);
    const virtualSizeBytes = stage ? null : await inspectPart(upload, part, received.size);
    await beat(upload);
    if (upload.ended) throw upload.ended;
    placed = true;
    await moveFile(part, target);
    await finish(upload, received, virtualSizeBytes);
  } catch (error) {
    await cleanUp(upload, placed ? [part, target] : [part]);
    throw error;
  } finally {
    stopWatching();
  }
}

/** Throws ApiError 400 when data could not be understood yet. */
export function checkFormats(image: Image): void {
  const missing = (['disk_format', 'container_format'] as const).filter((name) => image[name] === null);
  if (missing.length === 0) return;
  const plural = missing.length === 1 ? 'Property' : 'Properties';
  throw badRequest(`${plural} ${missing.join(', ')} must be set prior to saving data.`);
}

/** Claims the image for this upload. Answers how many bytes the project may still store. */
async function begin({ app, context, image, id, options }: Upload): Promise<number> {
  const { expected, stage, task } = options;
  const before = task === undefined ? 'queued' : 'importing';
  const status = task !== undefined ? 'importing' : stage ? 'uploading' : 'saving';
  return app.store.transaction(async (tx) => {
    const limits = await limitsOf(tx.db, app.config, image.owner);
    const usage = await usageOf(tx.db, image.owner);
    const left = bytesLeft(usage, limits, stage);
    checkBytes(left, expected ?? 0);
    const current = await getOwnImage(tx.db, context, image.id, 'upload data for');
    if (current.status !== before) {
      throw conflict(`Image status transition from ${current.status} to ${status} is not allowed`);
    }
    if (task === undefined) checkUploads(usage, limits);
    await tx.db
      .updateTable('images')
      .set({ status, upload_id: id, upload_seen_at: app.clock.now() })
      .where('id', '=', image.id)
      .execute();
    return left;
  });
}

async function receiveAll(
  upload: Upload,
  body: Readable,
  part: string,
  left: number,
  expected: number | null,
): Promise<Received> {
  try {
    const check = (received: number) => {
      upload.received = received;
      if (upload.ended) throw upload.ended;
      checkBytes(left, received);
    };
    const received = await receive(body, part, { expected, check });
    if (expected !== null && received.size !== expected) {
      throw badRequest(`The image should have ${expected} bytes, but ${received.size} arrived. Send it again.`);
    }
    return received;
  } catch (error) {
    if (upload.ended) throw upload.ended;
    if (body.errored || (body.destroyed && !body.readableEnded)) {
      throw new ApiError(400, 'BadRequest', 'The upload was cut off before its end.', { cause: error });
    }
    throw error;
  }
}

async function inspectPart({ app, image }: Upload, part: string, size: number): Promise<number | null> {
  return inspectFile(part, size, image, app.config.enforceImageFormat);
}

/** Looks into a file as the image's formats say. Throws ApiError 400 and 415. */
export async function inspectFile(path: string, size: number, image: Image, enforce: boolean): Promise<number | null> {
  const file = await open(path, 'r');
  try {
    const { virtualSizeBytes } = await inspect(file, size, {
      diskFormat: image.disk_format ?? '',
      containerFormat: image.container_format ?? '',
      enforce,
    });
    return virtualSizeBytes;
  } finally {
    await file.close();
  }
}

async function finish(upload: Upload, received: Received, virtualSizeBytes: number | null) {
  const { app, context, image, id } = upload;
  const { stage = false, task } = upload.options;
  await app.store.transaction(async (tx) => {
    const limits = await limitsOf(tx.db, app.config, image.owner);
    checkBytes(bytesLeft(await usageOf(tx.db, image.owner), limits, stage), received.size);
    const { numUpdatedRows } = await tx.db
      .updateTable('images')
      .set({
        status: stage ? 'uploading' : 'active',
        size: received.size,
        virtual_size: virtualSizeBytes,
        checksum: received.md5,
        sha256: received.sha256,
        sha512: received.sha512,
        updated_at: app.clock.now(),
        upload_id: null,
        upload_seen_at: null,
      })
      .where('id', '=', image.id)
      .where('upload_id', '=', id)
      .where('status', '!=', 'pending_delete')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw gone(image.id);
    await tellMembers(tx, image.id);
    if (task !== undefined) await endTaskIn(tx, app.clock.now(), image.id, 'success', '');
    await writeAudit(tx, context, stage ? 'image:stage' : 'image:upload', image.id, { size: received.size });
  });
}

const gone = (id: string) =>
  new ApiError(410, 'Gone', `Image ${id} could not be found after upload: it was deleted meanwhile.`);

/** What fails here is left to the reconciler: the client is told why the upload failed, not why cleaning up did. */
async function cleanUp(upload: Upload, paths: readonly string[]): Promise<void> {
  try {
    for (const path of paths) await removeFile(path);
    await giveUp(upload);
  } catch (error) {
    upload.app.log.warn('image-upload-clean-up-failed', { image: upload.image.id, error });
  }
}

/** Puts the image back to what it was before the upload, if it is still this upload's. */
async function giveUp({ app, image, id, options }: Upload): Promise<void> {
  await app.store.transaction(async (tx) => {
    await tx.db
      .updateTable('images')
      .set({ status: options.task === undefined ? 'queued' : 'importing', upload_id: null, upload_seen_at: null })
      .where('id', '=', image.id)
      .where('upload_id', '=', id)
      .where('status', '!=', 'pending_delete')
      .execute();
  });
}

/** Says in the row that the upload is alive; ends it when the image is not its own any more. */
async function beat(upload: Upload): Promise<void> {
  const { app, image, id } = upload;
  const { numUpdatedRows } = await app.store.transaction((tx) =>
    tx.db
      .updateTable('images')
      .set({ upload_seen_at: app.clock.now() })
      .where('id', '=', image.id)
      .where('upload_id', '=', id)
      .where('status', '!=', 'pending_delete')
      .executeTakeFirst(),
  );
  if (numUpdatedRows === 0n) upload.ended = gone(image.id);
}

/** Ends the upload when its image is deleted, when the client falls silent and when the controller ends. */
function watch(upload: Upload, body: Readable): () => void {
  let seen = -1;
  let silence = 0;
  // The reader sees the error too; this one is for the moments in which nobody reads.
  body.on('error', () => undefined);
  const end = (error: ApiError) => {
    upload.ended = error;
    body.destroy(error);
  };
  const timer = setInterval(() => {
    silence = upload.received === seen ? silence + BEAT : 0;
    seen = upload.received;
    if (silence >= IDLE && !body.readableEnded) {
      return end(new ApiError(408, 'RequestTimeout', 'No data arrived for 5 minutes.'));
    }
    const beats = [beat(upload), upload.options.progress?.(upload.received) ?? Promise.resolve()];
    Promise.all(beats).catch((error: unknown) =>
      upload.app.log.warn('upload-beat-failed', { image: upload.image.id, error }),
    );
  }, BEAT);
  timer.unref();
  const stop = () => end(new ApiError(503, 'ServiceUnavailable', 'The controller is ending. Upload again.'));
  upload.app.abort.addEventListener('abort', stop);
  return () => {
    clearInterval(timer);
    upload.app.abort.removeEventListener('abort', stop);
  };
}
