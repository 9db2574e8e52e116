import { createHmac, timingSafeEqual } from 'node:crypto';

/** One-time passwords by the time (RFC 6238): six digits, a new number every 30 seconds. */
const STEP = 30_000;
const DIGITS = 6;
/** How many numbers back still count, as Keystone's `[totp] included_previous_windows` has it. */
const PREVIOUS = 1;

/** The bytes of a seed written in base32 (RFC 4648), with or without padding; null when it is not. */
export function decodeBase32(text: string): Buffer | null {
  const clean = text.replaceAll(/[=\s]/g, '').toUpperCase();
  if (clean === '' || !/^[A-Z2-7]+$/.test(clean)) return null;
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of clean) {
    value = (value << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 0xff);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

/** The number of one step (RFC 4226). */
export function passcodeAt(seed: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', seed).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0x0f;
  const number = hash.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step whose number was given: today's, or one of the last ones. Null for none. */
export function matchingStep(seed: string, passcode: string, now: number): number | null {
  const bytes = decodeBase32(seed);
  const given = Buffer.from(passcode);
  if (!bytes || given.length !== DIGITS) return null;
  const current = Math.floor(now / STEP);
  for (let step = current; step >= current - PREVIOUS; step--) {
    if (timingSafeEqual(Buffer.from(passcodeAt(bytes, step)), given)) return step;
  }
  return null;
}

/** Numbers that were used: each is good once, and none before it afterwards. In memory, forgotten at a restart. */
export interface Passcodes {
  /** Whether the step may be used by this user; it is used up then. */
  use(userId: string, step: number): boolean;
}

const MOST_REMEMBERED = 10_000;

export function createPasscodes(): Passcodes {
  const latest = new Map<string, number>();
  return {
    use(userId, step) {
      if ((latest.get(userId) ?? -1) >= step) return false;
      latest.delete(userId);
      const oldest = latest.size >= MOST_REMEMBERED ? latest.keys().next() : undefined;
      if (oldest && !oldest.done) latest.delete(oldest.value);
      latest.set(userId, step);
      return true;
    },
  };
}
