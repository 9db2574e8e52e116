import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import { seededDelays } from './time.ts';

/** A process in which time passes when nothing is left to do, and chance is a seed's. */
export interface World {
  now(): number;
  /** Resolves after this much simulated time. */
  wait(milliseconds: number): Promise<void>;
  /** Back to the time and the chance of everybody else. */
  leave(): void;
}

interface Timer {
  due: number;
  order: number;
  every: number | null;
  call: () => void;
}

/** Turns of the event loop in which nothing happens until time passes: more than any chain of ours has in a row. */
const IDLE_TURNS = 24;
/** Work outside of JavaScript that goes on in real time: time stands still until it is done. */
const OUTSIDE = /^(FSReq|CloseReq|FileHandle|GetAddrInfo|HashRequest|KeyPair|PBKDF2|RandomBytes|Scrypt|Zlib|Argon2)/i;

/**
 * Takes the timers, the clock and the randomness of this whole process, so that everything in it, libraries too, waits
 * in simulated time: whoever waits is woken in the order of the times waited for, once nobody else has anything to
 * do, and thousands of seconds take one. One seed is one order of events. For a process of its own.
 */
export function enterWorld(seed: number, start = Date.UTC(2026, 0, 1)): World {
  const timers = new Map<number, Timer>();
  let [now, order, inside] = [start, 0, true];
  const real = {
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
    Date: globalThis.Date,
    random: Math.random,
    timeout: AbortSignal.timeout.bind(AbortSignal),
    sleep: timersPromises.setTimeout,
    uuid: crypto.randomUUID,
    bytes: crypto.randomBytes,
  };

  const add = (call: () => void, milliseconds: number | undefined, every: boolean): NodeJS.Timeout => {
    // Whole milliseconds, as Node's own.
    const wait = Math.max(1, Math.trunc(Number(milliseconds ?? 1) || 1));
    const id = ++order;
    const timer: Timer = { due: now + wait, order: id, every: every ? wait : null, call };
    timers.set(id, timer);
    const handle = {
      [Symbol.toPrimitive]: () => id,
      ref: () => handle,
      unref: () => handle,
      hasRef: () => true,
      refresh() {
        timer.due = now + wait;
        timer.order = ++order;
        timers.set(id, timer);
        return handle;
      },
      close: () => void timers.delete(id),
      [Symbol.dispose]: () => void timers.delete(id),
    };
    return handle as unknown as NodeJS.Timeout;
  };
  const remove = (handle?: unknown) => {
    if (handle !== undefined && handle !== null) timers.delete(Number(handle));
  };
  const wait = (milliseconds?: number) => new Promise<void>((wake) => void add(wake, milliseconds, false));

  class WorldDate extends real.Date {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [now] : given) as []));
    }
    static override now = () => now;
  }

  const chance = seededDelays(seed, 255);
  const bytes = (size: number) => Buffer.from(Array.from({ length: size }, () => chance()));
  const uuid = () => {
    const hex = bytes(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };

  Object.assign(globalThis, {
    setTimeout: (call: (...args: unknown[]) => void, milliseconds?: number, ...args: unknown[]) =>
      add(() => call(...args), milliseconds, false),
    setInterval: (call: (...args: unknown[]) => void, milliseconds?: number, ...args: unknown[]) =>
      add(() => call(...args), milliseconds, true),
    clearTimeout: remove,
    clearInterval: remove,
    Date: WorldDate,
  });
  Object.defineProperty(performance, 'now', { value: () => now - start, configurable: true, writable: true });
  AbortSignal.timeout = (milliseconds) => {
    const abort = new AbortController();
    add(
      () => abort.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      milliseconds,
      false,
    );
    return abort.signal;
  };
  Math.random = () => bytes(4).readUInt32LE() / 2 ** 32;
  Object.assign(timersPromises, { setTimeout: (milliseconds?: number) => wait(milliseconds) });
  Object.assign(crypto, { randomUUID: uuid, randomBytes: bytes });
  syncBuiltinESMExports();

  let idle = 0;
  const turn = () => {
    if (!inside) return;
    idle = process.getActiveResourcesInfo().some((name) => OUTSIDE.test(name)) ? 0 : idle + 1;
    if (idle >= IDLE_TURNS) {
      idle = 0;
      passTime();
    }
    setImmediate(turn);
  };
  const passTime = () => {
    let next: [number, Timer] | null = null;
    for (const entry of timers) {
      const [, timer] = entry;
      if (!next || timer.due < next[1].due || (timer.due === next[1].due && timer.order < next[1].order)) next = entry;
    }
    if (!next) return;
    const [id, timer] = next;
    now = Math.max(now, timer.due);
    if (timer.every === null) timers.delete(id);
    else timer.due = now + timer.every;
    timer.call();
  };
  setImmediate(turn);

  return {
    now: () => now,
    wait,
    leave() {
      inside = false;
      Object.assign(globalThis, {
        ...{ setTimeout: real.setTimeout, setInterval: real.setInterval, Date: real.Date },
        ...{ clearTimeout: real.clearTimeout, clearInterval: real.clearInterval },
      });
      Reflect.deleteProperty(performance, 'now');
      AbortSignal.timeout = real.timeout;
      Math.random = real.random;
      Object.assign(timersPromises, { setTimeout: real.sleep });
      Object.assign(crypto, { randomUUID: real.uuid, randomBytes: real.bytes });
      syncBuiltinESMExports();
    },
  };
}
