import { useSyncExternalStore } from 'react';

/** Whether the controller answers, as the last request or the stream of events found it. */
let away: Date | null = null;
const listeners = new Set<() => void>();

/** Says whether an answer came. Pages show what they have meanwhile. */
export function reportAnswer(came: boolean): void {
  if (came === (away === null)) return;
  away = came ? null : new Date();
  for (const listener of listeners) listener();
}

/** Since when the controller does not answer; null while it does. */
export function useAway(): Date | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => away,
  );
}
