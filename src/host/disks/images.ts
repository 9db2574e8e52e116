import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../../core/errors.ts';
import type { HostImage } from '../document.ts';
import { codeOf, exists, makeDirectory, syncDirectory } from '../files.ts';
import { imageNameOf } from './blank-layers.ts';
import { inspectImage } from './inspect.ts';
import { TryLater } from '../workers.ts';

/** Opens the bytes of an image at the controller. Throws TryLater when the controller is away. */
export type FetchImage = (image: HostImage, abort: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

export interface ImageCache {
  /** The path of the image on this host, after fetching and judging it if need be. `abort` only gives up waiting. */
  obtain(image: HostImage, abort?: AbortSignal): Promise<string>;
  /** Where the image is once it was obtained. */
  path(image: HostImage): string;
  virtualSize(image: HostImage): Promise<number>;
  /** Removes all others; what is used is asked for each of them. */
  collect(used: () => readonly HostImage[]): Promise<void>;
}

const HEAD = 64 * 1024;
/** Ends the name of what is being removed. */
const GONE = '.gone';
/** Holes are as good as zeros and cost no space: a block this long of zeros is not written. */
const HOLE = 64 * 1024;

/** Copies of images, named by the digest of their content, readable by QEMU's user and written by nobody. */
export function createImageCache(directory: string, fetchImage: FetchImage): ImageCache {
  const downloads = new Map<string, Promise<string>>();
  const path = (image: HostImage) => join(directory, `${image.sha256}.${image.format}`);

  const download = async (image: HostImage): Promise<string> => {
    const target = path(image);
    if (await exists(target)) return target;
    // QEMU's user may open what it knows the name of; nobody else learns the names.
    await makeDirectory(directory, 0o711);
    const temporary = `${target}.part`;
    const file = await open(temporary, 'w+', 0o644);
    try {
      const size = await receive(file, await fetchImage(image, new AbortController().signal), image);
      const { refusal } = await inspectFile(file, size, image.format);
      if (refusal) {
        throw new OperatorError(
          `Image ${image.id} is refused: ${refusal}.`,
          'Convert it with qemu-img convert and upload it again.',
        );
      }
      await file.sync();
      await file.close();
      await rename(temporary, target);
      await syncDirectory(directory);
      return target;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw fullDisk(error, `image ${image.id}`);
    }
  };

  return {
    path,
    async obtain(image, abort) {
      const key = path(image);
      let running = downloads.get(key);
      if (!running) {
        running = download(image).finally(() => downloads.delete(key));
        downloads.set(key, running);
      }
      if (!abort) return running;
      const given = Promise.withResolvers<never>();
      const stop = () => given.reject(new TryLater('The image is not needed any more.'));
      abort.addEventListener('abort', stop);
      try {
        return await Promise.race([running, given.promise]);
      } finally {
        abort.removeEventListener('abort', stop);
      }
    },
    async virtualSize(image) {
      const file = await open(path(image), 'r');
      try {
        const { virtualSize, refusal } = await inspectFile(file, (await file.stat()).size, image.format);
        if (refusal !== null) throw new OperatorError(`Image ${image.id} is refused: ${refusal}.`, 'Upload it again.');
        return virtualSize;
      } finally {
        await file.close();
      }
    },
    async collect(used) {
      for (const name of await readdir(directory).catch(() => [])) {
        const whole = join(directory, imageNameOf(name));
        if (downloads.has(whole) || used().some((image) => path(image) === whole)) continue;
        const file = join(directory, name);
        const gone = name.endsWith(GONE) ? file : file + GONE;
        // In the turn in which nobody wanted it: who wants it from now on must not find it.
        if (gone !== file) renameSync(file, gone);
        await rm(gone, { force: true });
      }
    },
  };
}

async function inspectFile(file: FileHandle, size: number, format: 'raw' | 'qcow2') {
  const head = Buffer.alloc(Math.min(HEAD, size));
  await file.read(head, 0, head.length, 0);
  return inspectImage(head, size, format);
}

/** Writes the stream to the file, and answers its length when digest and length are the promised ones. */
async function receive(file: FileHandle, stream: AsyncIterable<Uint8Array>, image: HostImage): Promise<number> {
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(HOLE);
  let size = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    for (let from = 0; from < chunk.length; from += HOLE) {
      const part = chunk.subarray(from, from + HOLE);
      if (!zeros.subarray(0, part.length).equals(part)) await file.write(part, 0, part.length, size + from);
    }
    size += chunk.length;
    if (size > image.sizeBytes) break;
  }
  await file.truncate(size);
  if (size !== image.sizeBytes || hash.digest('hex') !== image.sha256) {
    throw new Error(`Image ${image.id} arrived damaged: ${size} of ${image.sizeBytes} bytes, or a wrong digest.`);
  }
  return size;
}

/** A full disk, said so. */
export function fullDisk(error: unknown, what: string): unknown {
  if (codeOf(error) !== 'ENOSPC') return error;
  return new OperatorError(
    `The disk of this host is full: ${what} could not be written.`,
    'Free space, then try again.',
    {
      cause: error,
    },
  );
}
