import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError, messageOf } from '../core/errors.ts';
import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import { fromJson } from '../store/json.ts';
import { dataPath, imagesDir, moveFile, parseFileName, removeFile, stagedPath } from './files.ts';
import { withDetails } from './store/images.ts';
import { inspectFile, UPLOAD_STALE } from './upload.ts';
import { createDownloads, type Downloads } from './import/run.ts';
import { endTask, type ImportInput, type ImportTask } from './import/tasks.ts';
import type { ImageRow } from './wire.ts';

/** A file that no row speaks of may be one that a row will speak of in a moment. */
const ORPHAN_AGE = 600_000;

/**
 * Carries out imports, removes what was deleted, and cleans up after uploads that ended with their controller: rows
 * that have not been seen alive go back to queued, files that no row speaks of go.
 */
export function createImageReconciler(app: App, downloads: Downloads = createDownloads(app)): Reconciler {
  return {
    name: 'images',
    signal: 'images',
    every: 30_000,
    async run() {
      const failed: unknown[] = [];
      const each = async (image: ImageRow, work: (app: App, image: ImageRow) => Promise<void>) => {
        try {
          await work(app, image);
        } catch (error) {
          app.log.error('image-reconcile-failed', { image: image.id, status: image.status, error });
          failed.push(error);
        }
      };
      const importing = await withStatus(app, ['importing']);
      const tasks = await tasksOf(app, importing);
      for (const image of importing) await each(image, () => carryOn(app, downloads, image, tasks.get(image.id)));
      for (const image of await withStatus(app, ['pending_delete'])) await each(image, removeImage);
      for (const image of await withStatus(app, ['saving', 'uploading'])) await each(image, resetStale);
      await removeOrphans(app);
      if (failed.length > 0) throw failed[0];
    },
  };
}

function withStatus(app: App, statuses: ImageRow['status'][]): Promise<ImageRow[]> {
  return app.store.read.selectFrom('images').selectAll().where('status', 'in', statuses).execute();
}

/** The import that is under way for each of these images. */
async function tasksOf(app: App, images: readonly ImageRow[]): Promise<Map<string, ImportTask>> {
  if (images.length === 0) return new Map();
  const rows = await app.store.read
    .selectFrom('image_tasks')
    .selectAll()
    .where('status', 'in', ['pending', 'processing'])
    .execute();
  return new Map(rows.map((row) => [row.image_id, row]));
}

async function carryOn(app: App, downloads: Downloads, image: ImageRow, task: ImportTask | undefined): Promise<void> {
  const method = task && fromJson<ImportInput>(task.input).import_req.method.name;
  if (task && method !== 'glance-direct') downloads.begin(image, task);
  else await finishImport(app, image);
}

/** Looks into staged data and puts it in place; may be run again after a crash at any point. */
async function finishImport(app: App, row: ImageRow): Promise<void> {
  const { enforceImageFormat } = app.config;
  const [image] = await withDetails(app.store.read, [row]);
  if (!image) return;
  const staged = stagedPath(app.config, row.id);
  const target = dataPath(app.config, row.id);
  const path = (await exists(staged)) ? staged : target;
  try {
    const virtualSizeBytes = await inspectFile(path, row.size ?? 0, image, enforceImageFormat);
    if (path === staged) await moveFile(staged, target);
    await endTask(app, image, 'success', '', { virtual_size: virtualSizeBytes });
  } catch (error) {
    const lost = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!(error instanceof ApiError) && !lost) throw error;
    const message = lost ? 'The staged data is gone. Stage it again.' : messageOf(error);
    await endTask(app, image, 'failure', message);
    await removeFile(staged);
    await removeFile(target);
  }
}

/** Removes a deleted image's files, then its row: in this order, so that no crash leaves a file without a row. */
async function removeImage(app: App, { id }: ImageRow): Promise<void> {
  await removeFile(dataPath(app.config, id));
  await removeFile(stagedPath(app.config, id));
  await app.store.transaction((tx) =>
    tx.db.deleteFrom('images').where('id', '=', id).where('status', '=', 'pending_delete').execute(),
  );
}

/** An upload whose process has died: its row goes back to queued; its files are orphans from then on. */
async function resetStale(app: App, { id, upload_id, upload_seen_at }: ImageRow): Promise<void> {
  if (upload_id === null || app.clock.now() - (upload_seen_at ?? 0) < UPLOAD_STALE) return;
  app.log.warn('image-upload-lost', { image: id });
  await app.store.transaction((tx) =>
    tx.db
      .updateTable('images')
      .set({ status: 'queued', upload_id: null, upload_seen_at: null })
      .where('id', '=', id)
      .where('upload_id', '=', upload_id)
      .where('upload_seen_at', upload_seen_at === null ? 'is' : '=', upload_seen_at)
      .execute(),
  );
}

async function removeOrphans(app: App): Promise<void> {
  const directory = imagesDir(app.config);
  const names = (await exists(directory)) ? await readdir(directory) : [];
  if (names.length === 0) return;
  const rows = await app.store.read.selectFrom('images').select(['id', 'status', 'upload_id']).execute();
  const images = new Map<string, (typeof rows)[number]>(rows.map((row) => [row.id, row]));
  for (const name of names) {
    const file = parseFileName(name);
    if (!file || isWanted(file, images.get(file.id))) continue;
    const path = join(directory, name);
    if (app.clock.now() - (await modifiedAt(path)) < ORPHAN_AGE) continue;
    app.log.warn('image-orphan-removed', { file: name });
    await removeFile(path);
  }
}

/** Whether a row speaks of the file. */
export function isWanted(
  file: { kind: 'data' | 'staged' | 'part'; uploadId: string },
  row: Pick<ImageRow, 'status' | 'upload_id'> | undefined,
): boolean {
  if (!row) return false;
  if (file.kind === 'part') return row.upload_id === file.uploadId;
  if (file.kind === 'staged') return row.status === 'uploading' || row.status === 'importing';
  return row.status !== 'queued' && row.status !== 'uploading';
}

async function exists(path: string): Promise<boolean> {
  return (await modifiedAt(path)) !== Number.POSITIVE_INFINITY;
}

/** When a file was last written; infinity when it is gone. */
async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  }
}
