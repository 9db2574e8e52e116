import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatByName, formatOf, HEAD, isWebAddress, nameByFile } from './format.ts';
import { changeImage, createImage } from './operations.ts';

test('a disk image says itself what it is', () => {
  const bytes = (at: number, mark: string) => {
    const head = new Uint8Array(HEAD);
    head.set(
      Array.from(mark, (letter) => letter.charCodeAt(0)),
      at,
    );
    return head;
  };
  assert.equal(formatOf(bytes(0, 'QFI\xfb\0\0\0\x03')), 'qcow2');
  assert.equal(formatOf(bytes(32_769, 'CD001')), 'iso');
  assert.equal(formatOf(bytes(64, '\x7f\x10\xda\xbe')), 'vdi');
  assert.equal(formatOf(bytes(0, '\x1f\x8b\x08')), 'compressed');
  assert.equal(formatOf(bytes(510, '\x55\xaa')), 'raw');
  assert.equal(formatOf(new Uint8Array()), 'raw');
});

test('names of files and addresses tell names and formats', () => {
  const address = 'https://cloud.debian.org/images/debian-13-generic-amd64.qcow2?x=1';
  assert.equal(nameByFile(address), 'debian-13-generic-amd64');
  assert.equal(formatByName(address), 'qcow2');
  assert.equal(formatByName('jammy.IMG'), 'qcow2');
  assert.equal(formatByName('disk'), null);
  assert.deepEqual([address, 'ftp://x/y', 'x'].map(isWebAddress), [true, false, false]);
});

test('requests and commands say the same', () => {
  const image = { id: 'i', name: 'gold' };
  assert.deepEqual(changeImage(image, { visibility: 'shared', protected: true }).request.body, [
    { op: 'replace', path: '/visibility', value: 'shared' },
    { op: 'replace', path: '/protected', value: true },
  ]);
  assert.equal(
    createImage({ name: 'x', format: 'raw', file: 'x.raw' }).command?.join(' '),
    'openstack image create --disk-format raw --container-format bare --private --file x.raw x',
  );
});
