import type { Clock } from '../core/clock.ts';

/** Slows down guessing: per account and address, in memory, forgotten at a restart. */
export interface Throttle {
  /** Whether attempts are refused for now without being looked at. */
  locked(account: string, address: string): boolean;
  failed(account: string, address: string): void;
  succeeded(account: string, address: string): void;
}

const FREE_FAILURES = 5;
const LONGEST_LOCK = 60_000;
const FORGOTTEN_AFTER = 15 * 60_000;
const MOST_ENTRIES = 10_000;

/** After the fifth failure in a row an account is locked for that address for 1 s, then 2 s, 4 s … up to a minute. */
export function createThrottle(clock: Clock): Throttle {
  const entries = new Map<string, { failures: number; lastFailure: number }>();
  const keyOf = (account: string, address: string) => `${address}\n${account}`;
  const current = (key: string) => {
    const entry = entries.get(key);
    if (entry && clock.now() - entry.lastFailure > FORGOTTEN_AFTER) {
      entries.delete(key);
      return undefined;
    }
    return entry;
  };
  return {
    locked(account, address) {
      const entry = current(keyOf(account, address));
      if (!entry || entry.failures < FREE_FAILURES) return false;
      return clock.now() < entry.lastFailure + Math.min(LONGEST_LOCK, 1_000 * 2 ** (entry.failures - FREE_FAILURES));
    },
    failed(account, address) {
      const key = keyOf(account, address);
      const failures = (current(key)?.failures ?? 0) + 1;
      // Taken out first, so that the map's order is the order of the last failures.
      entries.delete(key);
      const oldest = entries.size >= MOST_ENTRIES ? entries.keys().next() : undefined;
      if (oldest && !oldest.done) entries.delete(oldest.value);
      entries.set(key, { failures, lastFailure: clock.now() });
    },
    succeeded(account, address) {
      entries.delete(keyOf(account, address));
    },
  };
}
