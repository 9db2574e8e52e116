import type { App } from '../http/app.ts';
import type { Store } from '../store/store.ts';
import { createFeed, type Feed } from './feed.ts';

/** One feed for each open store: routes are plain data and find theirs through the store they work on. */
const feeds = new WeakMap<Store, Feed>();

/** The feed of this controller. It begins with its first listener: what nobody follows is not written down. */
export function feedOf({ store, draining, abort }: Pick<App, 'store' | 'draining' | 'abort'>): Feed {
  const known = feeds.get(store);
  if (known) return known;
  const feed = createFeed();
  feeds.set(store, feed);
  store.follow(feed);
  for (const end of [draining, abort]) end?.addEventListener('abort', () => feed.endAll());
  return feed;
}
