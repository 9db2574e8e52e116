import type { QueryClient } from '@tanstack/react-query';
import { reportAnswer } from './connection.ts';
import { eventStreamReader, type StreamMessage } from './event-stream.ts';
import { concerns, type Change } from './kinds.ts';

/** Milliseconds in which changes are collected, so that many cost one request for each list. */
const COLLECT = 300;
/** Milliseconds after which a stream without a word is dead; the server says something every 15 s. */
const SILENCE = 40_000;
/** Milliseconds until a stream that was refused is tried again. */
const LATER = 30_000;

type News = Change | 'reset' | 'session';

/**
 * Keeps the pages live: hears GET /events and asks again for what changed. One stream per browser, because over HTTP/1.1 each
 * takes one of six connections for good: the tab that holds a lock listens and tells the others. Answers how to stop.
 */
export function followEvents(client: QueryClient, { allProjects }: { allProjects: boolean }): () => void {
  const stop = new AbortController();
  const name = `potluck-events${allProjects ? '-all' : ''}`;
  const tabs = new BroadcastChannel(name);
  const collected: Change[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    timer = undefined;
    const changes = collected.splice(0);
    void client.invalidateQueries({ predicate: ({ queryKey }) => concerns(changes, queryKey) });
  };
  const hear = (news: News) => {
    if (news === 'reset') void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    else if (news === 'session') void client.invalidateQueries({ queryKey: ['session'] });
    else {
      collected.push(news);
      timer ??= setTimeout(flush, COLLECT);
    }
  };
  tabs.addEventListener('message', (event: MessageEvent<News>) => hear(event.data));
  const tell = (news: News) => {
    hear(news);
    if (!stop.signal.aborted) tabs.postMessage(news);
  };
  const listening = () => listen(`/events${allProjects ? '?all_projects=true' : ''}`, tell, stop.signal);
  // Browsers have locks only where the connection is secure; elsewhere each tab listens for itself.
  if ('locks' in navigator) {
    void navigator.locks.request(name, { signal: stop.signal }, listening).catch(() => undefined);
  } else {
    void listening();
  }
  return () => {
    stop.abort();
    clearTimeout(timer);
    tabs.close();
  };
}

/** What is known from one stream to the next. */
interface Memory {
  lastId: string | null;
  /** Milliseconds between two tries, as the server wishes. */
  retry: number;
}

/** Holds a stream, and the next one, until told to stop. */
async function listen(path: string, tell: (news: News) => void, stop: AbortSignal): Promise<void> {
  const memory: Memory = { lastId: null, retry: 2000 };
  while (!stop.aborted) {
    const wait = await hold(path, memory, tell, stop);
    await pause(wait, stop);
  }
}

/** One stream, to its end; answers the milliseconds until the next one. Never throws. */
async function hold(path: string, memory: Memory, tell: (news: News) => void, stop: AbortSignal): Promise<number> {
  const dead = new AbortController();
  let silence = setTimeout(() => dead.abort(), SILENCE);
  try {
    const response = await fetch(path, {
      headers: { Accept: 'text/event-stream', ...(memory.lastId !== null && { 'Last-Event-ID': memory.lastId }) },
      signal: AbortSignal.any([stop, dead.signal]),
    });
    if (!response.ok || response.body === null) {
      // 401: the session has ended, which the pages must know. 429 and others: again later.
      if (response.status === 401) tell('session');
      reportAnswer(![502, 503, 504].includes(response.status));
      return response.status === 503 ? memory.retry : LATER;
    }
    const read = eventStreamReader();
    const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await pieces.read();
      if (done) return memory.retry;
      reportAnswer(true);
      clearTimeout(silence);
      silence = setTimeout(() => dead.abort(), SILENCE);
      const { messages, retry } = read(value);
      memory.retry = retry ?? memory.retry;
      for (const message of messages) {
        const wait = take(message, memory, tell);
        if (wait !== null) return wait;
      }
    }
  } catch {
    if (!stop.aborted) reportAnswer(false);
    return memory.retry;
  } finally {
    clearTimeout(silence);
    dead.abort();
  }
}

/** Passes on one message; the milliseconds until the next stream when it was the last one. */
function take({ event, data, id }: StreamMessage, memory: Memory, tell: (news: News) => void): number | null {
  memory.lastId = id ?? memory.lastId;
  if (event === 'reset') tell('reset');
  else if (event === 'changed') tell(JSON.parse(data) as Change);
  else if (event === 'end') {
    const { reason } = JSON.parse(data) as { reason: string };
    if (reason === 'token') tell('session');
    return reason === 'token' ? LATER : memory.retry;
  }
  return null;
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    stop.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
