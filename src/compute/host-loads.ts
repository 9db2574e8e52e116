import type { HostId } from '../core/ids.ts';
import type { HostLoad } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Store } from '../store/store.ts';

/** What a host last said of its load, and when that was, in milliseconds since 1970. */
export interface HeardLoad extends HostLoad {
  at: number;
}

/** A load that was said longer ago is no news of the host any more; agents repeat theirs within 40 seconds. */
const OLD = 120_000;

/**
 * The last word of each host, in memory: it changes with every report and is nobody's loss. Of several controllers the
 * one that hears a host knows it.
 */
const loads = new WeakMap<Store, Map<HostId, HeardLoad>>();

/** Notes what a host says; agents of older releases say nothing. */
export function noteLoad(app: App, host: HostId, load: HostLoad | undefined): void {
  if (load === undefined) return;
  const known = loads.get(app.store) ?? new Map<HostId, HeardLoad>();
  loads.set(app.store, known);
  known.set(host, { ...load, at: app.clock.now() });
}

/** How busy a host is; null when this controller has not heard it lately. */
export function loadOf(app: App, host: HostId, now: number): HeardLoad | null {
  const load = loads.get(app.store)?.get(host);
  return load === undefined || now - load.at > OLD ? null : load;
}
