import type { SnapshotId } from '../core/ids.ts';
import type { HostImage, HostVolume } from './document.ts';

/**
 * A volume is a chain of qcow2 files, lowest first; the last one is written to. A snapshot is a file that is written
 * to no more: what comes later goes into the next one. Everything here is pure; the ledger keeps the chain.
 */
export interface Layer {
  /** Name of the file without its ending, unique within the volume for all its life. */
  file: string;
  /** The snapshot whose content this file and those under it are; null for the last one. */
  snapshot: SnapshotId | null;
  /** What it shows where nothing was written: the layer below, an image, or zeros. */
  over: 'below' | HostImage | null;
}

/** What was carried out for one volume. */
export interface VolumeDone {
  build: number;
  sizeGib: number;
  layers: Layer[];
}

export const NO_VOLUME: VolumeDone = { build: 0, sizeGib: 0, layers: [] };

/** The file that is written to; null before the first build. */
export function topOf(layers: readonly Layer[]): string | null {
  return layers.at(-1)?.file ?? null;
}

export function snapshotsOf(layers: readonly Layer[]): SnapshotId[] {
  return layers.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot]));
}

/** The layers that hold a snapshot, or null when there is none of that name. */
export function layersOfSnapshot(layers: readonly Layer[], id: SnapshotId): Layer[] | null {
  const index = layers.findIndex((layer) => layer.snapshot === id);
  return index < 0 ? null : layers.slice(0, index + 1);
}

/** From the last layer down to the one that rests on none of them: what has to be opened to read the last one. */
export function segmentOf(layers: readonly Layer[]): Layer[] {
  const first = layers.findLastIndex((layer) => layer.over !== 'below');
  return layers.slice(Math.max(first, 0));
}

/** The chain after a build: the snapshots stay, and a new last layer shows what the source says. */
export function planBuild(want: HostVolume, done: VolumeDone): Layer[] {
  const { source } = want;
  const file = nextFile(done.layers, want.build);
  if (source.kind === 'snapshot' && source.volumeId === want.id) {
    const kept = layersOfSnapshot(done.layers, source.id);
    return kept === null ? [] : [...kept, { file, snapshot: null, over: 'below' }];
  }
  const kept = done.layers.filter((layer) => layer.snapshot !== null);
  return [...kept, { file, snapshot: null, over: source.kind === 'image' ? source.image : null }];
}

/** The chain after a snapshot: what was the last layer is it, and a new one takes what is written from now on. */
export function planSnapshot({ layers, build }: VolumeDone, id: SnapshotId): Layer[] {
  const file = nextFile(layers, build);
  const frozen = layers.map((layer, i) => (i === layers.length - 1 ? { ...layer, snapshot: id } : layer));
  return [...frozen, { file, snapshot: null, over: 'below' }];
}

/** The chain without a snapshot: the layer above takes over what it rests on. */
export function planDrop(layers: readonly Layer[], id: SnapshotId): Layer[] {
  const index = layers.findIndex((layer) => layer.snapshot === id);
  const gone = layers[index];
  if (!gone) return [...layers];
  return layers.flatMap((layer, i) => {
    if (i === index) return [];
    return [i === index + 1 && layer.over === 'below' ? { ...layer, over: gone.over } : layer];
  });
}

function nextFile(layers: readonly Layer[], build: number): string {
  const numbers = layers.map(({ file }) => Number(file.split('-')[1] ?? 0));
  return `${build}-${Math.max(0, ...numbers) + 1}`;
}
