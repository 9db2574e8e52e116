import type { Image } from '../../api/queries/image.ts';
import type { Snapshot, Volume } from '../../api/queries/volume.ts';
import type { Source } from './operations.ts';

const GIB = 2 ** 30;

/** The smallest size in GiB that a new volume can have, by what it is made from. Pure. */
export function leastSize(
  source: Source,
  from: string,
  known: { images: readonly Image[]; snapshots: readonly Snapshot[]; volumes: readonly Volume[] },
): number {
  const is = ({ id }: { id: string }) => id === from;
  switch (source) {
    case 'empty':
      return 1;
    case 'image': {
      const image = known.images.find(is);
      const bytes = Math.max(image?.virtual_size ?? 0, image?.size ?? 0);
      return Math.max(1, image?.min_disk ?? 0, Math.ceil(bytes / GIB));
    }
    case 'snapshot':
      return known.snapshots.find(is)?.size ?? 1;
    case 'volume':
      return known.volumes.find(is)?.size ?? 1;
  }
}

/** What can be done with a volume in its present state, as Cinder and Nova allow. Pure. */
export function possible({ status, attachments, multiattach }: Pick<Volume, 'status' | 'attachments' | 'multiattach'>) {
  const free = status === 'available';
  const used = status === 'in-use';
  return {
    attach: free || (used && multiattach),
    detach: attachments.length > 0 && used,
    extend: free || used,
    snapshot: free || used,
    image: free || used,
    backup: free || used,
    retype: free || used,
    offer: free,
    remove: ['available', 'error', 'error_restoring', 'error_extending', 'error_managing'].includes(status),
  };
}

/** Whether a volume can become what it was at a snapshot: only the newest one of a volume that no server uses. Pure. */
export function canRevert(volume: Volume | undefined, snapshot: Snapshot, all: readonly Snapshot[]): boolean {
  if (volume?.status !== 'available' || snapshot.status !== 'available') return false;
  return !all.some((other) => other.volume_id === volume.id && other.created_at > snapshot.created_at);
}

type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'off';

/** How the status of a volume or snapshot looks. Pure. */
export function toneOf(status: string): Tone {
  if (status.startsWith('error')) return 'bad';
  if (status === 'in-use' || status === 'available') return 'ok';
  return ['awaiting-transfer', 'reserved', 'maintenance'].includes(status) ? 'warn' : 'busy';
}
