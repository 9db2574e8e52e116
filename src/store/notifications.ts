import pg from 'pg';
import { clientConfig } from './dialect/postgres.ts';
import type { Listener } from './store.ts';

/** The channel of all signals; a payload is the sender and the signal's name. */
export const CHANNEL = 'potluck';

/** Milliseconds between two proofs that the connection lives, and until a lost one is made again. */
const PROOF_EVERY = 10_000;
const LONGEST_PAUSE = 2_000;

/**
 * Passes on the signals that other controllers raise. What was raised while the connection was away is not known, so
 * everything counts as raised once it is back. Throws when the first connection fails.
 */
export async function listen(url: string, self: string, listener: Listener): Promise<{ close(): Promise<void> }> {
  let closed = false;
  let client = await connect();
  let timer = setTimeout(prove, PROOF_EVERY).unref();

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client({ ...clientConfig(url, null), query_timeout: PROOF_EVERY });
    made.on('error', () => undefined);
    made.on('notification', ({ payload = '' }) => {
      const space = payload.indexOf(' ');
      if (payload.slice(0, space) !== self) listener.raise(payload.slice(space + 1));
    });
    try {
      await made.connect();
      await made.query(`listen ${CHANNEL}`);
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
