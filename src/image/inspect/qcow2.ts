import { u64, type Bytes } from './bytes.ts';

/** Incompatible features that do not reach outside of the file: lazy refcounts, compression type, extended L2. */
const HARMLESS = 0b11001n;
const CORRUPT = 0b00010n;
const EXTERNAL_DATA = 0b00100n;
/** Header extension with the name of an external data file. */
const DATA_FILE_NAME = 0x44415441;

export interface Header {
  virtualSizeBytes: number;
  /** Why it must not be used; null when nothing in it reaches outside of the file. */
  refusal: string | null;
}

/** Reads a qcow2 header: https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst */
export async function readQcow2(bytes: Bytes): Promise<Header> {
  const head = await bytes.read(0, 65_536);
  if (head.length < 72) return refused('its header is cut off');
  const version = head.readUInt32BE(4);
  const virtualSizeBytes = u64(head, 24);
  const refuse = (reason: string): Header => ({ virtualSizeBytes, refusal: reason });
  if (version !== 2 && version !== 3) return refuse(`qcow2 version ${version} is not known`);
  if (head.readBigUInt64BE(8) !== 0n) return refuse('it names a backing file; flatten it with qemu-img convert');
  if (head.readUInt32BE(32) !== 0) return refuse('it is encrypted; upload it unencrypted');
  if (!Number.isSafeInteger(virtualSizeBytes)) return refuse('its virtual size is beyond all limits');
  if (version === 2) return { virtualSizeBytes, refusal: null };
  if (head.length < 104) return refuse('its header is cut off');
  const features = head.readBigUInt64BE(72);
  if (features & EXTERNAL_DATA) return refuse('it names an external data file; convert it with qemu-img convert');
  if (features & CORRUPT) return refuse('it is marked corrupt; repair it with qemu-img check -r all');
  if (features & ~HARMLESS) return refuse(`it needs unknown features (0x${features.toString(16)})`);
  return { virtualSizeBytes, refusal: extensionRefusal(head, head.readUInt32BE(100)) };
}

function extensionRefusal(head: Buffer, start: number): string | null {
  let offset = start;
  while (offset + 8 <= head.length) {
    const type = head.readUInt32BE(offset);
    const length = head.readUInt32BE(offset + 4);
    if (type === 0) return null;
    if (type === DATA_FILE_NAME) return 'it names an external data file; convert it with qemu-img convert';
    offset += 8 + Math.ceil(length / 8) * 8;
  }
  return 'its header extensions have no end';
}

const refused = (refusal: string): Header => ({ virtualSizeBytes: 0, refusal });
