import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectImage } from './inspect.ts';

function qcow2(change: (header: Buffer) => void = () => undefined): Buffer {
  const header = Buffer.alloc(512);
  header.writeUInt32BE(0x514649fb, 0);
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(5n * 1024n ** 3n, 24);
  header.writeUInt32BE(104, 100);
  change(header);
  return header;
}

const refusal = (head: Buffer, format: 'raw' | 'qcow2' = 'qcow2') => inspectImage(head, 4096, format).refusal;

test('a self-contained image is accepted with its virtual size', () => {
  assert.deepEqual(inspectImage(qcow2(), 4096, 'qcow2'), { virtualSize: 5 * 1024 ** 3, refusal: null });
  assert.deepEqual(inspectImage(Buffer.alloc(512), 4096, 'raw'), { virtualSize: 4096, refusal: null });
});

test('whatever reaches outside of the file, or is not what it is said to be, is refused', () => {
  assert.match(refusal(qcow2((h) => h.writeBigUInt64BE(200n, 8))) ?? '', /backing file/);
  assert.match(refusal(qcow2((h) => h.writeUInt32BE(1, 32))) ?? '', /encrypted/);
  assert.match(refusal(qcow2((h) => h.writeBigUInt64BE(4n, 72))) ?? '', /data file/);
  assert.match(refusal(qcow2((h) => h.writeUInt32BE(0x44415441, 104))) ?? '', /data file/);
  assert.match(refusal(qcow2((h) => h.writeBigUInt64BE(1n << 9n, 72))) ?? '', /unknown features/);
  assert.match(refusal(qcow2(), 'raw') ?? '', /declared raw/);
  assert.match(refusal(Buffer.alloc(512)) ?? '', /declared qcow2/);
  assert.match(refusal(qcow2().subarray(0, 80)) ?? '', /cut off/);
});
