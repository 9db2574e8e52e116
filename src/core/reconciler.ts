import { messageOf } from './errors.ts';
import type { Log } from './log.ts';
import type { Signals } from './signals.ts';

/**
 * A function without input that makes what is the same as what should be. It is idempotent; it runs when its signal
 * is raised and on a timer, and the happy case and repair take the same path.
 */
export interface Reconciler {
  name: string;
  /** The signal that wakes it. */
  signal: string;
  /** Others that wake it too. */
  also?: readonly string[];
  /** Milliseconds between two runs when nobody raises the signal. */
  every: number;
  /** Whether each controller runs it, because it is about its own memory; otherwise one of them does at a time. */
  everywhere?: true;
  run(): Promise<void>;
}

/** How a reconciler fares in this process. Times in milliseconds since 1970. */
export interface ReconcilerState {
  name: string;
  /** `elsewhere`: it is another process's turn. `new` has not come to the end of its first run. */
  state: 'new' | 'up' | 'failing' | 'elsewhere';
  /** When it came into this state. */
  since: number;
  /** Why it fails; null otherwise. */
  reason: string | null;
}

/** How many times as long as a run took the rest after it is: so much of the time is everybody else's. */
const REST = 4;
/** The longest rest after a run, in milliseconds. */
const MOST_REST = 2_000;

/**
 * Runs a reconciler until aborted. A failed run is logged and tried again, later each time, at most 10 s apart. After
 * each run it rests some times as long as that took: where a run is long, signals that come meanwhile share the next
 * one. While it is another process's turn, it waits. `note` hears how each run ended.
 */
export async function runReconciler(
  reconciler: Reconciler,
  signals: Signals,
  log: Log,
  abort: AbortSignal,
  mayRun: () => boolean = () => true,
  note: (state: ReconcilerState['state'], reason: string | null) => void = () => undefined,
): Promise<void> {
  let failures = 0;
  const wakes = [reconciler.signal, ...(reconciler.also ?? [])];
  while (!abort.aborted) {
    const seen = signals.count(...wakes);
    if (!mayRun()) {
      note('elsewhere', null);
      await signals.wait(wakes, seen, reconciler.every, abort);
      continue;
    }
    const begun = performance.now();
    try {
      await reconciler.run();
      failures = 0;
      note('up', null);
    } catch (error) {
      failures++;
      if (!abort.aborted) note('failing', messageOf(error));
      if (!abort.aborted) log.error('reconcile-failed', { reconciler: reconciler.name, failures, error });
    }
    const pause = failures === 0 ? reconciler.every : Math.min(10_000, 100 * 2 ** failures);
    const took = performance.now() - begun;
    await signals.wait(wakes, seen, pause, abort);
    // A timer is no more exact than a millisecond, so a shorter rest would be a longer one.
    if (took >= 1) await signals.wait('never', 0, Math.min(took * REST, MOST_REST), abort);
  }
}

/** Keeps how the reconcilers of a process fare: `note` is for `runReconciler`. */
export function noteStates(states: Map<string, ReconcilerState>, now: () => number) {
  return (name: string) => {
    states.set(name, { name, state: 'new', since: now(), reason: null });
    return (state: ReconcilerState['state'], reason: string | null) => {
      const known = states.get(name);
      states.set(name, { name, state, since: known?.state === state ? known.since : now(), reason });
    };
  };
}
