import { join, resolve } from 'node:path';
import { takeBackup } from '../backup/index.ts';
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
  const path = resolve(target);
  await progress.stage('backup', 'Writing the backup', async (onPart) => {
    const manifest = await takeBackup(place, path, {
      ...{ potluck: about.version, now: new Date(), onPart },
      withKey: !parsed.is('without-key'),
      withImages: !parsed.is('without-images'),
    });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const images = manifest.images === null ? 'no images' : `${manifest.images.length} images`;
    const key = manifest.key === null ? 'without secret.key' : 'with secret.key';
    return `${rows} rows, ${images}, ${key}, read again: ${join(path)}`;
  });
  return EXIT.ok;
}
