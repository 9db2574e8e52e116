import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Reconciler } from '../core/reconciler.ts';
import { ApiError } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { forgetPasscodes } from './totp.ts';

/**
 * Slows down guessing, whichever controller is asked: before a password is looked at, and before one that was right
 * counts, so that nothing is gained by many guesses at once. A log-in from where its account was used before, without
 * failures, writes nothing.
 */
export interface Throttle {
  /** Milliseconds until the next attempt is looked at; 0 for now. */
  wait(account: string, address: string): Promise<number>;
  failed(account: string, address: string): Promise<void>;
  /** Throws ApiError 429 when so many attempts have failed meanwhile that this one would not have been looked at. */
  succeeded(account: string, address: string): Promise<void>;
}

/** Failures in a row that cost nothing: of one account from one address, of an address, and of an account. */
const FREE = { pair: 5, address: 50, account: 100 } as const;
const LONGEST_LOCK = 60_000;
const FORGOTTEN_AFTER = 15 * 60_000;
const DAY = 24 * 60 * 60_000;
/** How long it is kept from where an account was used, and how often that is written down anew. */
const KNOWN_FOR = 90 * DAY;
const KNOWN_ANEW = 7 * DAY;

type Kind = keyof typeof FREE;
type Row = { key: string; known: number; failures: number; last_at: number };

/**
 * After the free failures an account is locked for that address for 1 s, then 2 s, 4 s … up to a minute. So are all
 * accounts for an address that tries many, and an account for all addresses when many try it; but who has logged in
 * from there before is not kept out by what others do: a whole school may share an address.
 */
export function createThrottle({ store, secrets, clock }: Pick<App, 'store' | 'secrets' | 'clock'>): Throttle {
  const secret = secrets.key('login-attempts');
  // People type passwords where names belong: no such text is kept.
  const hashed = (text: string) => createHmac('sha256', secret).update(text).digest('base64url').slice(0, 24);
  const keysOf = (account: string, from: string) => {
    const address = lineOf(from);
    const pair = `${address}\n${account}`;
    return {
      pair: hashed(`pair ${pair}`),
      address: hashed(`address ${address}`),
      account: hashed(`account ${account}`),
      known: hashed(`known ${pair}`),
    };
  };
  const look = async (keys: ReturnType<typeof keysOf>) => {
    const rows = await store.read
      .selectFrom('login_attempts')
      .select(['key', 'known', 'failures', 'last_at'])
      .where('key', 'in', Object.values(keys))
      .execute();
    const now = clock.now();
    const find = (kind: Kind | 'known') => rows.find((row) => row.key === keys[kind]);
    const own = lockOf('pair', find('pair'), now);
    const known = find('known');
    const others = Math.max(lockOf('address', find('address'), now), lockOf('account', find('account'), now));
    return { known, failedBefore: find('pair') !== undefined, wait: known ? own : Math.max(own, others) };
  };
  return {
    wait: async (account, from) => (await look(keysOf(account, from))).wait,
    async failed(account, from) {
      const keys = keysOf(account, from);
      const { known } = await look(keys);
      const now = clock.now();
      const counted: Kind[] = known ? ['pair'] : ['pair', 'address', 'account'];
      await store.transaction(async ({ db }) => {
        await db
          .insertInto('login_attempts')
          .values(counted.map((kind) => ({ key: keys[kind], known: 0 as const, failures: 1, last_at: now })))
          .onConflict((clash) =>
            clash.column('key').doUpdateSet({
              failures: sql<number>`case when login_attempts.last_at < ${now - FORGOTTEN_AFTER}
                then 1 else login_attempts.failures + 1 end`,
              last_at: now,
            }),
          )
          .execute();
      });
    },
    async succeeded(account, from) {
      const keys = keysOf(account, from);
      const { known, failedBefore, wait } = await look(keys);
      if (wait > 0) throw tooMany(wait);
      const now = clock.now();
      const isNoted = known !== undefined && now - known.last_at < KNOWN_ANEW;
      if (isNoted && !failedBefore) return;
      await store.transaction(async ({ db }) => {
        await db.deleteFrom('login_attempts').where('key', '=', keys.pair).execute();
        await db
          .insertInto('login_attempts')
          .values({ key: keys.known, known: 1, failures: 0, last_at: now })
          .onConflict((clash) => clash.column('key').doUpdateSet({ last_at: now }))
          .execute();
      });
    },
  };
}

/** Milliseconds for which so many failures lock. */
function lockOf(kind: Kind, row: Row | undefined, now: number): number {
  if (!row || row.failures < FREE[kind] || now - row.last_at > FORGOTTEN_AFTER) return 0;
  const lock = Math.min(LONGEST_LOCK, 1_000 * 2 ** (row.failures - FREE[kind]));
  return Math.max(0, row.last_at + lock - now);
}

/** Forgets failures that count no more, from where accounts were used long ago, and passcodes that are over. */
export function createLoginAttemptReconciler({ store, clock }: App): Reconciler {
  return {
    name: 'login-attempts',
    signal: 'login-attempts',
    every: 10 * 60_000,
    async run() {
      const now = clock.now();
      await store.transaction(async ({ db }) => {
        for (const [known, age] of [
          [0, FORGOTTEN_AFTER],
          [1, KNOWN_FOR],
        ] as const) {
          await db
            .deleteFrom('login_attempts')
            .where('known', '=', known)
            .where('last_at', '<', now - age)
            .execute();
        }
        await forgetPasscodes(db, now);
      });
    },
  };
}

/** One line to the internet: an IPv4 address, or the /64 of an IPv6 address, in which anybody has as many as they like. */
function lineOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}

/** Throws ApiError 429, which tells when to try again, while attempts are refused without being looked at. */
export async function requireUnlocked(throttle: Throttle, context: Context, account: string): Promise<void> {
  const wait = await throttle.wait(account, context.remoteAddress);
  if (wait === 0) return;
  // One row for each failure that was looked at is enough: a flood of these must not fill the disk.
  if (context.trail) context.trail.silent = true;
  throw tooMany(wait);
}

function tooMany(wait: number): ApiError {
  const seconds = Math.ceil(wait / 1000);
  return new ApiError(429, 'TooManyRequests', `Too many attempts have failed: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
