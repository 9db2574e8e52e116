import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Context } from '../http/context.ts';

/**
 * Slows down guessing, before a password is looked at: in memory, so each controller counts for itself and forgets at
 * a restart. What all controllers share is the rule `lockout_failure_attempts`, in the database.
 */
export interface Throttle {
  /** Milliseconds until the next attempt is looked at; 0 for now. */
  wait(account: string, address: string): number;
  failed(account: string, address: string): void;
  succeeded(account: string, address: string): void;
}

/** Failures in a row that cost nothing: of one account from one address, of an address, and of an account. */
const FREE = { pair: 5, address: 50, account: 100 } as const;
const LONGEST_LOCK = 60_000;
const FORGOTTEN_AFTER = 15 * 60_000;
const MOST_ENTRIES = 10_000;

/**
 * After the free failures an account is locked for that address for 1 s, then 2 s, 4 s … up to a minute. So are all
 * accounts for an address that tries many, and an account for all addresses when many try it; but who has logged in
 * from there before is not kept out by what others do: a whole school may share an address.
 */
export function createThrottle(clock: Clock): Throttle {
  const failures = remembering<{ count: number; last: number }>();
  const known = remembering<true>();
  const current = (key: string) => {
    const entry = failures.get(key);
    return entry && clock.now() - entry.last <= FORGOTTEN_AFTER ? entry : undefined;
  };
  const waitOf = (kind: keyof typeof FREE, name: string) => {
    const entry = current(`${kind} ${name}`);
    if (!entry || entry.count < FREE[kind]) return 0;
    return Math.max(0, entry.last + Math.min(LONGEST_LOCK, 1_000 * 2 ** (entry.count - FREE[kind])) - clock.now());
  };
  const pairOf = (account: string, address: string) => `${address}\n${account}`;
  return {
    wait(account, from) {
      const address = lineOf(from);
      const pair = pairOf(account, address);
      const own = waitOf('pair', pair);
      return known.get(pair) ? own : Math.max(own, waitOf('address', address), waitOf('account', account));
    },
    failed(account, from) {
      const address = lineOf(from);
      const pair = pairOf(account, address);
      const keys = [`pair ${pair}`, ...(known.get(pair) ? [] : [`address ${address}`, `account ${account}`])];
      for (const key of keys) failures.set(key, { count: (current(key)?.count ?? 0) + 1, last: clock.now() });
    },
    succeeded(account, from) {
      const pair = pairOf(account, lineOf(from));
      failures.delete(`pair ${pair}`);
      known.set(pair, true);
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
export function requireUnlocked(throttle: Throttle, context: Context, account: string): void {
  const wait = throttle.wait(account, context.remoteAddress);
  if (wait === 0) return;
  // One row for each failure that was looked at is enough: a flood of these must not fill the disk.
  if (context.trail) context.trail.silent = true;
  const seconds = Math.ceil(wait / 1000);
  throw new ApiError(429, 'TooManyRequests', `Too many attempts have failed: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}

/** A map of at most so many entries, which forgets what was not set for the longest time. */
function remembering<V>() {
  const entries = new Map<string, V>();
  return {
    get: (key: string) => entries.get(key),
    delete: (key: string) => entries.delete(key),
    set(key: string, value: V) {
      // Taken out first, so that the map's order is the order of the last changes.
      entries.delete(key);
      const oldest = entries.size >= MOST_ENTRIES ? entries.keys().next() : undefined;
      if (oldest && !oldest.done) entries.delete(oldest.value);
      entries.set(key, value);
    },
  };
}
