import { tooLarge } from '../core/errors.ts';
import type { ProjectId } from '../core/ids.ts';
import type { Config } from '../http/app.ts';
import { serviceLimits } from '../identity/index.ts';
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

/** What a project may have; infinity where nothing limits it. */
export interface Limits {
  bytes: number;
  /** Of data that waits to be imported; null when it counts with the rest. */
  stagedBytes: number | null;
  images: number;
  uploads: number;
}

/**
 * A project's limits: those that an administrator registered in the identity service under Glance's names (sizes in
 * MiB), else those of this release. https://docs.openstack.org/glance/latest/admin/quotas.html
 */
export async function limitsOf(db: Reader, config: Config, owner: ProjectId | null): Promise<Limits> {
  const registered = await serviceLimits(db, 'image', owner);
  const limit = (name: string, unit: number) => {
    const value = registered.get(name);
    return value === undefined ? null : value < 0 ? Number.POSITIVE_INFINITY : value * unit;
  };
  return {
    bytes: limit('image_size_total', MIB) ?? config.imageQuotaBytes ?? DEFAULT_BYTES,
    stagedBytes: limit('image_stage_total', MIB),
    images: limit('image_count_total', 1) ?? MOST_IMAGES,
    uploads: limit('image_count_uploading', 1) ?? MOST_UPLOADS,
  };
}

/** What a project's images take. */
export async function usageOf(db: Reader, owner: ProjectId | null): Promise<Usage> {
  const rows = await db
    .selectFrom('images')
    .select((row) => ['status', row.fn.countAll<number>().as('count'), row.fn.sum<number | null>('size').as('bytes')])
    .where('owner', owner === null ? 'is' : '=', owner)
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

/** Bytes the project may still add, of data that waits for its import (`stage`) or of images. */
export function bytesLeft(usage: Usage, limits: Limits, stage = false): number {
  const { bytes, stagedBytes } = limits;
  if (stagedBytes === null) return Math.max(0, bytes - usage.bytes - usage.stagedBytes);
  return Math.max(0, stage ? stagedBytes - usage.stagedBytes : bytes - usage.bytes);
}

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
  const most = (value: number, unit = 1) => (Number.isFinite(value) ? Math.floor(value / unit) : -1);
  return {
    usage: {
      image_size_total: { limit: most(limits.bytes, MIB), usage: mib(usage.bytes) },
      image_stage_total: { limit: most(limits.stagedBytes ?? limits.bytes, MIB), usage: mib(usage.stagedBytes) },
      image_count_total: { limit: most(limits.images), usage: usage.images },
      image_count_uploading: { limit: most(limits.uploads), usage: usage.uploads },
    },
  };
}
