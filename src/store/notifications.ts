import pg from 'pg';
import type { Change, Follower } from './changes.ts';
import { clientConfig } from './dialect/postgres.ts';
import type { Listener } from './store.ts';

/** The channel of all signals; a payload is the sender and the signal's name. */
export const CHANNEL = 'potluck';
/** The channel of what transactions changed; a payload is the sender and a list in JSON. */
export const CHANGES = 'potluck_changes';
/** Bytes of a list, below what a notification may have: https://www.postgresql.org/docs/15/sql-notify.html. */
const MOST_BYTES = 7_500;

/** Changes as payloads that fit; those of one thing with a name that is too long to say are told without it. */
export function payloadsOf(changes: readonly Change[]): string[] {
  const payloads: string[] = [];
  let items: string[] = [];
  let bytes = 0;
  for (const { kind, to, id } of changes) {
    const item = JSON.stringify([kind, to, id !== null && id.length > 500 ? null : id]);
    const more = Buffer.byteLength(item) + 1;
    if (bytes + more > MOST_BYTES) {
      payloads.push(`[${items.join()}]`);
      items = [];
      bytes = 0;
    }
    items.push(item);
    bytes += more;
  }
  if (items.length > 0) payloads.push(`[${items.join()}]`);
  return payloads;
}

function changesOf(payload: string): Change[] {
  return (JSON.parse(payload) as [string, string, string | null][]).map(([kind, to, id]) => ({ kind, to, id }));
}

/** Milliseconds between two proofs that the connection lives, and until a lost one is made again. */
const PROOF_EVERY = 10_000;
const LONGEST_PAUSE = 2_000;

/**
 * Passes on the signals that other controllers raise, and what they changed. What was raised while the connection was away is not known, so
 * everything counts as raised once it is back. Throws when the first connection fails.
 */
export async function listen(
  url: string,
  self: string,
  listener: Listener,
  follower: Follower,
): Promise<{ close(): Promise<void> }> {
  let closed = false;
  let client = await connect();
  let timer = setTimeout(prove, PROOF_EVERY).unref();

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client({ ...clientConfig(url, null), query_timeout: PROOF_EVERY });
    made.on('error', () => undefined);
    made.on('notification', ({ channel, payload = '' }) => {
      const space = payload.indexOf(' ');
      if (payload.slice(0, space) === self) return;
      const text = payload.slice(space + 1);
      if (channel === CHANGES) follower.changed(changesOf(text));
      else listener.raise(text);
    });
    try {
      await made.connect();
      await made.query(`listen ${CHANNEL}; listen ${CHANGES}`);
    } catch (error) {
      await made.end().catch(() => undefined);
      throw error;
    }
    made.once('end', () => void again());
    return made;
  }

  async function again(): Promise<void> {
    for (let pause = 50; !closed; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
      await new Promise((resolve) => setTimeout(resolve, pause).unref());
      if (closed) return;
      try {
        client = await connect();
        if (closed) await client.end();
        listener.resync();
        follower.missed();
        return;
      } catch {
        // The server is away or begins.
      }
    }
  }

  // A connection that is half open says nothing by itself.
  function prove(): void {
    const asked = client;
    asked
      .query('select 1')
      .catch(() => asked.end().catch(() => undefined))
      .finally(() => {
        if (!closed) timer = setTimeout(prove, PROOF_EVERY).unref();
      });
  }

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client.end().catch(() => undefined);
    },
  };
}
