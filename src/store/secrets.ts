import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The cloud's one secret key, from which a key per purpose is derived (RFC 5869). */
export interface Secrets {
  /** 32 bytes for one purpose, such as `tokens`. */
  key(purpose: string): Buffer;
  /** Encrypts a text at rest (AES-256-GCM), bound to `purpose`. */
  seal(purpose: string, text: string): string;
  /** The text that was sealed for `purpose`. Throws when it was changed or sealed for something else. */
  open(purpose: string, sealed: string): string;
}

/** Reads the key from `secret.key` in the state directory, or makes it there, readable by the service alone. */
export function loadSecrets(stateDir: string): Secrets {
  const path = join(stateDir, 'secret.key');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  return secretsFrom(readFileSync(path));
}

export function secretsFrom(master: Buffer): Secrets {
  if (master.length !== 32) throw new Error('the secret key must have 32 bytes');
  const key = (purpose: string) => Buffer.from(hkdfSync('sha256', master, '', `potluck ${purpose}`, 32));
  // A host's document opens a secret of each server on it: deriving the key takes longer than using it.
  const derived = new Map<string, KeyObject>();
  const cipherKey = (purpose: string): KeyObject => {
    const known = derived.get(purpose) ?? createSecretKey(key(purpose));
    derived.set(purpose, known);
    return known;
  };
  return {
    key,
    seal(purpose, text) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', cipherKey(purpose), iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', cipherKey(purpose), bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}
