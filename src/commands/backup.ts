import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { noteBackup, takeBackup } from '../backup/index.ts';
import { messageOf } from '../core/errors.ts';
import { COMMON, EXIT, UsageError, parseCommand, type CommandSpec } from '../machine/options.ts';
import { PLACE_OPTIONS, placeFrom } from '../machine/backup-options.ts';
import { progressOf } from '../machine/progress.ts';
import about from '../../package.json' with { type: 'json' };

const SPEC: CommandSpec = {
  name: 'backup',
  summary: 'Writes a backup of the cloud into a new directory, while the cloud runs, reads it again and compares.',
  operands: 'DIR',
  options: {
    ...PLACE_OPTIONS,
    'without-images': { help: 'leave image data out' },
    'without-key': { help: 'leave secret.key out: who has no other copy cannot use the backup' },
    ...COMMON,
  },
  details:
    'In it: the database, secret.key and the data of images, for the owner alone to read. Not in it: disks of servers\nand volumes, which stay on their hosts.',
};

/** `potluck backup`. */
export async function backup(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const [target, ...more] = parsed.operands;
  if (target === undefined || more.length > 0)
    throw new UsageError('Name one directory.', 'See: potluck backup --help');
  const place = await placeFrom(parsed);
  const progress = progressOf(parsed);
  const [path, now] = [resolve(target), new Date()];
  await progress.stage('backup', 'Writing the backup', async (onPart) => {
    const manifest = await takeBackup(place, path, {
      ...{ potluck: about.version, now, onPart },
      withKey: !parsed.is('without-key'),
      withImages: !parsed.is('without-images'),
    });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const images = manifest.images === null ? 'no images' : `${manifest.images.length} images`;
    const key = manifest.key === null ? 'without secret.key' : 'with secret.key';
    return `${rows} rows, ${images}, ${key}, read again: ${join(path)}`;
  });
  // The backup is good without it; who only may read the database takes one all the same.
  await noteBackup(place, { at: now.getTime(), path, machine: hostname() }).catch((error: unknown) => {
    progress.note(`potluck doctor will not know of it: ${messageOf(error)}`);
  });
  return EXIT.ok;
}
