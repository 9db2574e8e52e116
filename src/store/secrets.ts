import {
  createHash,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import type { Store } from './store.ts';

/** The cloud's one secret key, from which a key per purpose is derived (RFC 5869). */
export interface Secrets {
  /** 32 bytes for one purpose, such as `tokens`. */
  key(purpose: string): Buffer;
  /** Encrypts a text at rest (AES-256-GCM), bound to `purpose`. */
  seal(purpose: string, text: string): string;
  /** The text that was sealed for `purpose`. Throws when it was changed or sealed for something else. */
  open(purpose: string, sealed: string): string;
}

/**
 * Reads the key from `secret.key` in the state directory, or makes it there, readable by the service alone. The
 * database knows by a hash which key is its own. Throws OperatorError for another one, whose controller could neither
 * check this cloud's tokens nor open its secrets.
 */
export async function loadSecrets(stateDir: string, store: Store): Promise<Secrets> {
  const path = join(stateDir, 'secret.key');
  const known = await keyCheck(store);
  if (known !== null && !existsSync(path)) {
    throw new OperatorError(
      `The database belongs to a cloud whose key is not here: there is no ${path}.`,
      'Copy secret.key from the state directory of another controller of this cloud, or from its backup.',
    );
  }
  const secrets = readSecrets(path);
  const check = createHash('sha256').update(secrets.key('key-check')).digest('hex');
  if (known === null) {
    await store.transaction(async ({ db }) => {
      const row = { name: 'key-check' as const, value: check };
      await db
        .insertInto('cloud_facts')
        .values(row)
        .onConflict((clash) => clash.doNothing())
        .execute();
    });
  }
  // Of two controllers that start together on an empty database, one was faster.
  if ((known ?? (await keyCheck(store))) !== check) {
    throw new OperatorError(
      `The key ${path} is not that of the cloud in the database.`,
      'Copy secret.key from the state directory of another controller of this cloud, or from its backup.',
    );
  }
  return secrets;
}

async function keyCheck(store: Store): Promise<string | null> {
  const row = await store.read
    .selectFrom('cloud_facts')
    .select('value')
    .where('name', '=', 'key-check')
    .executeTakeFirst();
  return row?.value ?? null;
}

function readSecrets(path: string): Secrets {
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
