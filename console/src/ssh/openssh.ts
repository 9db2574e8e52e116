/** Bytes as SSH's wire format puts strings: the length in four bytes, then the bytes (RFC 4251, 5). */
function field(content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return join([number(bytes.length), bytes]);
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

const TYPE = 'ssh-ed25519';
const publicBlob = (publicKey: Uint8Array) => join([field(TYPE), field(publicKey)]);

/** A line for authorized_keys: `ssh-ed25519 AAAA… comment`. `publicKey` is of 32 bytes. Pure. */
export function publicKeyLine(publicKey: Uint8Array, comment: string): string {
  return `${TYPE} ${base64(publicBlob(publicKey))} ${comment}`;
}

/**
 * The file of an unencrypted private key, as ssh-keygen writes it (OpenSSH's PROTOCOL.key). `seed` and `publicKey` are of 32
 * bytes each; `check` is a random number that stands in it twice. Pure.
 */
export function privateKeyFile(seed: Uint8Array, publicKey: Uint8Array, comment: string, check: number): string {
  const secret = join([
    ...[number(check), number(check), publicBlob(publicKey)],
    ...[field(join([seed, publicKey])), field(comment)],
  ]);
  const padding = Uint8Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1);
  const file = join([
    new TextEncoder().encode('openssh-key-v1\0'),
    ...[field('none'), field('none'), field(''), number(1)],
    ...[field(publicBlob(publicKey)), field(join([secret, padding]))],
  ]);
  const lines = base64(file).match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

export type KeyProblem = 'empty' | 'private' | 'unknown';

const TYPES =
  /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** What is wrong with a text that should be a public key; null when nothing is. A private key must never be sent. Pure. */
export function keyProblem(text: string): KeyProblem | null {
  if (text.trim() === '') return 'empty';
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File/.test(text)) return 'private';
  const [type = '', blob = ''] = text.trim().split(/\s+/);
  return TYPES.test(type) && /^[A-Za-z0-9+/]{40,}={0,2}$/.test(blob) ? null : 'unknown';
}

/** The comment at the end of a public key, which often names its owner: a first proposal for a name. Pure. */
export function keyComment(text: string): string {
  return text.trim().split(/\s+/).slice(2).join(' ');
}
