import { randomBytes } from 'node:crypto';
import type { Change, Follower } from '../store/changes.ts';
import { REVOCATIONS } from '../store/watched.ts';
import { frameOf, lifeFrame, resetFrame, type Named } from './frames.ts';

/** Milliseconds that changes are gathered before they are told. */
const GATHER = 100;
/** Telling rests so many times as long as it took: however many listen, most of the time is everybody else's. */
const REST = 9;
const LONGEST_REST = 2_000;
/** Changes that a client that comes back can still be told of. */
const MOST_KEPT = 10_000;
/** Things of one kind in one telling, beyond which they are not told apart. */
const MOST_IDS = 50;
/** Milliseconds between two signs of life, well below what proxies wait for. */
export const LIFE_EVERY = 15_000;
/** Bytes that wait for a client that does not read, before it is given up: it comes back and is told what it missed. */
const MOST_WAITING = 256 * 1024;
/** Milliseconds within which a revocation that another controller made is in this one's memory. */
const REVOKED_BY_THEN = 2_000;

/** Who listens: what reaches any of these is theirs. */
export interface Audience {
  /** `project:…`, `user:…`, `all`; null for who hears everything. */
  to: readonly string[] | null;
}

export interface Listener extends Audience {
  userId: string;
  /** Takes text; answers how many bytes wait to be read. */
  send: (text: Buffer) => number;
  /** Whether it may still hear anything. */
  allowed: () => boolean;
  /** Ends it: `reason` null when it is simply gone. */
  end: (reason: 'token' | 'controller' | 'slow') => void;
}

/** What carries time: real timers, or a test's. */
export interface Timing {
  now: () => number;
  later: (work: () => void, milliseconds: number) => () => void;
}

const REAL: Timing = {
  now: () => performance.now(),
  later(work, milliseconds) {
    const timer = setTimeout(work, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/** What is told to the clients of one controller. */
export interface Feed extends Follower {
  /** Begins to tell: what was missed since `lastId`, or that everything must be read anew. Answers how to stop. */
  join(listener: Listener, lastId: string | null): () => void;
  /** Streams in all, and of one user. */
  count(userId?: string): number;
  endAll(): void;
}

/** Gathers changes, tells each listener those it may hear, and remembers them for a while. */
export function createFeed(timing: Timing = REAL): Feed {
  // Another one for each start and each controller: a number of theirs means nothing here.
  const epoch = randomBytes(5).toString('hex');
  let sequence = 0;
  let kept: Named[] = [];
  const pending = new Map<string, { kind: string; to: string; ids: Set<string> | null }>();
  const listeners = new Set<Listener>();
  let gathering = false;
  let rest = 0;
  let stopLife: (() => void) | null = null;

  const idOf = (at: number) => `${epoch}-${at}`;
  const tell = (listener: Listener, text: Buffer) => {
    if (!listener.allowed()) drop(listener, 'token');
    else if (listener.send(text) > MOST_WAITING) drop(listener, 'slow');
  };
  const drop = (listener: Listener, reason: 'token' | 'controller' | 'slow') => {
    if (listeners.delete(listener)) listener.end(reason);
  };
  const hears = ({ to }: Audience, change: Change) => to === null || to.includes(change.to);
  const framesFor = (audience: Audience, changes: readonly Named[]) =>
    Buffer.from(
      changes
        .filter((one) => hears(audience, one))
        .map((one) => frameOf(one, idOf(one.at), audience.to === null))
        .join(''),
    );

  const flush = () => {
    gathering = false;
    const begun = timing.now();
    const changes: Named[] = [];
    for (const { kind, to, ids } of pending.values()) {
      for (const id of ids ?? [null]) changes.push({ kind, to, id, at: ++sequence });
    }
    pending.clear();
    kept = kept.concat(changes);
    if (kept.length > MOST_KEPT) kept = kept.slice(-MOST_KEPT);
    // Those of one project hear the same: it is written once.
    const reached = new Set(changes.map(({ to }) => to));
    const texts = new Map<string, Buffer>();
    for (const listener of listeners) {
      const key = listener.to === null ? '*' : listener.to.filter((to) => reached.has(to)).join(' ');
      if (key === '') continue;
      const text = texts.get(key) ?? framesFor(listener, changes);
      texts.set(key, text);
      if (text.length > 0) tell(listener, text);
    }
    rest = Math.min(LONGEST_REST, REST * (timing.now() - begun));
  };

  const recheck = () => {
    for (const listener of listeners) if (!listener.allowed()) drop(listener, 'token');
  };
  const life = () => {
    // The number moves on with it, so that who heard nothing for long still knows where to go on.
    const text = lifeFrame(idOf(sequence));
    for (const listener of listeners) tell(listener, text);
    stopLife = listeners.size > 0 ? timing.later(life, LIFE_EVERY) : null;
  };

  const since = (lastId: string | null): number | null => {
    const [own, at] = lastId?.split('-') ?? [];
    if (own !== epoch || at === undefined || !/^\d{1,15}$/.test(at)) return null;
    const seen = Number(at);
    const oldest = kept[0]?.at ?? sequence + 1;
    return seen <= sequence && seen >= oldest - 1 ? seen : null;
  };

  return {
    join(listener, lastId) {
      const seen = since(lastId);
      const missed = seen === null ? null : kept.filter(({ at }) => at > seen);
      listener.send(missed === null ? resetFrame(idOf(sequence)) : framesFor(listener, missed));
      listeners.add(listener);
      stopLife ??= timing.later(life, LIFE_EVERY);
      return () => listeners.delete(listener);
    },
    count(userId) {
      if (userId === undefined) return listeners.size;
      let count = 0;
      for (const listener of listeners) if (listener.userId === userId) count++;
      return count;
    },
    changed(changes) {
      for (const { kind, to, id } of changes) {
        if (kind === REVOCATIONS) {
          recheck();
          timing.later(recheck, REVOKED_BY_THEN);
          continue;
        }
        const key = `${kind} ${to}`;
        const known = pending.get(key);
        if (!known) pending.set(key, { kind, to, ids: id === null ? null : new Set([id]) });
        else if (id === null || (known.ids?.add(id).size ?? 0) > MOST_IDS) known.ids = null;
      }
      if (gathering || pending.size === 0) return;
      gathering = true;
      timing.later(flush, Math.max(GATHER, rest));
    },
    missed() {
      kept = [];
      pending.clear();
      sequence++;
      const text = resetFrame(idOf(sequence));
      for (const listener of listeners) tell(listener, text);
    },
    endAll() {
      for (const listener of listeners) drop(listener, 'controller');
    },
  };
}
