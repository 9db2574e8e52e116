import type { Selectable } from 'kysely';
import { badRequest, notFound } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { limitsOfType } from './limits.ts';
import type { VolumeTypeTable } from './tables.ts';

export interface VolumeType extends Omit<Selectable<VolumeTypeTable>, 'extra_specs' | 'encryption'> {
  extraSpecs: Record<string, string>;
  encryption: Encryption | null;
}

export interface Encryption {
  id: string;
  provider: string;
  control_location: string;
  cipher: string | null;
  key_size: number | null;
  created_at: number;
  updated_at: number | null;
}

/** The type of volumes whose maker names none. */
export const DEFAULT_TYPE = '__DEFAULT__';

export function typeOf(row: Selectable<VolumeTypeTable>): VolumeType {
  const { extra_specs, encryption, ...rest } = row;
  return {
    ...rest,
    extraSpecs: fromJson<Record<string, string>>(extra_specs),
    encryption: encryption === null ? null : fromJson<Encryption>(encryption),
  };
}

/** The types that the caller may use: public ones and those its project was given. */
export function visibleTypes(db: Reader, context: Context) {
  return db
    .selectFrom('volume_types')
    .selectAll()
    .$if(!context.isAdmin, (query) =>
      query.where((where) =>
        where.or([
          where('is_public', '=', 1),
          where.exists(
            where
              .selectFrom('volume_type_access')
              .select('volume_type_id')
              .whereRef('volume_type_id', '=', 'volume_types.id')
              .where('project_id', '=', context.projectId ?? ''),
          ),
        ]),
      ),
    );
}

/** A type by id. Throws ApiError 404 for one that the caller does not see. */
export async function typeById(db: Reader, context: Context, id: string): Promise<VolumeType> {
  const row = await visibleTypes(db, context).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound(`Volume type ${id} could not be found.`, 'VolumeTypeNotFound');
  return typeOf(row);
}

/** A type by id or name, as requests name it. Throws ApiError 404. */
export async function typeByRef(db: Reader, context: Context, ref: string): Promise<VolumeType> {
  const row = await visibleTypes(db, context)
    .where((where) => where.or([where('id', '=', ref), where('name', '=', ref)]))
    .orderBy((order) => order.case().when('id', '=', ref).then(0).else(1).end())
    .executeTakeFirst();
  if (!row) throw notFound(`Volume type ${ref} could not be found.`, 'VolumeTypeNotFound');
  return typeOf(row);
}

/** What a volume gets whose maker names no type: the project's default, else the cloud's. */
export async function defaultType(db: Reader, projectId: string | null): Promise<VolumeType> {
  const own = await db
    .selectFrom('volume_default_types')
    .innerJoin('volume_types', 'volume_types.id', 'volume_default_types.volume_type_id')
    .selectAll('volume_types')
    .where('volume_default_types.project_id', '=', projectId ?? '')
    .executeTakeFirst();
  const row =
    own ?? (await db.selectFrom('volume_types').selectAll().where('name', '=', DEFAULT_TYPE).executeTakeFirst());
  if (!row) throw notFound(`The default volume type ${DEFAULT_TYPE} could not be found.`, 'VolumeTypeNotFound');
  return typeOf(row);
}

/** Throws ApiError 400 for a type that asks for what this cloud does not do: nobody may believe that it is done. */
export async function assertPossible(db: Reader, type: VolumeType, sizeGib: number): Promise<void> {
  await limitsOfType(db, type.qos_specs_id, sizeGib);
  if (type.encryption !== null) {
    throw badRequest(
      `Volume type ${type.name} wants encryption, and this cloud cannot encrypt volumes yet: use another type, or encrypt inside the server.`,
    );
  }
  const least = Number(type.extraSpecs['provisioning:min_vol_size'] ?? 0);
  const most = Number(type.extraSpecs['provisioning:max_vol_size'] ?? Infinity);
  if (sizeGib < least || sizeGib > most) {
    throw badRequest(`Volumes of type ${type.name} have ${least} to ${most} GiB, not ${sizeGib}.`);
  }
}

/** Whether an extra spec says yes: `<is> True`. */
export const saysYes = (text: string | undefined): boolean => /^<is>\s+(true|yes|1)$/i.test(text ?? '');
