import { sql, type Kysely, type Transaction } from 'kysely';
import { createChangeLog } from './changes.ts';
import type { Database } from './database.ts';
import type { Followers } from './followers.ts';
import type { Tx } from './store.ts';

/** Transactions that share one commit at most, and milliseconds after which no more join: nothing else runs meanwhile. */
const MOST_TOGETHER = 32;
const LONGEST = 20;

interface Waiting {
  /** Does the work; what is done after the commit settles the caller's promise. */
  run: (connection: Kysely<Database>) => Promise<() => void>;
  fail: (error: unknown) => void;
}

export interface GroupCommit {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Resolves when nothing is waiting for a commit any more. */
  idle(): Promise<void>;
}

/**
 * Runs transactions one after the other, and those that wait at the same time in one commit: waiting for the disk is
 * most of what a small transaction costs. Each is a savepoint of its own, so one that throws takes nothing back but
 * its own rows. Nobody gets an answer before the commit that has its rows is on disk; when that fails, all of it fail.
 */
export function createGroupCommit(
  writer: Kysely<Database>,
  raise: (signal: string) => void,
  followers: Followers,
): GroupCommit {
  const waiting: Waiting[] = [];
  let draining: Promise<void> | null = null;
  const drain = async () => {
    while (waiting.length > 0) {
      // Requests that arrived in the same turn of the event loop come to their transactions before this.
      await new Promise((resolve) => setImmediate(resolve));
      await commitTogether(writer, waiting);
    }
    draining = null;
  };
  return {
    transaction: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({
          run: (connection) => runOne(connection, work, { raise, followers, resolve, reject }),
          fail: reject,
        });
        draining ??= drain();
      }),
    idle: async () => void (await draining),
  };
}

/** Takes the first that wait, and settles them. */
async function commitTogether(writer: Kysely<Database>, waiting: Waiting[]): Promise<void> {
  const group = waiting.splice(0, 1);
  const until = performance.now() + LONGEST;
  try {
    const settled = await writer.connection().execute(async (connection) => {
      await sql`begin immediate`.execute(connection);
      try {
        const done: (() => void)[] = [];
        for (const one of group) {
          done.push(await one.run(connection));
          if (group.length < MOST_TOGETHER && performance.now() < until) group.push(...waiting.splice(0, 1));
        }
        await sql`commit`.execute(connection);
        return done;
      } catch (error) {
        // SQLite has rolled back by itself after some errors, a full disk among them.
        await sql`rollback`.execute(connection).catch(() => undefined);
        throw error;
      }
    });
    for (const settle of settled) settle();
  } catch (error) {
    for (const one of group) one.fail(error);
  }
}

interface Ending<T> {
  raise: (signal: string) => void;
  followers: Followers;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
}

async function runOne<T>(
  connection: Kysely<Database>,
  work: (tx: Tx) => Promise<T>,
  { raise, followers, resolve, reject }: Ending<T>,
): Promise<() => void> {
  const actions: (() => void)[] = [];
  const signals = new Set<string>();
  // One process: what nobody in it follows, nobody follows.
  const log = followers.any() ? createChangeLog() : null;
  const db = log ? connection.withPlugin(log.plugin) : connection;
  await sql`savepoint one`.execute(connection);
  // SQLite answers at once, so a transaction that is still open when the event loop turns has waited for something
  // else while holding the only write lock.
  const watch = { turned: false };
  const turn = setImmediate(() => (watch.turned = true));
  try {
    const value = await work({
      db: db as unknown as Transaction<Database>,
      afterCommit: (action) => void actions.push(action),
      raise: (signal) => void signals.add(signal),
    });
    if (watch.turned) throw new Error('a transaction waited for something that is not the database');
    await sql`release one`.execute(connection);
    return () => {
      try {
        for (const action of actions) action();
        for (const signal of signals) raise(signal);
        if (log) followers.changed(log.changes());
        resolve(value);
      } catch (error) {
        reject(error);
      }
    };
  } catch (error) {
    await sql`rollback to one`.execute(connection).catch(() => {
      throw error; // SQLite has ended the whole transaction, so nobody's rows are kept.
    });
    await sql`release one`.execute(connection);
    return () => reject(error);
  } finally {
    clearImmediate(turn);
  }
}
