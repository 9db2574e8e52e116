import { existsSync } from 'node:fs';
import { moveDatabase, type Place } from '../backup/index.ts';
import { pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, UsageError, parseCommand, type CommandSpec } from '../machine/options.ts';
import { progressOf } from '../machine/progress.ts';
import { databaseOf } from '../store/database-address.ts';

const SPEC: CommandSpec = {
  name: 'migrate-database',
  summary: 'Copies the database of the cloud from SQLite to PostgreSQL, or back, and compares every table.',
  options: {
    from: { value: 'WHERE', help: 'what to copy' },
    to: { value: 'WHERE', help: 'what to fill' },
    force: { help: 'replace what is in the target; a SQLite file is kept beside it' },
    ...COMMON,
  },
  details:
    "WHERE is 'sqlite' (controller.db in the state directory), the address postgres://USER@HOST/NAME, or a file that has\none with its password. The controllers must be stopped; servers keep running. The source is not changed.",
};

/** `potluck migrate-database`. */
export async function migrateDatabase(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const { controller } = pathsFrom(parsed);
  const [from, to] = [placeOf('from', parsed.text('from'), controller), placeOf('to', parsed.text('to'), controller)];
  if (from.database === to.database) {
    throw new UsageError('--from and --to are the same.', 'See: potluck migrate-database --help');
  }
  const progress = progressOf(parsed);
  await progress.stage('migrate-database', 'Copying the database', async (onPart) => {
    const tables = await moveDatabase(from, to, { now: new Date(), force: parsed.is('force'), onPart });
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return `${tables.length} tables with ${rows} rows are the same in both`;
  });
  return EXIT.ok;
}

function placeOf(option: string, given: string | undefined, stateDir: string): Place {
  if (given === undefined) throw new UsageError(`--${option} is missing.`, 'See: potluck migrate-database --help');
  if (given === 'sqlite') return { stateDir };
  return { stateDir, ...(existsSync(given) ? databaseOf(undefined, given) : databaseOf(given, undefined)) };
}
