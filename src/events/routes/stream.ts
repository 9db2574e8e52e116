import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { ApiError, badRequest, forbidden } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { route } from '../../http/route.ts';
import { parseBool, Strict } from '../../http/schemas.ts';
import { overseesAll } from '../../policy/rules.ts';
import { feedOf } from '../feeds.ts';
import { endFrame, retryFrame } from '../frames.ts';
import type { Feed, Listener } from '../feed.ts';

/** Streams of one user at a time, on one controller, and of all users. */
const MOST_OF_USER = 32;
const MOST_OF_ALL = 5_000;
/** Milliseconds until a client comes back that lost its stream: not all at the same moment. */
const RETRY = { least: 1_000, spread: 3_000 };
/** Milliseconds that a request for one telling waits for something to tell. */
const ONCE_WAITS = 30_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // What nginx takes for: do not wait for more.
  'x-accel-buffering': 'no',
};

const stream = route({
  operation: 'events:stream',
  method: 'GET',
  path: '',
  query: Strict({ all_projects: Type.Optional(Type.String()), once: Type.Optional(Type.String()) }),
  async handler({ app, context, query, request }) {
    const feed = feedOf(app);
    checkRoom(app, feed, context);
    const once = flag('once', query.once);
    const body = new Readable({ read: () => undefined });
    body.push(retryFrame(RETRY.least + Math.round(Math.random() * RETRY.spread)));
    const end = (reason: string | null) => {
      leave();
      if (reason !== null && !body.readableEnded) body.push(endFrame(reason));
      body.push(null);
    };
    const listener: Listener = {
      userId: context.userId ?? '',
      to: audienceOf(context, flag('all_projects', query.all_projects)),
      send(text) {
        if (!body.readable) return 0;
        if (text.length > 0) body.push(text);
        if (once && text.length > 0) setImmediate(end, null);
        return body.readableLength;
      },
      allowed: stillAllowed(app, context),
      end,
    };
    const { 'last-event-id': last } = request.headers;
    const timer = once ? setTimeout(end, ONCE_WAITS, null) : undefined;
    const leaveFeed = feed.join(listener, typeof last === 'string' ? last : null);
    const leave = () => {
      clearTimeout(timer);
      leaveFeed();
    };
    body.once('close', leave);
    return { status: 200, body, headers: HEADERS };
  },
});

export const eventRoutes = [stream];

function checkRoom(app: App, feed: Feed, { userId }: Context): void {
  if (app.draining?.aborted || app.abort.aborted) {
    throw new ApiError(503, 'ServiceUnavailable', 'This controller is ending: ask again, another one answers.');
  }
  if (feed.count(userId ?? '') >= MOST_OF_USER) {
    throw new ApiError(429, 'TooManyRequests', `You have ${MOST_OF_USER} streams of events open already: close some.`);
  }
  if (feed.count() >= MOST_OF_ALL) {
    throw new ApiError(503, 'ServiceUnavailable', 'This controller has as many streams of events as it can take.');
  }
}

function flag(name: string, text: string | undefined): boolean {
  const value = text === undefined ? false : parseBool(text);
  if (value === undefined) throw badRequest(`${name} is '${text}': give true or false.`);
  return value;
}

/** Whose changes a caller hears; null for everybody's. A token for the system is of no project, and hears all. */
function audienceOf(context: Context, all: boolean): string[] | null {
  const { projectId, userId } = context;
  if (all || projectId === null) {
    if (overseesAll(context)) return null;
    throw forbidden(
      'The changes of all projects are for administrators, and readers of the system. Leave out all_projects.',
    );
  }
  return ['all', `project:${projectId}`, ...(userId === null ? [] : [`user:${userId}`])];
}

/** Whether the token that the stream was opened with still opens it. */
function stillAllowed(app: App, { token }: Context): () => boolean {
  return () => {
    try {
      if (token !== null) app.verifyToken(token, { service: 'events', method: 'GET', path: '' });
      return true;
    } catch {
      return false;
    }
  };
}
