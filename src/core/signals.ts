/**
 * Named wake-ups inside one process. A reconciler waits on a level, never on an edge: a signal that arrives while
 * nobody waits is remembered as a higher count.
 */
export interface Signals {
  /** Raises the count of `name` and wakes who waits for it. */
  raise(name: string): void;
  /** Raises every signal that was ever raised or waited for: some may have been missed. */
  resync(): void;
  /** How often `name` was raised. */
  count(name: string): number;
  /** Resolves as soon as the count of `name` exceeds `seen`, after `milliseconds`, or when `abort` fires. */
  wait(name: string, seen: number, milliseconds: number, abort?: AbortSignal): Promise<void>;
}

export function createSignals(): Signals {
  const counts = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  const count = (name: string) => counts.get(name) ?? 0;
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
      if (count(name) > seen || abort?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const set = waiting.get(name) ?? new Set();
        waiting.set(name, set);
        const done = () => {
          clearTimeout(timer);
          abort?.removeEventListener('abort', done);
          set.delete(done);
          if (set.size === 0) waiting.delete(name);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        abort?.addEventListener('abort', done);
        set.add(done);
      });
    },
  };
}
