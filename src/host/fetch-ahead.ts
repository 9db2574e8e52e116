import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { HostDocument } from './document.ts';
import type { DiskDriver } from './drivers.ts';

/**
 * Fetches the images that the document names though nothing uses them yet, one after the other and beside everything
 * else. What fails is tried again with the next call.
 */
export function createFetchAhead(
  disks: Pick<DiskDriver, 'fetch'>,
  log: Log,
): (document: HostDocument) => Promise<void> {
  let running: Promise<void> | null = null;
  return (document) => {
    const fetchAll = async () => {
      for (const image of document.images ?? []) {
        await disks
          .fetch(image)
          .catch((error: unknown) => log.warn('image-not-fetched', { image: image.id, reason: messageOf(error) }));
      }
    };
    running ??= fetchAll().finally(() => (running = null));
    return running;
  };
}
