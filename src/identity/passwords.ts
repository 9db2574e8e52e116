import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What OWASP's password storage sheet asks for: 19 MiB, two passes, one lane. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

/**
 * At most so many hashes at a time: each takes 19 MiB and a thread of the pool that file work shares. The others
 * wait their turn.
 */
const MOST_AT_ONCE = 2;

interface Argon2Hash {
  memory: number;
  passes: number;
  parallelism: number;
  salt: Buffer;
  tag: Buffer;
}

/** The hash of a password, as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { memory, passes, parallelism } = PARAMETERS;
  const tag = await derive(password, { ...PARAMETERS, salt, tag: Buffer.alloc(PARAMETERS.tagLength) });
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/**
 * Whether the password fits. Without a hash (an unknown user, or one without a password) the answer is no, but only
 * after the same work, so that time does not tell who exists.
 */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  const known = phc === null ? null : parsePhc(phc);
  const hash = known ?? { ...PARAMETERS, salt: Buffer.alloc(16), tag: randomBytes(PARAMETERS.tagLength) };
  const tag = await derive(password, hash);
  return timingSafeEqual(tag, hash.tag) && known !== null;
}

/** Whether a hash was made with other parameters than today's, and should be made again at the next log-in. */
export function needsRehash(phc: string): boolean {
  const hash = parsePhc(phc);
  return (
    hash === null ||
    hash.memory !== PARAMETERS.memory ||
    hash.passes !== PARAMETERS.passes ||
    hash.parallelism !== PARAMETERS.parallelism ||
    hash.tag.length !== PARAMETERS.tagLength
  );
}

/** A secret that no one could guess, for application credentials. */
export function randomSecret(): string {
  return randomBytes(64).toString('base64url');
}

/**
 * The hash of a secret that we drew ourselves: 512 random bits need no slow hash, and programs that authenticate for
 * every call should not pay for one.
 */
export function hashRandomSecret(secret: string): string {
  return `$sha256$${createHash('sha256').update(secret).digest('base64url')}`;
}

/** Whether a secret fits its hash, whichever of the two kinds it is. */
export async function verifySecret(secret: string, hash: string | null): Promise<boolean> {
  if (hash?.startsWith('$sha256$')) {
    return timingSafeEqual(Buffer.from(hashRandomSecret(secret)), Buffer.from(hash));
  }
  return verifyPassword(secret, hash);
}

function parsePhc(phc: string): Argon2Hash | null {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc);
  if (!match) return null;
  const [, memory, passes, parallelism, salt = '', tag = ''] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, hash: Argon2Hash): Promise<Buffer> {
  while (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      argon2(
        'argon2id',
        {
          message: password,
          nonce: hash.salt,
          memory: hash.memory,
          passes: hash.passes,
          parallelism: hash.parallelism,
          tagLength: hash.tag.length,
        },
        (error, tag) => (error ? reject(error) : resolve(tag)),
      );
    });
  } finally {
    running--;
    waiting.shift()?.();
  }
}
