import type { Selectable } from 'kysely';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import type { FlavorTable } from './tables.ts';

export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  memoryMib: number;
  diskGib: number;
  ephemeralGib: number;
  swapMib: number;
  rxtxFactor: number;
  isPublic: boolean;
  disabled: boolean;
  description: string | null;
  extraSpecs: Record<string, string>;
}

/** Flavors the caller may use: public ones, those shared with the project, and all for an admin. */
export function visibleFlavors(db: Reader, context: Context) {
  const query = db.selectFrom('flavors').selectAll('flavors');
  if (context.isAdmin) return query;
  return query.where((where) =>
    where.or([
      where('is_public', '=', 1),
      where(
        'id',
        'in',
        db
          .selectFrom('flavor_access')
          .select('flavor_id')
          .where('project_id', '=', context.projectId ?? ''),
      ),
    ]),
  );
}

/** The flavor a client names by id, or at the end of a link. Throws ApiError 404 when there is none it may use. */
export async function flavorByRef(db: Reader, context: Context, ref: string): Promise<Flavor> {
  const id = ref.includes('/') ? (ref.split('/').at(-1) ?? ref) : ref;
  const row = await visibleFlavors(db, context).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound(`Flavor ${id} could not be found.`, 'FlavorNotFound');
  return flavorOf(row);
}

export function flavorOf(row: Selectable<FlavorTable>): Flavor {
  return {
    id: row.id,
    name: row.name,
    vcpus: row.vcpus,
    memoryMib: row.memory_mib,
    diskGib: row.disk_gib,
    ephemeralGib: row.ephemeral_gib,
    swapMib: row.swap_mib,
    rxtxFactor: row.rxtx_factor,
    isPublic: row.is_public === 1,
    disabled: row.disabled === 1,
    description: row.description,
    extraSpecs: fromJson<Record<string, string>>(row.extra_specs),
  };
}
