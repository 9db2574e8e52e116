/** A qcow2 header that reaches outside of its file, or that we cannot judge. Never given to QEMU. */
export type Inspection = { virtualSize: number; refusal: null } | { virtualSize: null; refusal: string };

const MAGIC = 0x514649fb;
/** Incompatible features that keep everything inside the file: lazy refcounts, compression type, extended L2. */
const HARMLESS = 0b11001n;
const EXTERNAL_DATA = 0b00100n;
const DATA_FILE_NAME = 0x44415441;

/**
 * Judges an image by its first bytes (64 KiB are enough) before any program of QEMU opens it: the format must be the
 * declared one, and a qcow2 header may name no backing file, no data file and no encryption. Format:
 * https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.txt
 */
export function inspectImage(head: Buffer, fileSize: number, format: 'raw' | 'qcow2'): Inspection {
  const isQcow2 = head.length >= 4 && head.readUInt32BE(0) === MAGIC;
  if (format === 'raw')
    return isQcow2 ? refuse('it is declared raw and is qcow2') : { virtualSize: fileSize, refusal: null };
  if (!isQcow2) return refuse('it is declared qcow2 and is not');
  if (head.length < 104) return refuse('its header is cut off');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) return refuse(`version ${version} of qcow2 is not known`);
  if (head.readBigUInt64BE(8) !== 0n) return refuse('it names a backing file');
  if (head.readUInt32BE(32) !== 0) return refuse('it is encrypted');
  const virtualSize = Number(head.readBigUInt64BE(24));
  if (!Number.isSafeInteger(virtualSize)) return refuse('its size is beyond all limits');
  if (version === 2) return { virtualSize, refusal: null };
  const features = head.readBigUInt64BE(72);
  if (features & EXTERNAL_DATA) return refuse('it names an external data file');
  if (features & ~HARMLESS)
    return refuse(`it is marked corrupt or needs unknown features (0x${features.toString(16)})`);
  return namesDataFile(head, head.readUInt32BE(100))
    ? refuse('it names an external data file')
    : { virtualSize, refusal: null };
}

function namesDataFile(head: Buffer, start: number): boolean {
  for (let offset = start; offset + 8 <= head.length;) {
    const type = head.readUInt32BE(offset);
    if (type === 0) return false;
    if (type === DATA_FILE_NAME) return true;
    offset += 8 + Math.ceil(head.readUInt32BE(offset + 4) / 8) * 8;
  }
  return false;
}

function refuse(refusal: string): Inspection {
  return { virtualSize: null, refusal };
}
