import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError, messageOf } from '../core/errors.ts';

export interface WaitOptions {
  /** Milliseconds. */
  timeout: number;
  /** Milliseconds between two looks; 100 if not given. */
  every?: number;
  /** What to do when it never comes true. */
  hint: string;
}

/**
 * Waits until a level is reached: `look` answers something other than undefined, null or false. What it throws counts
 * as "not yet" and is named when time is up.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined | null | false>,
  options: WaitOptions,
): Promise<T> {
  const end = performance.now() + options.timeout;
  let last = '';
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen;
    } catch (error) {
      last = messageOf(error);
      if (error instanceof OperatorError) last += ` ${error.hint}`;
    }
    if (performance.now() >= end) {
      const seconds = Math.round(options.timeout / 1000);
      throw new OperatorError(`${what}: not within ${seconds} s.${last && ` Last answer: ${last}`}`, options.hint);
    }
    await sleep(options.every ?? 100);
  }
}
