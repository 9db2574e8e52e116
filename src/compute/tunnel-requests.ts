import type { Relay } from '../controllers/index.ts';
import type { HostId } from '../core/ids.ts';
import type { TunnelRequest } from '../host/document.ts';
import type { App } from '../http/app.ts';

/** An agent that was told and does not dial is told again: the answer of its poll may not have reached it. */
export const OFFER_EVERY = 4_000;

/** Tunnels that were asked for, until their host's agent has dialed. */
export interface TunnelRequests {
  /** Asks a host's agent, which may wait for news until `deadline`. */
  add(host: HostId, request: TunnelRequest, deadline: number): Promise<void>;
  /** What the agent is to be told now; it counts as told. */
  take(host: HostId): Promise<TunnelRequest[]>;
  /** Whether the agent was told, in the end. */
  remove(id: string): Promise<boolean>;
}

interface Entry {
  host: HostId;
  request: TunnelRequest;
  offeredAt: number | null;
}

const isDue = (offeredAt: number | null, now: number) => offeredAt === null || offeredAt <= now - OFFER_EVERY;

/** Where one controller is the cloud's only one, what it asks for is its own. */
export function ownRequests(app: App): TunnelRequests {
  const entries = new Map<string, Entry>();
  return {
    add(host, request) {
      entries.set(request.id, { host, request, offeredAt: null });
      app.signals.raise(`host:${host}`);
      return Promise.resolve();
    },
    take(host) {
      const now = performance.now();
      const due = [...entries.values()].filter((one) => one.host === host && isDue(one.offeredAt, now));
      for (const one of due) one.offeredAt = now;
      return Promise.resolve(due.map(({ request }) => request));
    },
    remove(id) {
      const wasOffered = typeof entries.get(id)?.offeredAt === 'number';
      entries.delete(id);
      return Promise.resolve(wasOffered);
    },
  };
}

/** Among several controllers, whichever the agent polls tells it: rows. */
export function sharedRequests({ store, clock, log }: App, { id: controller }: Relay): TunnelRequests {
  const dueFor = (host: HostId, now: number) =>
    store.read
      .selectFrom('tunnels')
      .select('id')
      .where('host', '=', host)
      .where('deadline', '>', now)
      .where((where) => where.or([where('offered_at', 'is', null), where('offered_at', '<=', now - OFFER_EVERY)]))
      .execute();
  return {
    async add(host, { id, server, to }, deadline) {
      await store.transaction(async (tx) => {
        const row = { id, host, server, target: to, controller, offered_at: null, deadline };
        await tx.db.insertInto('tunnels').values(row).execute();
        tx.raise(`host:${host}`);
      });
    },
    async take(host) {
      const now = clock.now();
      const due = await dueFor(host, now);
      if (due.length === 0) return [];
      const ids = due.map(({ id }) => id);
      const rows = await store.transaction(({ db }) =>
        db
          .updateTable('tunnels')
          .set({ offered_at: now })
          .where('id', 'in', ids)
          .where((where) => where.or([where('offered_at', 'is', null), where('offered_at', '<=', now - OFFER_EVERY)]))
          .returning(['id', 'server', 'target'])
          .execute(),
      );
      return rows.map(({ id, server, target }) => ({ id, server, to: target }));
    },
    async remove(id) {
      try {
        const rows = await store.transaction(({ db }) =>
          db.deleteFrom('tunnels').where('id', '=', id).returning('offered_at').execute(),
        );
        return rows.some((row) => row.offered_at !== null);
      } catch (error) {
        // It ends by its deadline, and is removed later.
        log.warn('tunnel-not-removed', { error });
        return true;
      }
    },
  };
}
