import { Type, type Static } from 'typebox';
import { badRequest, notFound } from '../core/errors.ts';
import type { HostId, VolumeId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import { Nullable, Strict } from '../http/schemas.ts';
import type { Reader } from '../store/store.ts';
import { fromBackup } from './backup-source.ts';
import { checkZone, PLAIN, type VolumePlan } from './create.ts';
import { cleanName } from './model.ts';
import { checkProperties } from './properties.ts';
import {
  fromImage,
  fromNothing,
  fromSnapshot,
  fromVolume,
  hostOfServer,
  type FromSource,
  type Wish,
} from './sources.ts';
import { Metadata, MaybeId, Name, sizeOf, Truth, truth } from './wire.ts';

const Ids = Type.Union([Type.String(), Type.Array(Type.String())]);
/** Sent by old clients, and never of any effect. */
const Ignored = Type.Optional(Type.Unknown());

export const VolumeBody = Strict({
  volume: Strict({
    size: Type.Optional(Nullable(Type.Union([Type.Integer(), Type.String()]))),
    name: Name,
    description: Name,
    display_name: Name,
    display_description: Name,
    availability_zone: Name,
    volume_type: MaybeId,
    metadata: Type.Optional(Nullable(Metadata)),
    imageRef: MaybeId,
    image_id: MaybeId,
    snapshot_id: MaybeId,
    source_volid: MaybeId,
    backup_id: MaybeId,
    consistencygroup_id: MaybeId,
    group_id: MaybeId,
    multiattach: Type.Optional(Nullable(Truth)),
    source_replica: Ignored,
    user_id: Ignored,
    project_id: Ignored,
    status: Ignored,
    attach_status: Ignored,
  }),
  'OS-SCH-HNT:scheduler_hints': Type.Optional(
    Nullable(
      Type.Object({
        same_host: Type.Optional(Ids),
        different_host: Type.Optional(Ids),
        local_to_instance: Type.Optional(Type.String()),
      }),
    ),
  ),
});

type Body = Static<typeof VolumeBody>;

/** A new volume as the request wants it, read and checked. Throws ApiError 400 and 404. */
export async function planFromRequest(db: Reader, context: Context, version: Version, body: Body): Promise<VolumePlan> {
  const { volume } = body;
  if (volume.consistencygroup_id) {
    throw badRequest('Consistency groups are not there any more: use group_id and volume groups.');
  }
  const zone = volume.availability_zone ?? null;
  await checkZone(db, context.now, zone);
  const wish: Wish = { sizeGib: sizeOf("'size'", volume.size), zone, type: volume.volume_type || null };
  const from = await sourceOf(db, context, version, volume, wish);
  const groupId = volume.group_id && atLeast(version, '3.13') ? volume.group_id : null;
  if (groupId !== null) await checkGroup(db, context, groupId, from.type.id);
  const hints = body['OS-SCH-HNT:scheduler_hints'] ?? {};
  const local = hints.local_to_instance === undefined ? null : await hostOfServer(db, context, hints.local_to_instance);
  return {
    ...PLAIN,
    ...from,
    // Cinder took this until 2023; since then the volume type says it. Both ways are open here.
    multiattach: truth('multiattach', volume.multiattach ?? undefined) || from.multiattach,
    hostId: from.hostId ?? local,
    name: cleanName(volume.name ?? volume.display_name),
    description: cleanName(volume.description ?? volume.display_description),
    metadata: checkProperties(volume.metadata ?? {}),
    groupId,
    togetherWith: hints.same_host === undefined ? null : await hostsOf(db, context, hints.same_host),
    awayFrom: hints.different_host === undefined ? [] : await hostsOf(db, context, hints.different_host),
  };
}

async function sourceOf(
  db: Reader,
  context: Context,
  version: Version,
  volume: Body['volume'],
  wish: Wish,
): Promise<FromSource> {
  const image = volume.imageRef || volume.image_id || null;
  const backup = atLeast(version, '3.47') ? volume.backup_id || null : null;
  const sources = [image, volume.snapshot_id || null, volume.source_volid || null, backup].filter(Boolean);
  if (sources.length > 1) {
    throw badRequest('Give one of imageRef, snapshot_id, source_volid and backup_id at most.');
  }
  if (image) return fromImage(db, context, image.split('/').at(-1) ?? image, wish);
  if (volume.snapshot_id) return fromSnapshot(db, context, volume.snapshot_id, wish);
  if (volume.source_volid) return fromVolume(db, context, volume.source_volid, wish);
  if (backup) return fromBackup(db, context, backup, wish);
  return fromNothing(db, context, wish);
}

/** Throws ApiError 404 for an unknown group, 400 for one that does not take volumes of this type. */
async function checkGroup(db: Reader, context: Context, groupId: string, typeId: string): Promise<void> {
  const group = await db
    .selectFrom('volume_groups')
    .select('id')
    .where('id', '=', groupId)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!group) throw notFound(`Group ${groupId} could not be found.`, 'GroupNotFound');
  const type = await db
    .selectFrom('volume_group_volume_types')
    .select('volume_type_id')
    .where('group_id', '=', groupId)
    .where('volume_type_id', '=', typeId)
    .executeTakeFirst();
  if (!type) throw badRequest(`Group ${groupId} takes no volumes of this type: name one of its volume types.`);
}

async function hostsOf(db: Reader, context: Context, ids: string | string[]): Promise<HostId[]> {
  const wanted = (Array.isArray(ids) ? ids : [ids]) as VolumeId[];
  if (wanted.length === 0) return [];
  const rows = await db
    .selectFrom('volumes')
    .select('host_id')
    .where('id', 'in', wanted)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .execute();
  return rows.flatMap((row) => (row.host_id === null ? [] : [row.host_id]));
}
