import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, rm, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { tooLarge } from '../core/errors.ts';
import type { ImageId } from '../core/ids.ts';
import type { Config } from '../http/app.ts';

/** Left free on the file system: the database lives there too, and must still be able to write. */
const RESERVE = 512 * 1024 * 1024;
const SPACE_CHECK = 64 * 1024 * 1024;

type Place = Pick<Config, 'stateDir' | 'imageDir'>;

export const imagesDir = (place: Place) => place.imageDir ?? join(place.stateDir, 'images');
export const dataPath = (place: Place, id: ImageId) => join(imagesDir(place), id);
export const stagedPath = (place: Place, id: ImageId) => join(imagesDir(place), `${id}.staged`);
export const partPath = (place: Place, id: ImageId, uploadId: string) =>
  join(imagesDir(place), `${id}.${uploadId}.part`);

/** What a file name in the images directory stands for; null when it is not ours. */
export function parseFileName(
  name: string,
): { id: ImageId; kind: 'data' | 'staged' | 'part'; uploadId: string } | null {
  const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
  const match = new RegExp(`^(${uuid})(?:\\.(staged)|\\.(${uuid})\\.(part))?$`).exec(name);
  if (!match) return null;
  const [, id = '', staged, uploadId = '', part] = match;
  return { id: id as ImageId, kind: staged ? 'staged' : part ? 'part' : 'data', uploadId };
}

export interface Received {
  size: number;
  md5: string;
  sha256: string;
  sha512: string;
}

/**
 * Writes a stream to a new file, in constant memory, and puts it on the disk for good. `check` is called with the bytes
 * so far and may throw. The stream is left to its owner, so that an error can still be answered.
 * Throws ApiError 413 when the disk is full; the file may then be there in part.
 */
export async function receive(
  body: Readable,
  path: string,
  { expected, check }: { expected: number | null; check: (received: number) => void },
): Promise<Received> {
  const hashes = { md5: createHash('md5'), sha256: createHash('sha256'), sha512: createHash('sha512') };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  await checkSpace(path, expected ?? 0);
  const file = await open(path, 'wx', 0o600);
  let size = 0;
  let checkedAt = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      check(size + chunk.length);
      await writeAll(file, chunk);
      size += chunk.length;
      for (const hash of Object.values(hashes)) hash.update(chunk);
      if (size - checkedAt >= SPACE_CHECK) {
        checkedAt = size;
        await checkSpace(path, 0);
      }
    }
    // Readable by whom a descriptor is handed to (qemu-img as another user); the directory keeps others out.
    await file.chmod(0o644);
    await file.sync();
  } catch (error) {
    throw isFull(error) ? full() : error;
  } finally {
    await file.close();
  }
  return {
    size,
    md5: hashes.md5.digest('hex'),
    sha256: hashes.sha256.digest('hex'),
    sha512: hashes.sha512.digest('hex'),
  };
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  let written = 0;
  while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
}

/** Throws ApiError 413 when so many more bytes would leave too little room on the file system. */
async function checkSpace(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize - bytes < RESERVE) throw full();
}

const isFull = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
const full = () =>
  tooLarge('Image storage media is full: delete images, or ask the operator for more space.', 'StorageFull');

/** Renames a file and makes the new name durable. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  const directory = await open(dirname(to), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export const removeFile = (path: string) => rm(path, { force: true });
