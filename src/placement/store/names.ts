import { badRequest } from '../../core/errors.ts';
import type { Reader } from '../../store/store.ts';
import { STANDARD_CLASSES, STANDARD_TRAITS } from '../standard.ts';

/** Those of the names that are no resource class, standard or an administrator's. */
export async function unknownClasses(db: Reader, names: readonly string[]): Promise<string[]> {
  const custom = names.filter((name) => !STANDARD_CLASSES.includes(name));
  if (custom.length === 0) return [];
  const rows = await db.selectFrom('custom_resource_classes').select('name').where('name', 'in', custom).execute();
  const known = new Set(rows.map((row) => row.name));
  return custom.filter((name) => !known.has(name));
}

/** Throws ApiError 400 with the text for the first unknown one. */
export async function checkClasses(
  db: Reader,
  names: readonly string[],
  text: (name: string) => string,
): Promise<void> {
  const [unknown] = await unknownClasses(db, names);
  if (unknown !== undefined) throw badRequest(text(unknown));
}

/** Those of the names that are no trait. */
export async function unknownTraits(db: Reader, names: readonly string[]): Promise<string[]> {
  const custom = [...new Set(names)].filter((name) => !STANDARD_TRAITS.has(name));
  if (custom.length === 0) return [];
  const rows = await db.selectFrom('custom_traits').select('name').where('name', 'in', custom).execute();
  const known = new Set(rows.map((row) => row.name));
  return custom.filter((name) => !known.has(name));
}
