/** Where the time comes from, so that tests and the simulator can bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is told to move. */
export function fixedClock(start = Date.UTC(2026, 0, 1)): Clock & { advance(milliseconds: number): void } {
  let now = start;
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

/** `2026-01-31T12:00:00Z`: how Nova, Neutron and Glance write a time. */
export function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `2026-01-31T12:00:00.000000Z`: how Keystone writes the times of a token. */
export function isoMicroseconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

/** `2026-01-31T12:00:00.000000`: how Nova writes times inside instance actions and services. */
export function isoNaive(milliseconds: number): string {
  return isoMicroseconds(milliseconds).slice(0, -1);
}
