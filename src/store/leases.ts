import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Log } from '../core/log.ts';
import type { Store } from './store.ts';

/** Milliseconds that a lease lives without being renewed, and how often it is: one that is lost is taken over soon. */
const LIVES = 5_000;
const RENEWED_EVERY = 1_500;

export interface Leases {
  /** Whether this process is the one whose turn it is, for sure: by its own clock since it last asked. */
  held(name: string): boolean;
  /** Gives all of them back, so that another process need not wait for their end. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  names: readonly string[];
  log: Log;
  /** Called when a lease became this process's. */
  onGained: (name: string) => void;
}

/**
 * Keeps asking for the turn at each name, of which one process has it at a time. What is done under a lease must be
 * idempotent all the same: a process that was stopped for long may not know yet that it lost its turn.
 */
export async function keepLeases(store: Store, options: LeaseOptions): Promise<Leases> {
  // A file of SQLite has one process.
  if (store.kind === 'sqlite') return { held: () => true, release: () => Promise.resolve() };
  const holder = randomUUID();
  const until = new Map<string, number>();
  let ended = false;
  const held = (name: string) => !ended && (until.get(name) ?? 0) > performance.now();
  const renew = async () => {
    const asked = performance.now();
    const mine = await takeLeases(store, holder, options.names, LIVES);
    for (const name of options.names) {
      const before = held(name);
      if (mine.has(name)) until.set(name, asked + LIVES);
      else until.delete(name);
      if (!before && held(name)) {
        options.log.info('lease-gained', { lease: name });
        options.onGained(name);
      }
    }
  };
  let wake = () => undefined as void;
  const loop = async () => {
    while (!ended) {
      await renew().catch((error: unknown) => options.log.warn('lease-failed', { error }));
      if (ended) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, RENEWED_EVERY);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return {
    held,
    async release() {
      ended = true;
      wake();
      await running;
      await store
        .transaction(async ({ db }) => void (await db.deleteFrom('leases').where('holder', '=', holder).execute()))
        .catch((error: unknown) => options.log.warn('lease-not-released', { error }));
    },
  };
}

/** Takes or renews what is free, over or held already, for `milliseconds`. Answers what `holder` has then. */
export async function takeLeases(
  store: Store,
  holder: string,
  names: readonly string[],
  milliseconds: number,
): Promise<Set<string>> {
  const now = NOW[store.kind];
  return store.transaction(async ({ db }) => {
    const mine = new Set<string>();
    for (const name of names) {
      const { rows } = await sql<{ name: string }>`insert into leases (name, holder, deadline)
        values (${name}, ${holder}, ${now} + ${sql.lit(milliseconds)})
        on conflict (name) do update set holder = excluded.holder, deadline = excluded.deadline
        where leases.holder = excluded.holder or leases.deadline < ${now} returning name`.execute(db);
      if (rows.length > 0) mine.add(name);
    }
    return mine;
  });
}

/** Milliseconds since 1970 by the clock that all share, the database's. */
export const NOW = {
  sqlite: sql.raw(`cast(unixepoch('subsec') * 1000 as integer)`),
  postgres: sql.raw(`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`),
};
