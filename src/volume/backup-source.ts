import { notFound } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import type { Reader } from '../store/store.ts';
import type { FromSource, Wish } from './sources.ts';

/** A volume of a backup. Throws ApiError 404. */
export async function fromBackup(_db: Reader, _context: Context, id: string, _wish: Wish): Promise<FromSource> {
  throw notFound(`Backup ${id} could not be found.`);
}
