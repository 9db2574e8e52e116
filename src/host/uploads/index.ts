import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeLayerFile } from '../disks/blank-layers.ts';
import type { UploadDriver } from '../drivers.ts';
import { makeDirectory } from '../files.ts';
import type { SendImage } from '../image-send.ts';
import { uploadsDirectory, type HostPaths } from '../paths.ts';

/** Copies of disks on their way to the controller, as files below the state directory. */
export function createUploads(
  paths: HostPaths,
  user: { uid: number; gid: number },
  sendImage: SendImage,
): UploadDriver {
  const directory = uploadsDirectory(paths);
  const pathOf = (image: string, format: string) => join(directory, `${image}.${format}`);
  return {
    target({ id, format }) {
      const path = pathOf(id, format);
      return {
        path,
        format,
        async prepare(bytes) {
          await makeDirectory(directory, 0o711);
          if (format === 'qcow2') return makeLayerFile(user, path, null, bytes);
          await rm(path, { force: true });
          const file = await open(path, 'wx', 0o600);
          await file.truncate(bytes);
          await file.chown(user.uid, user.gid);
          await file.close();
        },
      };
    },
    async send({ id, format }, abort) {
      const file = await open(pathOf(id, format), 'r');
      try {
        const { size } = await file.stat();
        await sendImage(id, file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 }), size, abort);
      } finally {
        await file.close();
      }
    },
    async remove(image) {
      for (const format of ['qcow2', 'raw']) await rm(pathOf(image, format), { force: true });
    },
    async list() {
      const names = await readdir(directory).catch(() => []);
      return [...new Set(names.map((name) => name.replace(/\.(qcow2|raw)$/, '')))];
    },
  };
}
