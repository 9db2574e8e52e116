import { u64le, type Bytes } from './bytes.ts';
import type { Header } from './qcow2.ts';

const SECTOR = 512;
const MOST_DESCRIPTOR = 1024 * 1024;
/** The types whose one extent is the file itself. */
const SELF_CONTAINED = ['monolithicsparse', 'streamoptimized'];
/** "The grain directory is at the end": a second header before the end of the file counts too. */
const AT_END = 0xffff_ffff_ffff_ffffn;

/**
 * Reads a VMDK's header and descriptor. Everything that makes QEMU open another file by name is refused: plain
 * descriptors, extents beside the file's own, parents
 * (https://gitlab.com/qemu-project/qemu/-/blob/master/block/vmdk.c).
 */
export async function readVmdk(bytes: Bytes): Promise<Header> {
  const head = await bytes.read(0, SECTOR);
  if (!head.subarray(0, 4).equals(Buffer.from('KDMV')) || head.length < SECTOR) {
    return { virtualSizeBytes: 0, refusal: 'it is a description that names other files; convert it with qemu-img' };
  }
  const virtualSizeBytes = u64le(head, 12) * SECTOR;
  const refuse = (refusal: string): Header => ({ virtualSizeBytes, refusal });
  const headers = [head];
  if (head.readBigUInt64LE(56) === AT_END) {
    if (bytes.size % SECTOR !== 0) return refuse('its footer is not where it should be: the upload was cut off');
    const footer = await bytes.read(bytes.size - 2 * SECTOR, SECTOR);
    if (footer.length < SECTOR || !footer.subarray(0, 4).equals(Buffer.from('KDMV'))) {
      return refuse('its footer is missing: the upload was cut off');
    }
    headers.push(footer);
  }
  for (const header of headers) {
    if (header.readBigUInt64LE(12) === 0n) return refuse('it names other files as its extents');
    const offset = u64le(header, 28) * SECTOR;
    const length = u64le(header, 36) * SECTOR;
    if (offset === 0 && header !== head) continue;
    if (offset === 0 || length === 0 || length > MOST_DESCRIPTOR || offset + length > bytes.size) {
      return refuse('its description is missing or out of bounds');
    }
    const reason = descriptorRefusal((await bytes.read(offset, length)).toString('latin1'));
    if (reason) return refuse(reason);
  }
  if (!Number.isSafeInteger(virtualSizeBytes)) return refuse('its virtual size is beyond all limits');
  return { virtualSizeBytes, refusal: null };
}

/** Line by line: an expression over the whole of a hostile text can take as long as its author likes. */
function descriptorRefusal(descriptor: string): string | null {
  const lines = descriptor.split(/[\0\r\n]/).map((line) => line.trim().toLowerCase());
  const type = lines.find((line) => /^createtype[ \t]*=/.test(line))?.split('=')[1] ?? '';
  if (!SELF_CONTAINED.includes(type.replaceAll('"', '').trim())) {
    return `its type is ${JSON.stringify(type.slice(0, 40))}; only monolithicSparse and streamOptimized are in one file`;
  }
  if (lines.some((line) => line.includes('parentfilenamehint'))) return 'it names a parent file';
  const extents = lines.filter((line) => /^(rw|rdonly|noaccess)\b/.test(line)).map((line) => line.split(/[ \t]+/));
  if (extents.length !== 1 || extents[0]?.[2] !== 'sparse') return 'it names other files as its extents';
  return null;
}
