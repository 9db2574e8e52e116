import type { StarterFile } from './input.ts';

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** Numbers of two and four bytes, least byte first. */
function fields(...parts: (readonly [size: 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of parts) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Files as one archive, not compressed: a few texts, small and open to whoever looks. Files with a secret are readable
 * by their owner alone once they are unpacked. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zip(
  files: readonly Pick<StarterFile, 'name' | 'content' | 'secret'>[],
  now: Date,
): Uint8Array<ArrayBuffer> {
  const time = (now.getHours() << 11) | (now.getMinutes() << 5) | (now.getSeconds() >> 1);
  const date = ((now.getFullYear() - 1980) << 9) | ((now.getMonth() + 1) << 5) | now.getDate();
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content, secret } of files) {
    const path = new TextEncoder().encode(name);
    const data = new TextEncoder().encode(content);
    // Version 2.0, names in UTF-8, stored, and what both headers say of a file.
    const common = fields(
      ...([
        [2, 20],
        [2, 0x0800],
        [2, 0],
        [2, time],
        [2, date],
      ] as const),
      ...([
        [4, crc32(data)],
        [4, data.length],
        [4, data.length],
        [2, path.length],
        [2, 0],
      ] as const),
    );
    const entry = [fields([4, 0x04034b50]), common, path, data];
    // Made on Unix, so that the mode counts: a plain file.
    const mode = 0o100000 | (secret ? 0o600 : 0o644);
    const rest = fields([2, 0], [2, 0], [2, 0], [4, mode * 0x10000], [4, offset]);
    local.push(...entry);
    central.push(fields([4, 0x02014b50], [2, (3 << 8) | 20]), common, rest, path);
    offset += entry.reduce((sum, { length }) => sum + length, 0);
  }
  const directory = joined(central);
  const counts = [
    [2, files.length],
    [2, files.length],
  ] as const;
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], ...counts, [4, directory.length], [4, offset], [2, 0]);
  return joined([...local, directory, end]);
}
