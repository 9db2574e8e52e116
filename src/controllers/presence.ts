import { networkInterfaces } from 'node:os';
import { sql } from 'kysely';
import type { Reconciler } from '../core/reconciler.ts';
import { NOW } from '../store/leases.ts';
import type { Reader, Store } from '../store/store.ts';

/** Milliseconds between two signs of life, until a controller counts as gone, and until its row is removed. */
const SEEN_EVERY = 5_000;
const GONE_AFTER = 15_000;
const REMOVED_AFTER = 60_000;

/** What a controller says of itself to the others. */
export interface Self {
  id: string;
  name: string;
  relayUrl: string;
}

/** Writes that this controller lives, and removes what controllers that died have left. */
export async function notePresence(store: Store, self: Self): Promise<void> {
  const now = NOW[store.kind];
  const dead = await store.read
    .selectFrom('controllers')
    .select('id')
    .where('seen_at', '<', sql<number>`${now} - ${sql.lit(REMOVED_AFTER)}`)
    .execute();
  const stale = await store.read
    .selectFrom('tunnels')
    .select('id')
    .where('deadline', '<', sql<number>`${now} - ${sql.lit(REMOVED_AFTER)}`)
    .execute();
  await store.transaction(async ({ db }) => {
    await sql`insert into controllers (id, name, relay_url, started_at, seen_at)
      values (${self.id}, ${self.name}, ${self.relayUrl}, ${now}, ${now})
      on conflict (id) do update set seen_at = excluded.seen_at`.execute(db);
    const ids = dead.map(({ id }) => id).filter((id) => id !== self.id);
    if (ids.length > 0) await db.deleteFrom('controllers').where('id', 'in', ids).execute();
    const ends = stale.map(({ id }) => id);
    if (ends.length > 0) await db.deleteFrom('tunnels').where('id', 'in', ends).execute();
  });
}

/** Keeps this controller in the list of those that live. */
export function createPresenceReconciler(store: Store, self: Self): Reconciler {
  return {
    name: 'controllers',
    signal: 'controllers',
    every: SEEN_EVERY,
    everywhere: true,
    run: () => notePresence(store, self),
  };
}

/** A controller that ends in order leaves the list at once. */
export async function leave(store: Store, id: string): Promise<void> {
  await store.transaction(async ({ db }) => {
    await db.deleteFrom('controllers').where('id', '=', id).execute();
    await db.deleteFrom('tunnels').where('controller', '=', id).execute();
  });
}

/** Where a controller that lives is reached by the others; null when it is gone. */
export async function relayUrlOf(store: Store, id: string): Promise<string | null> {
  const row = await store.read
    .selectFrom('controllers')
    .select('relay_url')
    .where('id', '=', id)
    .where('seen_at', '>=', sql<number>`${NOW[store.kind]} - ${sql.lit(GONE_AFTER)}`)
    .executeTakeFirst();
  return row?.relay_url ?? null;
}

/** Addresses that stand for all, or for this machine alone. */
const NOWHERE = /^(?:::|0\.0\.0\.0|::1|localhost|127\..*|::ffff:127\..*)$/;
const ALL = /^(?:::|0\.0\.0\.0)$/;

/** From what is known of this machine, the address at which other controllers reach it. Pure. */
export function reachedAt(known: {
  /** What the operator says. */
  given: string | undefined;
  /** Where this controller listens. */
  listen: string;
  /** From where the database sees it come; null through a unix socket. */
  seen: string | null;
  /** The machine's own. */
  own: readonly string[];
}): string {
  if (known.given !== undefined) return known.given;
  if (!ALL.test(known.listen)) return known.listen;
  return [known.seen, ...known.own].find((one) => one !== null && !NOWHERE.test(one)) ?? '127.0.0.1';
}

/** From where the database sees this controller come; null through a unix socket. */
export async function seenByDatabase(db: Reader): Promise<string | null> {
  const { rows } = await sql<{ address: string | null }>`select host(inet_client_addr()) as address`.execute(db);
  return rows[0]?.address ?? null;
}

/** Addresses of this machine that others may reach. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter((one) => !one.internal && !one.address.startsWith('fe80')).map((one) => one.address),
  );
