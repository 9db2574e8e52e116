import type { Bytes } from './bytes.ts';

/** What the bytes are, as far as their signatures tell; `raw` is everything without one. */
export type Detected =
  'raw' | 'qcow2' | 'qcow' | 'qed' | 'vmdk' | 'vdi' | 'vhd' | 'vhdx' | 'iso' | 'luks' | 'ploop' | 'dmg' | 'bochs';

const SIGNATURES: readonly { format: Detected; offset: number; bytes: Buffer }[] = [
  { format: 'qed', offset: 0, bytes: Buffer.from('QED\0') },
  { format: 'vmdk', offset: 0, bytes: Buffer.from('KDMV') },
  { format: 'vmdk', offset: 0, bytes: Buffer.from('COWD') },
  { format: 'vdi', offset: 64, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) },
  { format: 'vhd', offset: 0, bytes: Buffer.from('conectix') },
  { format: 'vhdx', offset: 0, bytes: Buffer.from('vhdxfile') },
  { format: 'luks', offset: 0, bytes: Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]) },
  { format: 'ploop', offset: 0, bytes: Buffer.from('WithoutFreeSpace') },
  { format: 'ploop', offset: 0, bytes: Buffer.from('WithouFreSpacExt') },
  { format: 'bochs', offset: 0, bytes: Buffer.from('Bochs Virtual HD Image') },
];
const QCOW = Buffer.from('QFI\xfb', 'latin1');
/** The volume descriptors of ISO 9660 begin at sector 16. */
const ISO_OFFSET = 32_769;

/** Tells an image's format from its bytes alone, whatever its uploader says it is. */
export async function detect(bytes: Bytes): Promise<Detected> {
  const head = await bytes.read(0, 4096);
  if (head.subarray(0, 4).equals(QCOW) && head.length >= 8) return head.readUInt32BE(4) === 1 ? 'qcow' : 'qcow2';
  for (const { format, offset, bytes: signature } of SIGNATURES) {
    if (head.subarray(offset, offset + signature.length).equals(signature)) return format;
  }
  if (isVmdkDescriptor(head)) return 'vmdk';
  const tail = await bytes.read(Math.max(0, bytes.size - 512), 512);
  if (tail.length === 512 && tail.subarray(0, 8).equals(Buffer.from('conectix'))) return 'vhd';
  if (tail.length === 512 && tail.subarray(0, 4).equals(Buffer.from('koly'))) return 'dmg';
  const volume = await bytes.read(ISO_OFFSET, 5);
  if (volume.equals(Buffer.from('CD001'))) return 'iso';
  return 'raw';
}

/** QEMU takes a text for a VMDK when its first line that is neither a comment nor empty is a version. */
function isVmdkDescriptor(head: Buffer): boolean {
  if (!head.subarray(0, 1).equals(Buffer.from('#'))) return false;
  const text = head.toString('latin1');
  return /^# *disk descriptorfile/i.test(text) || /^(#[^\n]*\n|[ \t\r]*\n)*version=\d/.test(text);
}
