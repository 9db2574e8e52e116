import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOfBuffer } from './bytes.ts';
import { detect } from './detect.ts';
import { mismatchOf } from './index.ts';
import { readQcow2 } from './qcow2.ts';
import { readVmdk } from './vmdk.ts';

interface Qcow2 {
  version?: number;
  backing?: bigint;
  crypt?: number;
  features?: bigint;
  extension?: number;
}

function qcow2({ version = 3, backing = 0n, crypt = 0, features = 0n, extension = 0 }: Qcow2 = {}): Buffer {
  const image = Buffer.alloc(65_536);
  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(version, 4);
  image.writeBigUInt64BE(backing, 8);
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(1_048_576n, 24);
  image.writeUInt32BE(crypt, 32);
  image.writeBigUInt64BE(features, 72);
  image.writeUInt32BE(104, 100);
  image.writeUInt32BE(extension, 104);
  image.writeUInt32BE(8, 108);
  return image;
}

function vmdk(descriptor: string, { capacity = 2048n, footer = false } = {}): Buffer {
  const image = Buffer.alloc(512 * (footer ? 40 : 24));
  const header = (at: number) => {
    image.write('KDMV', at);
    image.writeBigUInt64LE(capacity, at + 12);
    image.writeBigUInt64LE(1n, at + 28);
    image.writeBigUInt64LE(20n, at + 36);
    image.writeBigUInt64LE(footer && at === 0 ? 0xffff_ffff_ffff_ffffn : 21n, at + 56);
  };
  header(0);
  image.write(descriptor, 512);
  if (footer) header(image.length - 1024);
  return image;
}

const DESCRIPTOR = '# Disk DescriptorFile\nversion=1\ncreateType="monolithicSparse"\nRW 2048 SPARSE "x.vmdk"\n';
const qcow2Refusal = async (wanted: Qcow2) => (await readQcow2(bytesOfBuffer(qcow2(wanted)))).refusal;
const vmdkRefusal = async (image: Buffer) => (await readVmdk(bytesOfBuffer(image))).refusal;

test('a plain qcow2 is taken, with its virtual size', async () => {
  assert.deepEqual(await readQcow2(bytesOfBuffer(qcow2())), { virtualSizeBytes: 1_048_576, refusal: null });
  assert.equal(await qcow2Refusal({ version: 2 }), null);
  assert.equal(await qcow2Refusal({ features: 0b11001n }), null);
});

test('a qcow2 that reaches outside of itself, or cannot be understood, is refused', async () => {
  assert.match((await qcow2Refusal({ backing: 104n })) ?? '', /backing file/);
  assert.match((await qcow2Refusal({ version: 2, backing: 104n })) ?? '', /backing file/);
  assert.match((await qcow2Refusal({ features: 0b100n })) ?? '', /data file/);
  assert.match((await qcow2Refusal({ extension: 0x44415441 })) ?? '', /data file/);
  assert.match((await qcow2Refusal({ features: 1n << 63n })) ?? '', /unknown features/);
  assert.match((await qcow2Refusal({ features: 0b10n })) ?? '', /corrupt/);
  assert.match((await qcow2Refusal({ crypt: 2 })) ?? '', /encrypted/);
  assert.match((await qcow2Refusal({ version: 4 })) ?? '', /version 4/);
  assert.match((await readQcow2(bytesOfBuffer(qcow2().subarray(0, 50)))).refusal ?? '', /cut off/);
});

test('only a VMDK that is all in one file is taken', async () => {
  assert.equal(await vmdkRefusal(vmdk(DESCRIPTOR)), null);
  assert.equal(
    await vmdkRefusal(vmdk(DESCRIPTOR.replace('monolithicSparse', 'streamOptimized'), { footer: true })),
    null,
  );
  assert.match((await vmdkRefusal(vmdk(DESCRIPTOR, { capacity: 0n }))) ?? '', /other files/);
  assert.match((await vmdkRefusal(vmdk(DESCRIPTOR.replace('SPARSE', 'FLAT')))) ?? '', /other files/);
  assert.match((await vmdkRefusal(vmdk(`${DESCRIPTOR}RW 1 SPARSE "/etc/shadow"\n`))) ?? '', /other files/);
  assert.match((await vmdkRefusal(vmdk(`${DESCRIPTOR}parentFileNameHint="/etc/shadow"\n`))) ?? '', /parent/);
  assert.match((await vmdkRefusal(vmdk(DESCRIPTOR.replace('monolithicSparse', 'monolithicFlat')))) ?? '', /type/);
  assert.match((await vmdkRefusal(Buffer.from(DESCRIPTOR))) ?? '', /names other files/);
});

test('formats are told by their bytes', async () => {
  const of = (buffer: Buffer) => detect(bytesOfBuffer(buffer));
  const iso = Buffer.alloc(40_000);
  iso.write('CD001', 32_769);
  const fixedVhd = Buffer.alloc(4096);
  fixedVhd.write('conectix', 3584);
  assert.equal(await of(qcow2()), 'qcow2');
  assert.equal(await of(qcow2({ version: 1 })), 'qcow');
  assert.equal(await of(vmdk(DESCRIPTOR)), 'vmdk');
  assert.equal(await of(Buffer.from(DESCRIPTOR)), 'vmdk');
  assert.equal(await of(Buffer.from('#!/bin/sh\necho hello\n')), 'raw');
  assert.equal(await of(iso), 'iso');
  assert.equal(await of(fixedVhd), 'vhd');
  assert.equal(await of(Buffer.alloc(0)), 'raw');
  assert.equal(await of(Buffer.alloc(1_000_000)), 'raw');
});

test('data must be what it is said to be', () => {
  const claim = { diskFormat: 'raw', containerFormat: 'bare', enforce: true };
  assert.equal(mismatchOf('raw', claim), null);
  assert.equal(mismatchOf('iso', claim), null);
  assert.match(mismatchOf('qcow2', claim) ?? '', /which is qcow2/);
  assert.match(mismatchOf('raw', { ...claim, diskFormat: 'qcow2' }) ?? '', /which is raw/);
  assert.equal(mismatchOf('raw', { ...claim, diskFormat: 'ami' }), null);
  assert.equal(mismatchOf('raw', { ...claim, diskFormat: 'vmdk', containerFormat: 'ova' }), null);
});
