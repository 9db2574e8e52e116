import type { ImageId, VolumeId } from '../core/ids.ts';
import type { HostUpload } from '../host/document.ts';
import type { UploadDriver, VolumeDriver } from '../host/drivers.ts';
import { topOf, type Layer } from '../host/layers.ts';
import type { Step } from './drivers.ts';

/** Volumes and images under way of a simulated host. */
export interface SimVolumes {
  /** Files of each volume. */
  files: Map<VolumeId, string[]>;
  /** The layer that each storage daemon writes to. */
  serving: Map<VolumeId, string>;
  copies: Set<ImageId>;
}

const namesOf = (layers: readonly Layer[]) => layers.map(({ file }) => file);

export function simVolumes(state: SimVolumes, step: Step, onEnd: { call: (volume: VolumeId) => void }): VolumeDriver {
  const { files, serving } = state;
  return {
    adopt: () => Promise.resolve(),
    serving: () => serving,
    create: (volume, layers) => step('create-volume', volume.id, () => void files.set(volume.id, namesOf(layers))),
    addLayer: (volume, layers) => step('snapshot-volume', volume.id, () => void files.set(volume.id, namesOf(layers))),
    settle: (volume, layers) =>
      step('settle-volume', volume, () => {
        if (serving.has(volume)) serving.set(volume, topOf(layers) ?? '');
      }),
    merge: (volume) => step('merge-volume', volume, () => undefined),
    tidy: (volume, layers) => step('tidy-volume', volume, () => void files.set(volume, namesOf(layers))),
    grow: (volume) => step('grow-volume', volume, () => undefined),
    serve: (volume, layers) => step('serve', volume, () => void serving.set(volume, topOf(layers) ?? '')),
    unserve: (volume) => step('unserve', volume, () => void serving.delete(volume)),
    copy: (volume, _layers, file) => step('copy-volume', volume, () => void state.copies.add(file.path)),
    remove: (volume) => step('remove-volume', volume, () => void files.delete(volume)),
    list: () => Promise.resolve([...files.keys()]),
    watch(end) {
      onEnd.call = end;
    },
    close() {
      onEnd.call = () => undefined;
      return Promise.resolve();
    },
  };
}

/** `path` of a target is the image's id. */
export function simUploads(state: SimVolumes, step: Step, send: (upload: HostUpload) => Promise<void>): UploadDriver {
  return {
    target: ({ id, format }) => ({ path: id, format, prepare: () => Promise.resolve() }),
    async send(upload) {
      await step('send', upload.id, () => undefined);
      await send(upload);
    },
    remove: (image) => step('remove-copy', image, () => void state.copies.delete(image)),
    list: () => Promise.resolve([...state.copies]),
  };
}
