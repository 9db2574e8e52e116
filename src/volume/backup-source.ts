import { badRequest } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { backupById, backupImage } from './backups.ts';
import type { Properties } from './properties.ts';
import type { FromSource, Wish } from './sources.ts';
import { defaultType, typeByRef } from './types-store.ts';

/** A volume of a backup (since 3.47). Throws ApiError 404, 400 for a backup that is not there yet or is larger. */
export async function fromBackup(db: Reader, context: Context, id: string, wish: Wish): Promise<FromSource> {
  const row = await backupById(db, context, id);
  if (row.status !== 'available')
    throw badRequest(`Invalid backup: Backup ${id} is ${row.status}; it must be available.`);
  const sizeGib = wish.sizeGib ?? row.size_gib;
  if (sizeGib < row.size_gib)
    throw badRequest(`A volume of backup ${id} has at least ${row.size_gib} GiB, not ${sizeGib}.`);
  const record = fromJson<{ bootable: boolean; imageMetadata: Properties }>(row.volume_record);
  const image = await backupImage(db, context, row);
  return {
    sizeGib,
    source: { kind: 'empty', id: null, backend: null, build: { kind: 'image', image } },
    hostId: null,
    bootable: record.bootable,
    imageMetadata: record.imageMetadata,
    zone: wish.zone,
    type: wish.type === null ? await defaultType(db, context.projectId) : await typeByRef(db, context, wish.type),
    multiattach: false,
  };
}
