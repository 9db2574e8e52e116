import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { keyComment, keyProblem, privateKeyFile, publicKeyLine } from './openssh.ts';

// The first test vector of RFC 8032, 7.1.
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicKey = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');

test('a key has the form that ssh reads', () => {
  const line = publicKeyLine(publicKey, 'thyme');
  assert.equal(line, 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea thyme');
  assert.equal(keyProblem(line), null);
  assert.equal(keyComment(`${line} of ann`), 'thyme of ann');
  const file = privateKeyFile(seed, publicKey, 'thyme', 0x01020304);
  const bytes = Buffer.from(file.split('\n').slice(1, -2).join(''), 'base64');
  assert.ok(bytes.subarray(0, 15).equals(Buffer.from('openssh-key-v1\0')));
  assert.ok(bytes.includes(Buffer.concat([seed, publicKey])));
  // The private part, after its length, is in blocks of eight bytes.
  const at = bytes.lastIndexOf(Buffer.from([1, 2, 3, 4, 1, 2, 3, 4]));
  assert.equal(bytes.readUInt32BE(at - 4), bytes.length - at);
  assert.equal((bytes.length - at) % 8, 0);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const own = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  assert.ok(own.export({ format: 'der', type: 'spki' }).subarray(-32).equals(publicKey));
});

test('what is no public key is refused before it is sent, a private one above all', () => {
  assert.equal(keyProblem(' '), 'empty');
  assert.equal(keyProblem(privateKeyFile(seed, publicKey, 'x', 1)), 'private');
  assert.equal(keyProblem('-----BEGIN RSA PRIVATE KEY-----\nabc'), 'private');
  assert.equal(keyProblem('PuTTY-User-Key-File-3: ssh-ed25519'), 'private');
  assert.equal(keyProblem('ssh-ed25519 short'), 'unknown');
  assert.equal(keyProblem('hello there'), 'unknown');
});
