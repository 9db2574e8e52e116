import type { ImageId, SnapshotId } from '../core/ids.ts';
import type { HostVolume, VolumeReport } from './document.ts';
import { snapshotsOf, topOf, type VolumeDone } from './layers.ts';
import type { Failure } from './workers.ts';

/** One thing to do for one volume. */
export type VolumeStep =
  | { do: 'build' }
  | { do: 'grow' }
  | { do: 'snapshot'; snapshot: SnapshotId }
  | { do: 'drop'; snapshot: SnapshotId }
  | { do: 'copy'; image: ImageId }
  | { do: 'serve' }
  | { do: 'unserve' }
  /** Files of layers may be there that an earlier attempt or agent left. */
  | { do: 'tidy' }
  /** The storage daemon writes to another layer than the ledger says. */
  | { do: 'settle' }
  | { do: 'remove' };

/** What is the case for one volume. */
export interface VolumeSeen {
  done: VolumeDone;
  /** Whether no files are there but those of the ledger's layers. */
  isTidy: boolean;
  /** The layer that its storage daemon writes to; null when none runs. */
  serving: string | null;
  /** A server that should run wants it, or one that runs has it. */
  needed: boolean;
  /** Machines that have it plugged in. */
  machines: number;
  /** Copies of it that are being made for other volumes. */
  readers: number;
  /** What it is made from is there; null when it is made from nothing else. */
  source: 'ready' | 'waits' | null;
  /** Snapshots that could not be taken, and why. */
  refused: ReadonlyMap<SnapshotId, string>;
  copies: readonly ImageId[];
  /** It is kept though nobody wishes for it. */
  isKept: boolean;
}

/** The next step for a volume, or null when there is none or something else has to happen first. Pure. */
export function nextVolumeStep(want: HostVolume | null, seen: VolumeSeen): VolumeStep | null {
  const { done, serving, needed } = seen;
  const isUsed = seen.machines > 0 || seen.readers > 0;
  if (want === null && seen.isKept) return isUsed || serving === null ? null : { do: 'unserve' };
  if (want === null) return isUsed ? null : { do: 'remove' };
  if (want.build > done.build) {
    if (isUsed || seen.source === 'waits') return null;
    return serving === null ? { do: 'build' } : { do: 'unserve' };
  }
  if (serving !== null && serving !== topOf(done.layers)) return { do: 'settle' };
  if (needed && serving === null) return { do: 'serve' };
  if (!seen.isTidy) return { do: 'tidy' };
  if (want.sizeGib > done.sizeGib) return { do: 'grow' };
  const taken = snapshotsOf(done.layers);
  const fresh = want.snapshots.find(({ id }) => !taken.includes(id) && !seen.refused.has(id));
  if (fresh) return { do: 'snapshot', snapshot: fresh.id };
  const [image] = seen.copies;
  if (image !== undefined) return { do: 'copy', image };
  const gone = taken.find((id) => !want.snapshots.some((one) => one.id === id));
  // Somebody may be reading it.
  if (gone !== undefined && seen.readers === 0) return { do: 'drop', snapshot: gone };
  return !needed && !isUsed && serving !== null ? { do: 'unserve' } : null;
}

/** What to say of a volume. */
export function describeVolume(
  want: HostVolume | null,
  { done, refused }: VolumeSeen,
  failure: Failure<VolumeStep> | null,
  id: string,
): VolumeReport {
  const taken = snapshotsOf(done.layers);
  const building = want !== null && want.build > done.build;
  const failedToBuild = building && failure !== null;
  return {
    id,
    state: failedToBuild ? 'error' : building ? 'creating' : 'available',
    build: done.build,
    sizeGib: done.sizeGib,
    snapshots: (want?.snapshots ?? []).map((snapshot) => {
      if (taken.includes(snapshot.id)) return { ...snapshot, state: 'available', reason: null };
      // A volume that was given up comes to no snapshot either.
      const reason = refused.get(snapshot.id) ?? (failure?.isFinal ? failure.reason : null);
      return { ...snapshot, state: reason === null ? 'creating' : 'error', reason };
    }),
    reason: failure?.reason ?? null,
  };
}
