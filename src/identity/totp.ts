import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Store, Tx } from '../store/store.ts';

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

/** Numbers that were used: each is good once, and none before it afterwards, whichever controller is asked. */
export interface Passcodes {
  /** Whether the step may be used by this user; it is used up then. */
  use(userId: string, step: number): Promise<boolean>;
}

export function createPasscodes(store: Store): Passcodes {
  return {
    use: (userId, step) =>
      store.transaction(async ({ db }) => {
        const rows = await db
          .insertInto('used_passcodes')
          .values({ user_id: userId, step })
          .onConflict((clash) => clash.column('user_id').doUpdateSet({ step }).where('used_passcodes.step', '<', step))
          .returning('step')
          .execute();
        return rows.length > 0;
      }),
  };
}

/** Steps that no clock is at any more. */
const OVER = 10;

/** Forgets used numbers that are not good any more by themselves. */
export async function forgetPasscodes(db: Tx['db'], now: number): Promise<void> {
  await db
    .deleteFrom('used_passcodes')
    .where('step', '<', Math.floor(now / STEP) - OVER)
    .execute();
}
