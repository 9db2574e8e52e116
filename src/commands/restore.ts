import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { noteBackup, restoreBackup, verifyDirectory } from '../backup/index.ts';
import { COMMON, EXIT, UsageError, parseCommand, type CommandSpec } from '../machine/options.ts';
import { PLACE_OPTIONS, placeFrom } from '../machine/backup-options.ts';
import { progressOf } from '../machine/progress.ts';

const SPEC: CommandSpec = {
  name: 'restore',
  summary: "Puts a backup in place of the cloud's database. The controller must be stopped; servers keep running.",
  operands: 'DIR',
  options: {
    check: { help: 'only look whether the backup is whole; change nothing' },
    force: { help: 'replace the database that is there; a SQLite file is kept beside it' },
    ...PLACE_OPTIONS,
    ...COMMON,
  },
  details:
    'Nothing counts before all of it was written and read again. Tokens issued before are void. What was made after the\nbackup is stopped on its host and kept: docs/operate/backup.md.',
};

/** `potluck restore`. */
export async function restore(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const [source, ...more] = parsed.operands;
  if (source === undefined || more.length > 0) throw new UsageError('Name one backup.', 'See: potluck restore --help');
  const place = await placeFrom(parsed);
  const progress = progressOf(parsed);
  const backup = resolve(source);
  if (parsed.is('check')) {
    await progress.stage('check', 'Reading the backup', async (onPart) => {
      const { takenAt, tables, images, key } = await verifyDirectory(backup, onPart);
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      const missing = [...(images === null ? ['images'] : []), ...(key === null ? ['secret.key'] : [])];
      return `whole, of ${takenAt}, ${rows} rows${missing.length > 0 ? `; not in it: ${missing.join(', ')}` : ''}`;
    });
    return EXIT.ok;
  }
  await progress.stage('restore', 'Restoring', async (onPart) => {
    const { manifest, keptAs } = await restoreBackup(backup, place, {
      now: new Date(),
      force: parsed.is('force'),
      onPart,
    });
    // The database that was put back was written before anybody knew that its backup would be good.
    await noteBackup(place, { at: Date.parse(manifest.takenAt), path: backup, machine: hostname() });
    const was = keptAs === null ? '' : `; what was there is ${keptAs}`;
    return `the cloud is as it was at ${manifest.takenAt}${was}`;
  });
  progress.note('Start it: potluck up');
  return EXIT.ok;
}
