import { readdir, rm, stat } from 'node:fs/promises';
import { OperatorError } from '../../core/errors.ts';
import type { HostDisk, HostImage, HostServer } from '../document.ts';
import type { CopyTarget, DiskChain, DiskDriver } from '../drivers.ts';
import { isMissing, makeDirectory, remove } from '../files.ts';
import { serverPaths, serversDirectory, type HostPaths } from '../paths.ts';
import { createBlankLayers, makeLayerFile, type Backing } from './blank-layers.ts';
import { convert } from './convert.ts';
import { fullDisk, type ImageCache } from './images.ts';
import { createLocalDisks } from './local-disks.ts';

const GIB = 1024 ** 3;

/** Disks as files below the state directory: a cached image, and qcow2 layers over it. */
export function createDisks(paths: HostPaths, images: ImageCache, user: { uid: number; gid: number }): DiskDriver {
  const blankLayer = createBlankLayers(user);
  const locals = createLocalDisks(paths, user);
  const fileOf = (image: HostImage): Backing => ({ path: images.path(image), format: image.format });

  const chain = ({ id }: HostServer, { image, layersGib }: HostDisk): DiskChain => {
    const at = serverPaths(paths, id);
    const layers = layersGib.map((_, i) => ({ path: at.layer(i), format: 'qcow2' as const }));
    return { files: [...(image ? [fileOf(image)] : []), ...layers] };
  };

  /** Makes layer `index`; an existing file of that name is replaced. */
  const makeLayer = async (server: HostServer, disk: HostDisk, index: number) => {
    const path = serverPaths(paths, server.id).layer(index);
    const below = chain(server, disk).files[index - (disk.image ? 0 : 1)] ?? null;
    const bytes = await sizeOf(disk.image, disk.layersGib[index] ?? 0);
    try {
      if (below && disk.image && index === 0) await blankLayer(below, bytes, path);
      else await makeLayerFile(user, path, below, bytes);
    } catch (error) {
      throw fullDisk(error, `the disk of server ${server.id}`);
    }
  };

  /** Bytes of a layer: as wished, or for 0 GiB as large as the image. */
  const sizeOf = async (image: HostImage | null, gib: number): Promise<number> => {
    const wished = gib * GIB;
    if (!image) return wished;
    const least = await images.virtualSize(image);
    if (wished === 0) return least;
    if (wished >= least) return wished;
    throw new OperatorError(
      `A disk of ${gib} GiB is too small for image ${image.id}, which needs ${Math.ceil(least / GIB)} GiB.`,
      'Choose a flavor with a larger disk.',
    );
  };

  const size = async (server: HostServer) =>
    server.disk ? sizeOf(server.disk.image, server.disk.layersGib.at(-1) ?? 0) : 0;

  /** The disk of a rescue, made afresh unless a suspended machine goes on with it. */
  const rescueDisk = async (server: HostServer, resume: boolean): Promise<DiskChain | null> => {
    const path = serverPaths(paths, server.id).rescue;
    if (!server.rescue) {
      await rm(path, { force: true });
      return null;
    }
    const { image } = server.rescue;
    if (!resume || !(await isFilled(path))) {
      await images.obtain(image);
      await blankLayer(fileOf(image), await sizeOf(image, 0), path);
    }
    return { files: [fileOf(image), { path, format: 'qcow2' }] };
  };

  return {
    async create(server, abort) {
      const { disk } = server;
      const at = serverPaths(paths, server.id);
      await makeDirectory(at.directory, 0o711);
      await removeLayers(at.directory, 0);
      // What is there of an earlier build goes first.
      await locals.settle({ ...server, localDisks: [] });
      await locals.settle(server);
      if (!disk) return;
      if (disk.image) await images.obtain(disk.image, abort);
      for (const index of disk.layersGib.keys()) await makeLayer(server, disk, index);
    },
    async resize(server) {
      const { disk } = server;
      const at = serverPaths(paths, server.id);
      const count = disk?.layersGib.length ?? 0;
      await removeLayers(at.directory, count);
      await locals.settle(server);
      if (!disk) return;
      for (let index = 0; index < count; index++) {
        if (!(await isFilled(at.layer(index)))) await makeLayer(server, disk, index);
      }
    },
    async open(server, resume) {
      const rescue = await rescueDisk(server, resume);
      return { root: server.disk && chain(server, server.disk), rescue, locals: locals.chains(server) };
    },
    async copy(server, file: CopyTarget, abort) {
      if (!server.disk) throw new Error(`Server ${server.id} has no disk of its own.`);
      await file.prepare(await size(server));
      await convert(chain(server, server.disk), file, user, abort);
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
    async fetch(image) {
      await images.obtain(image);
    },
    async collect(inUse) {
      await locals.collect(inUse().document.servers);
      await images.collect(() => {
        const { document, used } = inUse();
        const ofServers = document.servers.flatMap(({ disk, rescue }) => [disk?.image ?? null, rescue?.image ?? null]);
        const ofVolumes = document.volumes.map(({ source }) => (source.kind === 'image' ? source.image : null));
        return [...(document.images ?? []), ...ofServers, ...ofVolumes, ...used].filter((image) => image !== null);
      });
    },
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
