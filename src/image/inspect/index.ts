import type { FileHandle } from 'node:fs/promises';
import { ApiError, badRequest } from '../../core/errors.ts';
import { QemuImgRefusal, qemuImgInfo } from '../../engines/qemu-img/index.ts';
import { bytesOfFile, type Bytes } from './bytes.ts';
import { detect, type Detected } from './detect.ts';
import { readQcow2, type Header } from './qcow2.ts';
import { readVmdk } from './vmdk.ts';

/** What an uploader says about the data. */
export interface Claim {
  diskFormat: string;
  containerFormat: string;
  /** Whether the data must be what the format says. */
  enforce: boolean;
}

/** Formats with a header that qemu-img reads, by the names that QEMU has for them. */
const QEMU_NAMES: Partial<Record<Detected, string>> = {
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhd: 'vpc',
  vhdx: 'vhdx',
};
const INSPECTABLE: readonly string[] = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhd', 'vhdx', 'iso', 'ploop'];

/**
 * Looks into uploaded data before anything else does. Throws ApiError 400 when its header reaches outside of the file
 * or is broken, and 415, as Glance, when it is not what `disk_format` says.
 */
export async function inspect(
  file: FileHandle,
  size: number,
  claim: Claim,
): Promise<{ virtualSizeBytes: number | null }> {
  const bytes = bytesOfFile(file, size);
  const found = await detect(bytes);
  const header = await readHeader(bytes, found);
  if (header?.refusal) throw badRequest(`The ${found} image is refused: ${header.refusal}.`);
  const mismatch = claim.enforce ? mismatchOf(found, claim) : null;
  if (mismatch) throw new ApiError(415, 'UnsupportedMediaType', mismatch);
  if (found !== claim.diskFormat) return { virtualSizeBytes: claim.diskFormat === 'raw' ? size : null };
  const name = QEMU_NAMES[found];
  if (!name) return { virtualSizeBytes: size };
  try {
    const info = await qemuImgInfo(file.fd, name);
    if (info?.backingFile) throw badRequest(`The ${found} image is refused: it names a backing file.`);
    const virtualSizeBytes = info?.virtualSizeBytes ?? header?.virtualSizeBytes ?? null;
    if (virtualSizeBytes !== null && !Number.isSafeInteger(virtualSizeBytes)) {
      throw badRequest(`The ${found} image is refused: its virtual size is beyond all limits.`);
    }
    return { virtualSizeBytes };
  } catch (error) {
    if (!(error instanceof QemuImgRefusal)) throw error;
    throw badRequest(`The ${found} image cannot be read: ${error.message}.`);
  }
}

async function readHeader(bytes: Bytes, found: Detected): Promise<Header | null> {
  if (found === 'qcow2') return readQcow2(bytes);
  if (found === 'vmdk') return readVmdk(bytes);
  return null;
}

/**
 * Why the data is not what it is said to be; null when it is. Containers hold something else than a disk, and an ISO
 * may be written to a disk as it is.
 */
export function mismatchOf(found: Detected, { diskFormat, containerFormat }: Claim): string | null {
  if (containerFormat !== 'bare' || found === diskFormat) return null;
  if (diskFormat === 'raw' && found === 'iso') return null;
  if (!INSPECTABLE.includes(diskFormat) && found === 'raw') return null;
  return `Image disk_format ${diskFormat} does not match the data, which is ${found}: set disk_format to what the data is, or convert it with qemu-img convert.`;
}
