import type { Place } from '../backup/index.ts';
import { databaseOf } from '../store/database-address.ts';
import { pathsFrom } from './everything.ts';
import type { OptionSpec, Parsed } from './options.ts';

/** Where a cloud keeps what a backup has, as `potluck controller` is told it. */
export const PLACE_OPTIONS: Record<string, OptionSpec> = {
  'database-file': { value: 'FILE', help: 'has the address of the PostgreSQL database, as for the controller' },
  database: { value: 'URL', help: 'the same without a password' },
  'image-dir': { value: 'DIR', help: 'image data (images in the state directory)' },
};

/** Throws OperatorError for what is no address of a database. */
export function placeFrom(parsed: Parsed): Place {
  return {
    stateDir: pathsFrom(parsed).controller,
    ...databaseOf(parsed.text('database'), parsed.text('database-file')),
    imageDir: parsed.text('image-dir'),
  };
}
