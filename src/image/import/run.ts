import type { Readable } from 'node:stream';
import { ApiError, badRequest, messageOf } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { systemContext, type Context } from '../../http/context.ts';
import { fromJson } from '../../store/json.ts';
import { readImageFile } from '../data.ts';
import type { Fields } from '../fields.ts';
import { fieldsOfImage, getImage, loadImage, updateFields } from '../store/images.ts';
import { storeImageData, UPLOAD_STALE } from '../upload.ts';
import { hasData, type ImageRow } from '../wire.ts';
import { endTask, noteProgress, type ImportTask, type ImportInput } from './tasks.ts';
import { openWeb, realWeb, type Web } from './web.ts';

/** Downloads at one time; the others wait. */
const MOST = 4;

/** How the data of an import is opened, and what else the image takes over from where it comes from. */
interface Source {
  stream: Readable;
  expected: number | null;
  /** Changes the image before its data comes. */
  fields?: (fields: Fields) => Fields;
}

/** Downloads that run in this process, by image. They outlive a run of the reconciler, not the process. */
export interface Downloads {
  /** Begins a download unless it runs already, here or until lately in a process that died. */
  begin(image: ImageRow, task: ImportTask): void;
  /** Resolves when none runs. */
  settled(): Promise<void>;
}

export function createDownloads(app: App, web: Web = realWeb(app.config.imageImportAllow ?? [], app.abort)): Downloads {
  const running = new Map<string, Promise<void>>();
  return {
    begin(image, task) {
      const alive = image.upload_id !== null && app.clock.now() - (image.upload_seen_at ?? 0) < UPLOAD_STALE;
      if (alive || running.has(image.id) || running.size >= MOST) return;
      const work = download(app, image, task, web)
        .catch((error: unknown) => app.log.error('image-download-failed', { image: image.id, error }))
        .finally(() => {
          running.delete(image.id);
          app.signals.raise('images');
        });
      running.set(image.id, work);
    },
    settled: async () => void (await Promise.all(running.values())),
  };
}

/**
 * Fetches an image's data. What a person can mend ends the task with the reason; when the controller ends, the import
 * stays as it is and begins anew with the next one.
 */
async function download(app: App, image: ImageRow, task: ImportTask, web: Web): Promise<void> {
  let stream: Readable | null = null;
  try {
    const source = await open(app, task, web);
    stream = source.stream;
    await takeFields(app, image, source);
    await storeImageData(app, systemContext(app.clock.now(), task.request_id), image.id, source.stream, {
      expected: source.expected,
      task: task.id,
      progress: (bytes) => noteProgress(app, task.id, bytes, source.expected),
    });
  } catch (error) {
    if (app.abort.aborted) return;
    if (!(error instanceof ApiError)) app.log.error('image-import-failed', { image: image.id, error });
    const reason = error instanceof ApiError ? messageOf(error) : 'The import failed. Tell the operator the image.';
    await endTask(app, image, 'failure', reason);
  } finally {
    stream?.destroy();
  }
}

function open(app: App, task: ImportTask, web: Web): Promise<Source> {
  const input = fromJson<ImportInput>(task.input);
  const { method } = input.import_req;
  if (method.name === 'web-download') return openWeb(String(method.uri), web);
  return openImage(app, input, String(method.glance_image_id));
}

/**
 * Data and what describes it of another image, as Glance's glance-download takes them. This cloud is one region, so
 * that is where the other image is. https://docs.openstack.org/glance/latest/admin/interoperable-image-import.html
 */
async function openImage(app: App, { import_req: { method }, asker }: ImportInput, id: string): Promise<Source> {
  const { glance_region: region, glance_service_interface: which = 'public' } = method;
  if (region !== app.config.region || !['public', 'internal', 'admin'].includes(which)) {
    throw badRequest(`There is no image service in region ${region} with interface ${which}.`);
  }
  const context: Context = { ...systemContext(app.clock.now()), ...asker, system: false };
  const from = await getImage(app.store.read, context, id);
  if (from.status !== 'active' || !hasData(from)) throw badRequest(`Image ${id} is ${from.status}, not active.`);
  const { stream, sizeBytes } = await readImageFile(app, from.id);
  const taken = Object.entries(from.properties).filter(([name]) =>
    /^(hw_|trait:)|^os_(distro|type|secure_boot)$/.test(name),
  );
  const { disk_format, container_format } = from;
  return {
    stream,
    expected: sizeBytes,
    fields: (fields) => ({
      ...fields,
      ...{ disk_format, container_format },
      properties: { ...fields.properties, ...Object.fromEntries(taken) },
    }),
  };
}

async function takeFields(app: App, image: ImageRow, { fields }: Source): Promise<void> {
  if (!fields) return;
  await app.store.transaction(async (tx) => {
    const now = await loadImage(tx.db, image.id);
    if (now.status === 'importing') await updateFields(tx, image.id, fields(fieldsOfImage(now)), app.clock.now());
  });
}
