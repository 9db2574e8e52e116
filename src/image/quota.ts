import { tooLarge } from '../core/errors.ts';
import type { ProjectId } from '../core/ids.ts';
import type { Config } from '../http/app.ts';
import type { Reader } from '../store/store.ts';

const MIB = 1024 * 1024;
const DEFAULT_BYTES = 100 * 1024 * MIB;
const MOST_IMAGES = 1000;
const MOST_UPLOADS = 20;

export interface Usage {
  bytes: number;
  stagedBytes: number;
  images: number;
  uploads: number;
}

export interface Limits {
  bytes: number;
  images: number;
  uploads: number;
}

export const limitsOf = (config: Config): Limits => ({
  bytes: config.imageQuotaBytes ?? DEFAULT_BYTES,
  images: MOST_IMAGES,
  uploads: MOST_UPLOADS,
});

/** What a project's images take. */
export async function usageOf(db: Reader, owner: ProjectId | null): Promise<Usage> {
  const rows = await db
    .selectFrom('images')
    .select((row) => ['status', row.fn.countAll<number>().as('count'), row.fn.sum<number | null>('size').as('bytes')])
    .where('owner', 'is', owner)
    .where('status', '!=', 'pending_delete')
    .groupBy('status')
    .execute();
  const usage: Usage = { bytes: 0, stagedBytes: 0, images: 0, uploads: 0 };
  for (const { status, count, bytes } of rows) {
    usage.images += count;
    if (status === 'saving' || status === 'uploading' || status === 'importing') usage.uploads += count;
    if (status === 'uploading' || status === 'importing') usage.stagedBytes += bytes ?? 0;
    else usage.bytes += bytes ?? 0;
  }
  return usage;
}

/** Bytes the project may still add. */
export const bytesLeft = (usage: Usage, limits: Limits) => Math.max(0, limits.bytes - usage.bytes - usage.stagedBytes);

/** Throws ApiError 413 when there is no room for so many more bytes. */
export function checkBytes(left: number, bytes: number): void {
  if (bytes <= left) return;
  throw tooLarge(
    `Image exceeds the storage quota: the project may store ${Math.floor(left / MIB)} MiB more. Delete images, or ask the operator for a higher limit.`,
    'StorageQuotaFull',
  );
}

/** Throws ApiError 413 when the project has all the images it may have. */
export function checkImages(usage: Usage, limits: Limits): void {
  if (usage.images < limits.images) return;
  throw tooLarge(`The project has ${usage.images} images, which is its limit. Delete images first.`, 'OverLimit');
}

/** Throws ApiError 413 when too many uploads of the project are under way. */
export function checkUploads(usage: Usage, limits: Limits): void {
  if (usage.uploads < limits.uploads) return;
  throw tooLarge(`${usage.uploads} uploads of the project are under way. Wait until one has ended.`, 'OverLimit');
}

/** The answer of `GET /v2/info/usage`, in MiB where it is bytes. */
export function usageView(usage: Usage, limits: Limits): object {
  const mib = (bytes: number) => Math.ceil(bytes / MIB);
  return {
    usage: {
      image_size_total: { limit: Math.floor(limits.bytes / MIB), usage: mib(usage.bytes) },
      image_stage_total: { limit: Math.floor(limits.bytes / MIB), usage: mib(usage.stagedBytes) },
      image_count_total: { limit: limits.images, usage: usage.images },
      image_count_uploading: { limit: limits.uploads, usage: usage.uploads },
    },
  };
}
