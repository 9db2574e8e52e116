import { setTimeout as sleep } from 'node:timers/promises';

/** One event: its name, and its data. */
export interface Heard {
  event: string;
  data: string;
}

/** Somebody who hears GET /events as a browser does: comes back by itself, and says what it heard last. */
export interface Listener {
  /** Every event so far. */
  heard: Heard[];
  /** How often it was connected. */
  connected(): number;
  close(): Promise<void>;
}

/** Milliseconds until it comes back when nobody says otherwise. */
const RETRY = 1_000;

export function listen(url: string, token: string): Listener {
  const heard: Listener['heard'] = [];
  const abort = new AbortController();
  let connections = 0;
  let last: string | null = null;
  let retry = RETRY;

  const once = async () => {
    const headers = { 'x-auth-token': token, ...(last !== null && { 'last-event-id': last }) };
    const reply = await fetch(`${url}/events`, { headers, signal: abort.signal });
    if (reply.status !== 200 || reply.body === null) return;
    connections++;
    let rest = '';
    for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) take(part);
    }
  };
  const take = (part: string) => {
    const fields = new Map(
      part.split('\n').map((line) => {
        const [name = '', ...value] = line.split(': ');
        return [name, value.join(': ')] as const;
      }),
    );
    last = fields.get('id') ?? last;
    retry = Number(fields.get('retry') ?? retry);
    const event = fields.get('event');
    if (event !== undefined) heard.push({ event, data: fields.get('data') ?? '' });
  };
  const running = (async () => {
    while (!abort.signal.aborted) {
      await once().catch(() => undefined);
      await sleep(retry, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  })();
  return {
    heard,
    connected: () => connections,
    async close() {
      abort.abort();
      await running;
    },
  };
}
