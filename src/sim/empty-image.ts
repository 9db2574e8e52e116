const CLUSTER_BITS = 16;
const CLUSTER = 2 ** CLUSTER_BITS;

/**
 * The smallest qcow2 image of that size, all zeros: what simulated servers boot from, made without qemu-img.
 * https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst
 */
export function emptyQcow2(sizeGib: number): Buffer {
  // Clusters: header, table of reference counts, their only block, L1 table.
  const file = Buffer.alloc(4 * CLUSTER);
  const size = BigInt(sizeGib) * 2n ** 30n;
  const bytesPerL1Entry = BigInt(CLUSTER) * BigInt(CLUSTER / 8);
  file.write('QFI\xfb', 'latin1');
  file.writeUInt32BE(3, 4);
  file.writeUInt32BE(CLUSTER_BITS, 20);
  file.writeBigUInt64BE(size, 24);
  file.writeUInt32BE(Number((size + bytesPerL1Entry - 1n) / bytesPerL1Entry), 36);
  file.writeBigUInt64BE(BigInt(3 * CLUSTER), 40);
  file.writeBigUInt64BE(BigInt(CLUSTER), 48);
  file.writeUInt32BE(1, 56);
  // Reference counts of 16 bits; a header of 104 bytes.
  file.writeUInt32BE(4, 96);
  file.writeUInt32BE(104, 100);
  file.writeBigUInt64BE(BigInt(2 * CLUSTER), CLUSTER);
  for (let cluster = 0; cluster < 4; cluster++) file.writeUInt16BE(1, 2 * CLUSTER + 2 * cluster);
  return file;
}
