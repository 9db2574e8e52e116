import { constants } from 'node:fs';
import { chown, copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HostLocalDisk, HostServer, LocalFormat } from '../document.ts';
import type { DiskChain, MachineDisks } from '../drivers.ts';
import { exec } from '../exec.ts';
import { exists, makeDirectory } from '../files.ts';
import { blanksDirectory, serverPaths, type HostPaths } from '../paths.ts';
import { makeLayerFile, type Backing } from './blank-layers.ts';
import { fullDisk } from './images.ts';

const MIB = 1024 ** 2;

interface Owner {
  uid: number;
  gid: number;
}

export interface LocalDisks {
  /** Makes what is missing of the disks beside the root disk, and removes what is not wished. */
  settle(server: HostServer): Promise<void>;
  chains(server: HostServer): MachineDisks['locals'];
  /** Removes the formatted templates that no disk of these servers would be made of. */
  collect(servers: readonly HostServer[]): Promise<void>;
}

/**
 * Disks that begin empty, each a chain of qcow2 files. Two of one size, format and label begin with the same bytes, as
 * in Nova: so each kind is formatted once, as a sparse file that nothing of a guest has ever touched, and a disk is a
 * copy of it.
 */
export function createLocalDisks(paths: HostPaths, user: Owner): LocalDisks {
  const directory = blanksDirectory(paths);
  const making = new Map<string, Promise<void>>();

  const template = async (disk: HostLocalDisk, format: LocalFormat, mib: number): Promise<string> => {
    const path = join(directory, templateName(disk.name, format, mib));
    const running = making.get(path) ?? makeTemplate(path, disk.name, format, mib).finally(() => making.delete(path));
    making.set(path, running);
    await running;
    return path;
  };

  const makeTemplate = async (path: string, label: string, format: LocalFormat, mib: number) => {
    if (await exists(path)) return;
    await makeDirectory(directory, 0o700);
    const raw = `${path}.raw`;
    const part = `${path}.part`;
    try {
      const file = await open(raw, 'w', 0o600);
      await file.truncate(mib * MIB);
      await file.close();
      const [program, ...args] = formatCommand(format, label);
      await exec(program, [...args, raw], { timeout: 600_000 });
      await exec('qemu-img', ['convert', '-q', '-f', 'raw', '-O', 'qcow2', raw, part], { timeout: 600_000 });
      await rename(part, path);
    } finally {
      await rm(raw, { force: true });
      await rm(part, { force: true });
    }
  };

  const makeLayer = async (server: HostServer, disk: HostLocalDisk, index: number, mib: number) => {
    const at = serverPaths(paths, server.id);
    const path = at.local(disk.name, index, mib);
    if (await exists(path)) return;
    // Complete or not there: an agent that ends in between begins anew.
    const part = `${path}.part`;
    try {
      if (index === 0 && disk.format !== null) {
        await copyFile(await template(disk, disk.format, mib), part, constants.COPYFILE_FICLONE);
        await chown(part, user.uid, user.gid);
      } else {
        const below = disk.layersMib[index - 1];
        const backing: Backing | null =
          below === undefined ? null : { path: at.local(disk.name, index - 1, below), format: 'qcow2' };
        await makeLayerFile(user, part, backing, mib * MIB);
      }
      await rename(part, path);
    } catch (error) {
      throw fullDisk(error, `disk ${disk.name} of server ${server.id}`);
    }
  };

  return {
    async settle(server) {
      const at = serverPaths(paths, server.id);
      const wished = new Set(filesOf(paths, server).flatMap(({ files }) => files.map((file) => basename(file))));
      for (const name of await readdir(at.directory).catch(() => [])) {
        if (name.startsWith('local-') && !wished.has(name)) await rm(join(at.directory, name), { force: true });
      }
      for (const disk of server.localDisks) {
        for (const [index, mib] of disk.layersMib.entries()) await makeLayer(server, disk, index, mib);
      }
    },
    chains: (server) =>
      filesOf(paths, server).map(({ name, files }) => {
        const chain: DiskChain = { files: files.map((path) => ({ path, format: 'qcow2' })) };
        return { name, chain };
      }),
    async collect(servers) {
      const used = servers.flatMap(({ localDisks }) =>
        localDisks.map(({ name, format, layersMib: [mib = 0] }) => format && templateName(name, format, mib)),
      );
      for (const name of await readdir(directory).catch(() => [])) {
        const path = join(directory, name);
        if (
          !used.includes(name.replace(/\.(raw|part)$/, '')) &&
          ![...making.keys()].some((one) => path.startsWith(one))
        )
          await rm(path, { force: true });
      }
    },
  };
}

function filesOf(paths: HostPaths, { id, localDisks }: HostServer): { name: string; files: string[] }[] {
  const at = serverPaths(paths, id);
  return localDisks.map(({ name, layersMib }) => ({ name, files: layersMib.map((mib, i) => at.local(name, i, mib)) }));
}

const templateName = (label: string, format: LocalFormat, mib: number) => `${format}-${label}-${mib}.qcow2`;

/** The program that formats a file, without the file. Pure. */
export function formatCommand(format: LocalFormat, label: string): [program: string, ...args: string[]] {
  // Swap has no label in Nova either: guests look for its type.
  if (format === 'swap') return ['mkswap', '-q'];
  // Nothing is written that is zero anyway, so that a large disk takes no more time and room than a small one.
  const lazy = `lazy_itable_init=1,nodiscard${format === 'ext2' ? '' : ',lazy_journal_init=1'}`;
  return [`mkfs.${format}`, '-q', '-F', '-L', label, '-E', lazy];
}
