/**
 * Named wake-ups inside one process. A reconciler waits on a level, never on an edge: a signal that arrives while
 * nobody waits is remembered as a higher count.
 */
export interface Signals {
  /** Raises the count of `name` and wakes who waits for it. */
  raise(name: string): void;
  /** Raises every signal that was ever raised or waited for: some may have been missed. */
  resync(): void;
  /** How often `name`, or one of several, was raised. */
  count(...names: string[]): number;
  /**
   * Resolves as soon as the count of `name`, or of several together, exceeds `seen`, after `milliseconds`, or when
   * `abort` fires.
   */
  wait(name: string | readonly string[], seen: number, milliseconds: number, abort?: AbortSignal): Promise<void>;
}

/**
 * Raised when the process ends, for those who wait by the thousand: an AbortSignal keeps a list of its listeners that
 * it walks for each that goes.
 */
export const CLOSING = 'closing';

export function createSignals(): Signals {
  const counts = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  const count = (...names: readonly string[]) => names.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
  const raise = (name: string) => {
    counts.set(name, count(name) + 1);
    for (const wake of waiting.get(name) ?? []) wake();
  };
  return {
    count,
    raise,
    resync() {
      for (const name of new Set([...counts.keys(), ...waiting.keys()])) raise(name);
    },
    wait(name, seen, milliseconds, abort) {
      const names = typeof name === 'string' ? [name] : name;
      if (count(...names) > seen || abort?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          abort?.removeEventListener('abort', done);
          for (const one of names) {
            waiting.get(one)?.delete(done);
            if (waiting.get(one)?.size === 0) waiting.delete(one);
          }
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        abort?.addEventListener('abort', done);
        for (const one of names) waiting.set(one, (waiting.get(one) ?? new Set()).add(done));
      });
    },
  };
}
