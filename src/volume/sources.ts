import { badRequest, notFound } from '../core/errors.ts';
import type { ServerId, VolumeId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { imageForServer, type BootImage } from '../image/index.ts';
import type { Reader } from '../store/store.ts';
import type { VolumePlan } from './create.ts';
import { propertiesOf, type Properties } from './properties.ts';
import { snapshotById, volumeById } from './volumes-store.ts';
import { defaultType, typeById, typeByRef, type VolumeType } from './types-store.ts';

const GIB = 2 ** 30;

/** The part of a plan that depends on what the volume is made of. */
export type FromSource = Pick<
  VolumePlan,
  'sizeGib' | 'source' | 'hostId' | 'bootable' | 'imageMetadata' | 'zone' | 'type' | 'multiattach'
>;

export interface Wish {
  sizeGib: number | null;
  zone: string | null;
  /** Name or id; null for what the source has, else the default. */
  type: string | null;
}

const needsSize = () => badRequest("Invalid input received: 'size' is needed, a whole number of GiB.");

/** A volume of nothing. Throws ApiError 400 without a size, 404 for an unknown type. */
export async function fromNothing(db: Reader, context: Context, wish: Wish): Promise<FromSource> {
  if (wish.sizeGib === null) throw needsSize();
  return {
    sizeGib: wish.sizeGib,
    source: { kind: 'empty', id: null, backend: null, build: { kind: 'empty' } },
    hostId: null,
    bootable: false,
    imageMetadata: {},
    zone: wish.zone,
    type: await typeFor(db, context, wish, null),
    multiattach: false,
  };
}

/** A volume of an image's data. Throws ApiError 400 for an image that cannot be one, or that is larger. */
export async function fromImage(db: Reader, context: Context, imageId: string, wish: Wish): Promise<FromSource> {
  const image = await imageForServer(db, context, imageId);
  const least = Math.max(1, image.minDiskGib, Math.ceil(image.virtualSizeBytes / GIB));
  if (wish.sizeGib === null) throw needsSize();
  if (wish.sizeGib < least) {
    throw badRequest(
      `Invalid input received: Image ${imageId} needs a volume of at least ${least} GiB, not ${wish.sizeGib}.`,
    );
  }
  const type = await typeFor(
    db,
    context,
    { ...wish, type: wish.type ?? image.properties.cinder_img_volume_type ?? null },
    null,
  );
  const { id, sha256, sizeBytes, diskFormat } = image;
  return {
    sizeGib: wish.sizeGib,
    source: {
      kind: 'image',
      id: image.id,
      backend: null,
      build: { kind: 'image', image: { id, sha256, sizeBytes, format: diskFormat } },
    },
    hostId: null,
    bootable: true,
    imageMetadata: imageMetadataOf(image),
    zone: wish.zone,
    type,
    multiattach: false,
  };
}

/** What a volume keeps of the image it was made of, as Cinder's `volume_image_metadata`. */
export function imageMetadataOf(image: BootImage): Properties {
  return {
    ...image.properties,
    image_id: image.id,
    image_name: image.name,
    container_format: 'bare',
    disk_format: image.diskFormat,
    min_disk: String(image.minDiskGib),
    min_ram: String(image.minRamMib),
    size: String(image.sizeBytes),
  };
}

/** A copy of another volume. Throws ApiError 404 for one that is not seen, 400 for one that cannot be copied now. */
export async function fromVolume(db: Reader, context: Context, volumeId: string, wish: Wish): Promise<FromSource> {
  const source = await volumeById(db, context, volumeId);
  if (source.status !== 'available' && source.status !== 'in-use') {
    throw badRequest(`Invalid volume: Source volume ${volumeId} is ${source.status}; it must be available or in-use.`);
  }
  return copyOf(db, context, {
    wish,
    leastGib: source.target_gib,
    what: `source volume ${volumeId}`,
    volumeId: source.id,
    source: {
      kind: 'volume',
      id: source.id,
      backend: source.backend_id,
      build: { kind: 'volume', id: source.backend_id },
    },
  });
}

/** A volume of a snapshot. Throws ApiError 404 and 400 likewise. */
export async function fromSnapshot(db: Reader, context: Context, snapshotId: string, wish: Wish): Promise<FromSource> {
  const snapshot = await snapshotById(db, context, snapshotId);
  if (snapshot.status !== 'available') {
    throw badRequest(`Invalid snapshot: Snapshot ${snapshotId} is ${snapshot.status}; it must be available.`);
  }
  const volume = await db
    .selectFrom('volumes')
    .select('backend_id')
    .where('id', '=', snapshot.volume_id)
    .executeTakeFirstOrThrow();
  return copyOf(db, context, {
    wish,
    leastGib: snapshot.size_gib,
    what: `snapshot ${snapshotId}`,
    volumeId: snapshot.volume_id,
    source: {
      kind: 'snapshot',
      id: snapshot.id,
      backend: volume.backend_id,
      build: { kind: 'snapshot', volumeId: volume.backend_id, id: snapshot.backend_id },
    },
  });
}

async function copyOf(
  db: Reader,
  context: Context,
  from: { wish: Wish; leastGib: number; what: string; volumeId: VolumeId; source: FromSource['source'] },
): Promise<FromSource> {
  const { wish, leastGib, what, volumeId, source } = from;
  const origin = await db.selectFrom('volumes').selectAll().where('id', '=', volumeId).executeTakeFirstOrThrow();
  const sizeGib = wish.sizeGib ?? leastGib;
  if (sizeGib < leastGib) {
    throw badRequest(`Invalid input received: A volume of ${what} has at least ${leastGib} GiB, not ${sizeGib}.`);
  }
  if (wish.zone !== null && wish.zone !== origin.availability_zone) {
    throw badRequest(
      `Invalid input received: A volume of ${what} is made in its zone ${origin.availability_zone}, not in ${wish.zone}.`,
    );
  }
  return {
    sizeGib,
    source,
    hostId: origin.host_id,
    bootable: origin.bootable === 1,
    imageMetadata: await propertiesOf(db, 'image', origin.id),
    zone: null,
    type: await typeFor(db, context, wish, origin.volume_type_id),
    multiattach: false,
  };
}

async function typeFor(db: Reader, context: Context, wish: Wish, inherited: string | null): Promise<VolumeType> {
  if (wish.type !== null) return typeByRef(db, context, wish.type);
  if (inherited === null) return defaultType(db, context.projectId);
  // Whoever may copy the volume may have its type, even when it was made private since.
  return typeById(db, { ...context, isAdmin: true }, inherited);
}

/** The host of a server, for volumes that are to be near it. Throws ApiError 404. */
export async function hostOfServer(db: Reader, context: Context, serverId: string) {
  const row = await db
    .selectFrom('servers')
    .select('host_id')
    .where('id', '=', serverId as ServerId)
    .where('deleted', '=', 0)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Instance ${serverId} could not be found.`);
  return row.host_id;
}
