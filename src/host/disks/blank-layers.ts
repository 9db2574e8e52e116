import { constants } from 'node:fs';
import { chown, copyFile, open, rename, rm } from 'node:fs/promises';
import { exec } from '../exec.ts';
import { exists } from '../files.ts';

interface Owner {
  uid: number;
  gid: number;
}

/** What lies below a layer; `path` is an absolute one, written into the layer. */
export interface Backing {
  path: string;
  format: 'raw' | 'qcow2';
}

/**
 * Makes empty qcow2 layers over images. qemu-img takes a third of the time in which a server starts, and two empty
 * layers of one size over one image are the same bytes: so it makes one of each kind, `IMAGE.BYTES.blank` beside the
 * image, and a disk is a copy of that.
 */
export function createBlankLayers(user: Owner): (backing: Backing, bytes: number, path: string) => Promise<void> {
  const making = new Map<string, Promise<void>>();

  const make = async (backing: Backing, bytes: number, blank: string) => {
    if (await exists(blank)) return;
    const part = `${blank}.part`;
    await makeLayerFile(user, part, backing, bytes);
    // From now on nobody but root may write it: everybody's next disk is a copy of it.
    await chown(part, 0, 0);
    await rename(part, blank);
  };

  return async (backing, bytes, path) => {
    const blank = `${backing.path}.${bytes}.blank`;
    const running = making.get(blank) ?? make(backing, bytes, blank).finally(() => making.delete(blank));
    making.set(blank, running);
    await running;
    const temporary = `${path}.tmp`;
    await copyFile(blank, temporary, constants.COPYFILE_FICLONE);
    await chown(temporary, user.uid, user.gid);
    await rename(temporary, path);
  };
}

/** Makes one layer with qemu-img; an existing file of that name is replaced. `bytes` is its virtual size. */
export async function makeLayerFile(user: Owner, path: string, backing: Backing | null, bytes: number): Promise<void> {
  // The file exists and is QEMU's before its tools touch it: they too run as that user, who may not make files here.
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  await file.chown(user.uid, user.gid);
  await file.close();
  // Not opened here: somebody may be writing to it, and its size is none of our business.
  const below = backing ? ['-u', '-b', backing.path, '-F', backing.format] : [];
  await exec('qemu-img', ['create', '-q', '-f', 'qcow2', ...below, path, String(bytes)], user);
}

/** The image's file name that a file in the cache belongs to: a blank layer of it, or one that is being written. */
export function imageNameOf(name: string): string {
  return name.replace(/\.part$/, '').replace(/\.\d+\.blank$/, '');
}
