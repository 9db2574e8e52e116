import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';

/** A clock that can be waited on: the simulator's only way to let time pass. */
export interface SimTime extends Clock {
  wait(milliseconds: number): Promise<void>;
}

export const realTime: SimTime = { now: () => Date.now(), wait: (milliseconds) => sleep(milliseconds) };

/**
 * Time that passes when everybody waits: whoever waits is woken in the order of the times waited for, and nobody
 * really waits. One seed is one order of events.
 */
export function virtualTime(start = Date.UTC(2026, 0, 1)): SimTime {
  let now = start;
  let waiting: { due: number; wake: () => void }[] = [];
  const pass = () => {
    const due = Math.min(...waiting.map((one) => one.due));
    const [next] = waiting.filter((one) => one.due === due);
    if (!next) return;
    waiting = waiting.filter((one) => one !== next);
    now = Math.max(now, due);
    next.wake();
    // What was woken goes first, and may wait again for a time before the others'.
    if (waiting.length > 0) setImmediate(pass);
  };
  return {
    now: () => now,
    wait(milliseconds) {
      return new Promise((wake) => {
        waiting.push({ due: now + milliseconds, wake });
        if (waiting.length === 1) setImmediate(pass);
      });
    },
  };
}

/** Delays of up to `most` whole milliseconds: always the same sequence for the same seed (mulberry32). */
export function seededDelays(seed: number, most: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.round((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
  };
}
