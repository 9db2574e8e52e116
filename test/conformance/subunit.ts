import { crc32 } from 'node:zlib';

/** One packet of a subunit v2 stream. */
export interface Packet {
  testId: string | null;
  status: string;
  /** Seconds since 1970. */
  time: number | null;
  file: { name: string; content: Buffer } | null;
}

/** The low three bits of a packet's flags. */
const STATUSES = ['', 'exists', 'inprogress', 'success', 'uxsuccess', 'skip', 'fail', 'xfail'];
const HAS = { id: 0x0800, routing: 0x0400, time: 0x0200, tags: 0x0080, mime: 0x0020, file: 0x0040 } as const;
const SIGNATURE = 0xb3;
const LONGEST = 4 * 1024 * 1024;

/**
 * Reads a stream of subunit v2 as it arrives (format: README of python-subunit, "Subunit version 2"). What is between
 * packets is what a test printed; it is passed over.
 */
export function createSubunitReader(onPacket: (packet: Packet) => void): { write(chunk: Buffer): void } {
  let rest: Buffer = Buffer.alloc(0);
  return {
    write(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        const start = rest.indexOf(SIGNATURE);
        if (start < 0) {
          rest = Buffer.alloc(0);
          return;
        }
        rest = rest.subarray(start);
        const taken = takePacket(rest);
        if (taken === 'more') return;
        if (taken === 'none') {
          rest = rest.subarray(1);
          continue;
        }
        onPacket(taken.packet);
        rest = rest.subarray(taken.length);
      }
    },
  };
}

function takePacket(bytes: Buffer): { packet: Packet; length: number } | 'more' | 'none' {
  if (bytes.length < 7) return 'more';
  const flags = bytes.readUInt16BE(1);
  if (flags >> 12 !== 2) return 'none';
  const total = readNumber(bytes, 3);
  if (total === null) return 'more';
  const [length] = total;
  if (length < 8 || length > LONGEST) return 'none';
  if (bytes.length < length) return 'more';
  if (crc32(bytes.subarray(0, length - 4)) !== bytes.readUInt32BE(length - 4)) return 'none';
  return { packet: parse(bytes.subarray(0, length - 4), flags, total[1]), length };
}

function parse(bytes: Buffer, flags: number, start: number): Packet {
  let at = start;
  const number = () => {
    const read = readNumber(bytes, at);
    if (read === null) throw new Error('a subunit packet ends too early');
    at = read[1];
    return read[0];
  };
  const text = () => {
    const length = number();
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  let time: number | null = null;
  if (flags & HAS.time) {
    time = bytes.readUInt32BE(at);
    at += 4;
    time += number() / 1e9;
  }
  const testId = flags & HAS.id ? text() : null;
  if (flags & HAS.tags) for (let left = number(); left > 0; left -= 1) text();
  if (flags & HAS.mime) text();
  let file: Packet['file'] = null;
  if (flags & HAS.file) {
    const name = text();
    const length = number();
    file = { name, content: Buffer.from(bytes.subarray(at, at + length)) };
  }
  return { testId, status: STATUSES[flags & 7] ?? '', time, file };
}

/** A number of one to four bytes: the first two bits say how many; null if not all of it is there. */
function readNumber(bytes: Buffer, at: number): [value: number, next: number] | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const size = (first >> 6) + 1;
  if (at + size > bytes.length) return null;
  let value = first & 0x3f;
  for (let index = 1; index < size; index += 1) value = value * 256 + (bytes[at + index] ?? 0);
  return [value, at + size];
}
