import { open } from 'node:fs/promises';
import { isMissing } from '../files.ts';

export const CONSOLE_LIMIT = 1024 * 1024;

/**
 * Keeps the serial log bounded: beyond the limit only its later half stays. QEMU writes at the end wherever that is
 * (O_APPEND), so the file can be shortened under it.
 */
export async function trimConsole(path: string, limit = CONSOLE_LIMIT): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      if (size <= limit) return;
      const keep = Buffer.alloc(limit / 2);
      const { bytesRead } = await file.read(keep, 0, keep.length, size - keep.length);
      const newline = keep.indexOf(10) + 1;
      await file.truncate(0);
      await file.write(keep.subarray(newline, bytesRead), 0, bytesRead - newline, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** The last bytes of the serial log, at most `limit`; empty when there is none. */
export async function readConsole(path: string, limit = CONSOLE_LIMIT): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.min(size, limit));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}
