import { messageOf, OperatorError } from '../core/errors.ts';
import type { SnapshotId, VolumeId } from '../core/ids.ts';
import type { VolumeStep } from './converge-volumes.ts';
import type { HostVolume } from './document.ts';
import type { Drivers, VolumeSourceLayers } from './drivers.ts';
import { layersOfSnapshot, planBuild, planDrop, planSnapshot, topOf, type Layer } from './layers.ts';
import type { Ledger } from './ledger.ts';
import { TryLater } from './workers.ts';
import { wishesOf } from './wishes.ts';

export interface VolumeActs {
  drivers: Drivers;
  ledger: Ledger;
  limit: <T>(work: () => Promise<T>) => Promise<T>;
  refused: Map<SnapshotId, string>;
  /** Volumes without files that are not the ledger's. */
  tidy: Set<VolumeId>;
  /** Keeps a volume as it is while another one is made of it. */
  reading: <T>(volume: VolumeId, work: () => Promise<T>) => Promise<T>;
}

/**
 * Carries out one step of one volume. The ledger's chain of layers is changed before the storage daemon is told: what
 * a guest has written must be found again whoever ends in between, and `settle` tells the daemon later.
 */
export async function actVolume(
  acts: VolumeActs,
  id: VolumeId,
  step: VolumeStep,
  want: HostVolume | null,
  interrupt: AbortSignal,
): Promise<void> {
  const { drivers, ledger, limit, refused } = acts;
  const { volumes } = drivers;
  await ledger.accepted();
  if (step.do === 'remove') {
    await volumes.unserve(id);
    await volumes.remove(id);
    return ledger.forgetVolume(id);
  }
  if (step.do === 'unserve') return volumes.unserve(id);
  if (want === null) return;
  const done = ledger.volume(id);
  const { layers } = done;
  const tidyUp = async (planned: readonly Layer[]) => {
    await volumes.tidy(id, planned);
    acts.tidy.add(id);
  };
  switch (step.do) {
    case 'build': {
      const planned = planBuild(want, done);
      if (topOf(planned) === null) throw new OperatorError('The snapshot to go back to is not there any more.', '');
      acts.tidy.delete(id);
      await limit(() => create(acts, want, planned, interrupt));
      await ledger.recordVolume(id, { build: want.build, sizeGib: want.sizeGib, layers: planned });
      return tidyUp(planned);
    }
    case 'grow':
      await volumes.grow(id, layers, want.sizeGib);
      return ledger.recordVolume(id, { sizeGib: want.sizeGib });
    case 'snapshot': {
      const planned = planSnapshot(done, step.snapshot);
      try {
        await volumes.addLayer({ ...want, sizeGib: done.sizeGib }, planned);
      } catch (error) {
        if (error instanceof TryLater) throw error;
        refused.set(step.snapshot, messageOf(error));
        return;
      }
      await ledger.recordVolume(id, { layers: planned });
      return volumes.settle(id, planned);
    }
    case 'drop': {
      acts.tidy.delete(id);
      const index = layers.findIndex((layer) => layer.snapshot === step.snapshot);
      if (layers[index + 1]?.over === 'below') await volumes.merge(id, layers, index);
      const planned = planDrop(layers, step.snapshot);
      await ledger.recordVolume(id, { layers: planned });
      return tidyUp(planned);
    }
    case 'copy': {
      const upload = wishesOf(ledger.document).uploads.get(step.image);
      if (!upload) return;
      await volumes.copy(id, layers, drivers.uploads.target(upload), interrupt);
      return ledger.recordUpload(upload.id, { sent: false });
    }
    case 'tidy':
      return tidyUp(layers);
    case 'serve':
      return volumes.serve(id, layers);
    case 'settle':
      return volumes.settle(id, layers);
  }
}

async function create(
  { drivers, ledger, reading }: VolumeActs,
  want: HostVolume,
  planned: ReturnType<typeof planBuild>,
  interrupt: AbortSignal,
): Promise<void> {
  const { source } = want;
  const make = (from: VolumeSourceLayers | null) => drivers.volumes.create(want, planned, from, interrupt);
  if (source.kind === 'volume') {
    const volume = source.id;
    return reading(volume, () => make({ volume, layers: ledger.volume(volume).layers, isSnapshot: false }));
  }
  if (source.kind === 'snapshot' && source.volumeId !== want.id) {
    const volume = source.volumeId;
    return reading(volume, async () => {
      const layers = layersOfSnapshot(ledger.volume(volume).layers, source.id);
      if (!layers) {
        throw new OperatorError(`Snapshot ${source.id} is not on this host.`, 'Make the volume of something else.');
      }
      await make({ volume, layers, isSnapshot: true });
    });
  }
  return make(null);
}
