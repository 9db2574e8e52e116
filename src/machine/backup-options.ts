import type { Place } from '../backup/index.ts';
import { databaseOf } from '../store/database-address.ts';
import { pathsFrom } from './everything.ts';
import { addressOf } from './controller-database.ts';
import type { OptionSpec, Parsed } from './options.ts';
import { readSettings } from './settings.ts';

/** Where a cloud keeps what a backup has, as `potluck controller` is told it. */
export const PLACE_OPTIONS: Record<string, OptionSpec> = {
  'database-file': {
    value: 'FILE',
    help: 'has the address of the PostgreSQL database, as for the controller (as `up` was told)',
  },
  database: { value: 'URL', help: 'the same without a password' },
  'image-dir': { value: 'DIR', help: 'image data (images in the state directory)' },
};

/** What the command line says, else what `up` was told. Throws OperatorError for what is no address of a database. */
export async function placeFrom(parsed: Parsed): Promise<Place> {
  const paths = pathsFrom(parsed);
  return {
    stateDir: paths.controller,
    ...addressOf((await readSettings(paths)) ?? {}),
    ...databaseOf(parsed.text('database'), parsed.text('database-file')),
    imageDir: parsed.text('image-dir'),
  };
}
