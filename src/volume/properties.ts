import { badRequest } from '../core/errors.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { VolumePropertyTable } from './tables.ts';

export type PropertyKind = VolumePropertyTable['kind'];
export type Properties = Record<string, string>;

/** SQLite takes some 32,000 parameters in one statement; longer lists are asked for in parts. */
const CHUNK = 1000;
const LONGEST = 255;

/** The properties of several owners; one without any has an empty record. */
export async function readProperties(
  db: Reader,
  kind: PropertyKind,
  owners: readonly string[],
): Promise<Map<string, Properties>> {
  const found = new Map<string, Properties>(owners.map((owner) => [owner, {}]));
  for (let start = 0; start < owners.length; start += CHUNK) {
    const rows = await db
      .selectFrom('volume_properties')
      .selectAll()
      .where('kind', '=', kind)
      .where('owner_id', 'in', owners.slice(start, start + CHUNK))
      .orderBy('name')
      .execute();
    for (const row of rows) (found.get(row.owner_id) ?? {})[row.name] = row.value;
  }
  return found;
}

export async function propertiesOf(db: Reader, kind: PropertyKind, owner: string): Promise<Properties> {
  return (await readProperties(db, kind, [owner])).get(owner) ?? {};
}

/** Makes the properties of an owner these; with `keep` what is not named stays. */
export async function writeProperties(
  tx: Tx,
  kind: PropertyKind,
  owner: string,
  values: Properties,
  { keep }: { keep: boolean },
): Promise<void> {
  if (!keep) await removeProperties(tx, kind, owner);
  const rows = Object.entries(values).map(([name, value]) => ({ owner_id: owner, kind, name, value }));
  if (rows.length === 0) return;
  await tx.db
    .insertInto('volume_properties')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['owner_id', 'kind', 'name']).doUpdateSet((set) => ({ value: set.ref('excluded.value') })),
    )
    .execute();
}

/** Removes all properties of an owner, or one; answers whether there was any. */
export async function removeProperties(tx: Tx, kind: PropertyKind, owner: string, name?: string): Promise<boolean> {
  const result = await tx.db
    .deleteFrom('volume_properties')
    .where('kind', '=', kind)
    .where('owner_id', '=', owner)
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Throws ApiError 400 for metadata that Cinder refuses: empty or long names, long values, values that are no text. */
export function checkProperties(values: Record<string, unknown>, most = 128): Properties {
  const entries = Object.entries(values);
  if (entries.length > most) throw badRequest(`There are at most ${most} metadata items; these are ${entries.length}.`);
  for (const [name, value] of entries) {
    if (name.trim() === '' || name.length > LONGEST) {
      throw badRequest(`Metadata property keys have 1 to ${LONGEST} characters.`);
    }
    if (typeof value !== 'string') throw badRequest(`The value of metadata item ${name} must be a text.`);
    if (value.length > LONGEST) throw badRequest(`Metadata property value of ${name} is longer than ${LONGEST}.`);
  }
  return values as Properties;
}
