import type { FileHandle } from 'node:fs/promises';

/** Reads an image's bytes at any place; shorter at the end of the file. */
export interface Bytes {
  size: number;
  read(offset: number, length: number): Promise<Buffer>;
}

export function bytesOfBuffer(buffer: Buffer): Bytes {
  return { size: buffer.length, read: (offset, length) => Promise.resolve(buffer.subarray(offset, offset + length)) };
}

export function bytesOfFile(file: FileHandle, size: number): Bytes {
  return {
    size,
    async read(offset, length) {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
  };
}

/** A 64 bit number of a header as a JavaScript number; larger ones than that can be exact in are out of any range. */
export const u64 = (bytes: Buffer, offset: number) => Number(bytes.readBigUInt64BE(offset));
export const u64le = (bytes: Buffer, offset: number) => Number(bytes.readBigUInt64LE(offset));
