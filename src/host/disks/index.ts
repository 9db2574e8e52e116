import { readdir, rm, stat } from 'node:fs/promises';
import { OperatorError } from '../../core/errors.ts';
import type { HostServer } from '../document.ts';
import type { DiskChain, DiskDriver } from '../drivers.ts';
import { isMissing, makeDirectory, remove } from '../files.ts';
import { serverPaths, serversDirectory, type HostPaths } from '../paths.ts';
import { createBlankLayers, makeLayerFile } from './blank-layers.ts';
import { fullDisk, type ImageCache } from './images.ts';

const GIB = 1024 ** 3;

/** Disks as files below the state directory: a cached image, and qcow2 layers over it. */
export function createDisks(paths: HostPaths, images: ImageCache, user: { uid: number; gid: number }): DiskDriver {
  const blankLayer = createBlankLayers(user);

  const chain = (server: HostServer): DiskChain => {
    const { image, layersGib } = server.disk;
    const at = serverPaths(paths, server.id);
    const layers = layersGib.map((_, i) => ({ path: at.layer(i), format: 'qcow2' as const }));
    return { files: [...(image ? [{ path: images.path(image), format: image.format }] : []), ...layers] };
  };

  /** Makes layer `index`; an existing file of that name is replaced. */
  const makeLayer = async (server: HostServer, index: number) => {
    const path = serverPaths(paths, server.id).layer(index);
    const below = chain(server).files[index - (server.disk.image ? 0 : 1)] ?? null;
    const bytes = await sizeOf(server, index);
    try {
      if (below && server.disk.image && index === 0) await blankLayer(below, bytes, path);
      else await makeLayerFile(user, path, below, bytes);
    } catch (error) {
      throw fullDisk(error, `the disk of server ${server.id}`);
    }
  };

  /** Bytes of a layer: as wished, or for 0 GiB as large as the image. */
  const sizeOf = async (server: HostServer, index: number): Promise<number> => {
    const wished = (server.disk.layersGib[index] ?? 0) * GIB;
    const { image } = server.disk;
    if (!image) return wished;
    const least = await images.virtualSize(image);
    if (wished === 0) return least;
    if (wished >= least) return wished;
    const need = Math.ceil(least / GIB);
    throw new OperatorError(
      `A disk of ${wished / GIB} GiB is too small for image ${image.id}, which needs ${need} GiB.`,
      'Choose a flavor with a larger disk.',
    );
  };

  return {
    chain,
    async create(server, abort) {
      const at = serverPaths(paths, server.id);
      await makeDirectory(at.directory, 0o711);
      await removeLayers(at.directory, 0);
      if (server.disk.image) await images.obtain(server.disk.image, abort);
      for (const index of server.disk.layersGib.keys()) await makeLayer(server, index);
    },
    async resize(server) {
      const at = serverPaths(paths, server.id);
      const count = server.disk.layersGib.length;
      await removeLayers(at.directory, count);
      for (let index = 0; index < count; index++) {
        if (!(await isFilled(at.layer(index)))) await makeLayer(server, index);
      }
    },
    remove: async (server) => {
      const at = serverPaths(paths, server);
      await remove(at.run);
      await remove(at.migration);
      await remove(at.directory);
    },
    async list() {
      const lists = await Promise.all(
        [serversDirectory(paths), `${paths.run}/servers`].map((directory) => readdir(directory).catch(() => [])),
      );
      return [...new Set(lists.flat())];
    },
    collect: (document) => images.collect(document),
  };
}

/** Removes the layers from `first` upwards. */
async function removeLayers(directory: string, first: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const index = /^disk-(\d+)\.qcow2$/.exec(name)?.[1];
    if (index !== undefined && Number(index) >= first) await rm(`${directory}/${name}`);
  }
}

/** Whether a layer was made to its end: qemu-img writes a header, a crash before that leaves an empty file. */
async function isFilled(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
