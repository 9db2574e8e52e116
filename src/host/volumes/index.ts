import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../../core/errors.ts';
import type { VolumeId } from '../../core/ids.ts';
import type { Log } from '../../core/log.ts';
import { createBlankLayers, makeLayerFile } from '../disks/blank-layers.ts';
import { convert } from '../disks/convert.ts';
import { fullDisk, type ImageCache } from '../disks/images.ts';
import type { HostImage, HostVolume } from '../document.ts';
import type { VolumeDriver, VolumeSourceLayers } from '../drivers.ts';
import { exec } from '../exec.ts';
import { makeDirectory, remove } from '../files.ts';
import { topOf, type Layer } from '../layers.ts';
import { volumePaths, volumesDirectory, type HostPaths } from '../paths.ts';
import { blockNodesOf, copyNode, repeated, runJob } from '../qemu/jobs.ts';
import { createDaemons } from './daemons.ts';
import { EXPORT, layerChain, layerNode, layerNodes, nodesOfLayer, nodeUnder, type LayerPlaces } from './nodes.ts';

const GIB = 1024 ** 3;

export interface VolumeOptions {
  paths: HostPaths;
  images: ImageCache;
  user: { uid: number; gid: number };
  /** `qemu-storage-daemon`. */
  binary: string;
  log: Log;
}

/**
 * Volumes as chains of qcow2 files. While a volume is used, a storage daemon of its own has the files open and exports
 * the volume over NBD on a unix socket: so it is snapshotted, grown and copied the same way whether or not a server
 * writes to it, and whichever server that is (docs/decisions/0011-volumes-through-storage-daemons.md).
 */
export function createVolumes({ paths, images, user, binary, log }: VolumeOptions): VolumeDriver {
  const blankLayer = createBlankLayers(user);
  const places = (volume: VolumeId): LayerPlaces => ({
    layer: volumePaths(paths, volume).layer,
    image: (image) => images.path(image),
  });
  const daemons = createDaemons({ paths, binary, user, log, places });

  /** Makes the last layer, empty, over whatever lies under it. */
  const makeTop = async (volume: VolumeId, layers: readonly Layer[], bytes: number): Promise<string> => {
    const at = places(volume);
    const path = at.layer(topOf(layers) ?? '');
    const over = layers.at(-1)?.over ?? null;
    const below = over === 'below' ? layers.at(-2) : undefined;
    if (over !== null && over !== 'below') {
      await blankLayer({ path: at.image(over), format: over.format }, bytes, path);
    } else {
      await makeLayerFile(user, path, below ? { path: at.layer(below.file), format: 'qcow2' } : null, bytes);
    }
    return path;
  };

  const fillFrom = async (
    volume: HostVolume,
    layers: readonly Layer[],
    from: VolumeSourceLayers,
    abort?: AbortSignal,
  ) => {
    const bytes = volume.sizeGib * GIB;
    if (from.isSnapshot) {
      const path = await makeTop(volume.id, layers, bytes);
      return convert(layerChain(from.layers, places(from.volume)), { path, format: 'qcow2' }, user, abort);
    }
    await daemons.use(from.volume, from.layers, async ({ qmp, top }) => {
      const size = (await blockNodesOf(qmp)).get(layerNode(top))?.bytes ?? bytes;
      // A copy is as large as what it is a copy of; it grows afterwards.
      const path = await makeTop(volume.id, layers, size);
      await copyNode(qmp, layerNode(top), { path, format: 'qcow2' }, abort);
      if (bytes > size) await exec('qemu-img', ['resize', '-q', '-f', 'qcow2', path, String(bytes)], user);
    });
  };

  const checkImage = async (image: HostImage, sizeGib: number, abort?: AbortSignal) => {
    await images.obtain(image, abort);
    const least = Math.ceil((await images.virtualSize(image)) / GIB);
    if (least <= sizeGib) return;
    const problem = `A volume of ${sizeGib} GiB is too small for image ${image.id}, which needs ${least} GiB.`;
    throw new OperatorError(problem, 'Make a larger one.');
  };

  const tidy = async (volume: VolumeId, layers: readonly Layer[]) => {
    const { directory } = volumePaths(paths, volume);
    const kept = new Set(layers.map(({ file }) => `${file}.qcow2`));
    for (const name of await readdir(directory).catch(() => [])) {
      if (name.endsWith('.qcow2') && !kept.has(name)) await rm(join(directory, name), { force: true });
    }
  };

  return {
    adopt: () => daemons.adopt(),
    serving: () => daemons.serving(),
    async create(volume, layers, from, abort) {
      await makeDirectory(volumePaths(paths, volume.id).directory, 0o711);
      const over = layers.at(-1)?.over ?? null;
      try {
        if (over !== null && over !== 'below') await checkImage(over, volume.sizeGib, abort);
        if (from) await fillFrom(volume, layers, from, abort);
        else await makeTop(volume.id, layers, volume.sizeGib * GIB);
      } catch (error) {
        throw fullDisk(error, `volume ${volume.id}`);
      }
    },
    async addLayer(volume, layers) {
      await makeTop(volume.id, layers, volume.sizeGib * GIB).catch((error: unknown) => {
        throw fullDisk(error, `a snapshot of volume ${volume.id}`);
      });
    },
    async settle(volume, layers) {
      const top = topOf(layers);
      const running = daemons.find(volume);
      if (!running || top === null || running.top === top) return;
      await daemons.use(volume, layers, async (daemon) => {
        const { qmp } = daemon;
        if (!(await blockNodesOf(qmp)).has(layerNode(top))) {
          const path = places(volume).layer(top);
          for (const node of layerNodes(top, path, { backing: null, readOnly: false })) {
            // One of the two may be there from an attempt that was cut off.
            await qmp.execute('blockdev-del', { 'node-name': node['node-name'] }).catch(() => undefined);
            await qmp.execute('blockdev-add', node);
          }
        }
        await qmp.execute('blockdev-snapshot', { node: layerNode(daemon.top), overlay: layerNode(top) });
        daemon.top = top;
      });
    },
    async merge(volume, layers, index) {
      const [gone, above] = [layers[index], layers[index + 1]];
      if (!gone || !above) return;
      await daemons.use(volume, layers, async ({ qmp }) => {
        const drop = () => qmp.execute('blockdev-del', { 'node-name': layerNode(gone.file) });
        if (!(await blockNodesOf(qmp)).has(layerNode(gone.file))) return;
        const isFree = await drop().then(
          () => true,
          () => false,
        );
        if (!isFree) {
          const base = nodeUnder(layers, index);
          const stream = { 'job-id': 'merge', device: layerNode(above.file), 'auto-dismiss': false };
          const begin = () => qmp.execute('block-stream', base === null ? stream : { ...stream, 'base-node': base });
          await runJob(qmp, 'merge', begin);
          await drop();
        }
        await qmp.execute('blockdev-del', { 'node-name': nodesOfLayer(gone.file)[1] });
      });
    },
    tidy,
    async grow(volume, layers, sizeGib) {
      await daemons.use(volume, layers, async ({ qmp, top }) => {
        const size = { 'node-name': layerNode(top), size: sizeGib * GIB };
        // An export keeps the size it began with, and lets nobody change it. QEMU waits with what it has to write, and
        // finds the new size when it comes back.
        // It is gone a moment after the answer only.
        await qmp.execute('block-export-del', { id: EXPORT, mode: 'hard' }).catch(() => undefined);
        try {
          await repeated(() => qmp.execute('block_resize', size));
        } finally {
          const again = { type: 'nbd', id: EXPORT, name: EXPORT, 'node-name': layerNode(top), writable: true };
          await repeated(() => qmp.execute('block-export-add', again));
        }
      });
    },
    serve: (volume, layers) => daemons.serve(volume, layers),
    unserve: (volume) => daemons.unserve(volume),
    async copy(volume, layers, file, abort) {
      await daemons.use(volume, layers, async ({ qmp, top }) => {
        await file.prepare((await blockNodesOf(qmp)).get(layerNode(top))?.bytes ?? 0);
        await copyNode(qmp, layerNode(top), file, abort);
      });
    },
    async remove(volume) {
      await daemons.unserve(volume);
      const at = volumePaths(paths, volume);
      await remove(at.run);
      await remove(at.directory);
    },
    async list() {
      const lists = await Promise.all(
        [volumesDirectory(paths), join(paths.run, 'volumes')].map((directory) => readdir(directory).catch(() => [])),
      );
      return [...new Set(lists.flat())];
    },
    watch: (onEnd) => daemons.watch(onEnd),
    close() {
      daemons.close();
      return Promise.resolve();
    },
  };
}
