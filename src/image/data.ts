import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { notFound } from '../core/errors.ts';
import type { ImageId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { dataPath } from './files.ts';
import type { Range } from './range.ts';

/** Opens an image's data, or a part of it, for reading. Throws ApiError 404 when it has none. */
export async function readImageFile(
  app: App,
  id: ImageId,
  range: Range | null = null,
): Promise<{ stream: Readable; sizeBytes: number }> {
  try {
    const file = await open(dataPath(app.config, id), 'r');
    const { size } = await file.stat();
    return { stream: file.createReadStream({ ...range, highWaterMark: 256 * 1024 }), sizeBytes: size };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    app.log.error('image-data-missing', { image: id });
    throw notFound(`The data of image ${id} is missing. Tell the operator.`);
  }
}
