import { badRequest } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import { imageForServer } from '../image/index.ts';
import { writeAudit } from '../store/audit.ts';
import { toJson } from '../store/json.ts';
import type { Tx } from '../store/store.ts';
import type { VolumeStatus } from './contract.ts';
import { explainNoPool } from './schedule.ts';
import { claimRoom } from './pools.ts';
import { writeProperties } from './properties.ts';
import { checkVolumeSize, claimQuota } from './quotas.ts';
import { imageMetadataOf } from './sources.ts';
import type { VolumeRow } from './model.ts';
import { attachmentsOf, changeVolume, snapshotById, volumeById } from './volumes-store.ts';

/**
 * Makes a volume larger; one that is in use from microversion 3.42 on. Throws ApiError 400 for its status or a size
 * that is not larger, 413 for the quota.
 */
export async function extendVolume(
  app: App,
  context: Context,
  version: Version,
  id: string,
  sizeGib: number,
): Promise<void> {
  await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, id);
    assertStatus(volume, atLeast(version, '3.42') ? ['available', 'in-use'] : ['available'], 'extend');
    if (sizeGib <= volume.size_gib) {
      throw badRequest(
        `Invalid input received: New size for extend must be greater than current size. (current: ${volume.size_gib}, extended: ${sizeGib}).`,
      );
    }
    const more = sizeGib - volume.target_gib;
    await claimQuota(tx, volume.project_id, { gigabytes: more, typeName: await typeNameOf(tx, volume) });
    await checkVolumeSize(tx.db, volume.project_id, sizeGib);
    if (volume.host_id === null || !(await claimRoom(tx, volume.host_id, more))) {
      throw badRequest(
        explainNoPool({ ranked: [], rejected: [{ host: 'its host', reasons: [`has no ${more} GiB more`] }] }),
      );
    }
    const patch = { status: 'extending', status_before: volume.status, target_gib: sizeGib } as const;
    await changeVolume(tx, volume, context.now, patch, { host: true });
    await writeAudit(tx, context, 'volume:volumes:extend', volume.id, { size: sizeGib });
  });
}

async function typeNameOf(tx: Tx, volume: VolumeRow): Promise<string | null> {
  const type = await tx.db
    .selectFrom('volume_types')
    .select('name')
    .where('id', '=', volume.volume_type_id ?? '')
    .executeTakeFirst();
  return type?.name ?? null;
}

function assertStatus(volume: VolumeRow, allowed: readonly VolumeStatus[], what: string): void {
  if (!allowed.includes(volume.status)) {
    throw badRequest(
      `Invalid volume: Volume ${volume.id} status must be ${allowed.join(' or ')} to ${what}, but it is ${volume.status}.`,
    );
  }
}

/**
 * Takes a volume back to its newest snapshot. Throws ApiError 404, and 400 for a volume in use, for an older snapshot
 * and for a volume that has grown since (as Cinder does).
 */
export async function revertVolume(app: App, context: Context, id: string, snapshotId: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, id);
    const snapshot = await snapshotById(tx.db, context, snapshotId);
    if (snapshot.volume_id !== volume.id) throw badRequest(`Snapshot ${snapshotId} is not one of volume ${id}.`);
    assertStatus(volume, ['available'], 'revert');
    if (snapshot.status !== 'available')
      throw badRequest(`Snapshot ${snapshotId} is ${snapshot.status}, not available.`);
    const newest = await tx.db
      .selectFrom('volume_snapshots')
      .select('id')
      .where('volume_id', '=', volume.id)
      .where('managed', '=', 1)
      .orderBy('number', 'desc')
      .executeTakeFirstOrThrow();
    if (newest.id !== snapshot.id) {
      throw badRequest(`Volume ${id} reverts only to its latest snapshot, which is ${newest.id}.`);
    }
    if (snapshot.size_gib !== volume.target_gib) {
      throw badRequest(
        `Volume ${id} has ${volume.target_gib} GiB now and had ${snapshot.size_gib} then: it cannot shrink.`,
      );
    }
    const source = { kind: 'snapshot', volumeId: volume.backend_id, id: snapshot.backend_id };
    const patch = { status: 'reverting', build: volume.build + 1, build_source: toJson(source) } as const;
    await changeVolume(tx, volume, context.now, patch, { host: true });
    await writeAudit(tx, context, 'volume:volumes:revert', volume.id, { snapshot: snapshot.id });
  });
}

/** Writes another image over a volume. Throws ApiError 400 for its status, its snapshots and an image that is larger. */
export async function reimageVolume(
  app: App,
  context: Context,
  id: string,
  imageId: string,
  evenReserved: boolean,
): Promise<void> {
  await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, id);
    const allowed: VolumeStatus[] = ['available', 'error', ...(evenReserved ? (['reserved'] as const) : [])];
    assertStatus(volume, allowed, 're-image');
    const users = (await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? [];
    if (users.some((one) => one.plugged === 1)) throw badRequest(`Volume ${id} is used by a server: detach it first.`);
    await writeOver(tx, context, volume, imageId);
    await writeAudit(tx, context, 'volume:volumes:reimage', volume.id, { image: imageId });
  });
}

/**
 * The same for the root disk of a server, which its host stops before and starts after. Throws ApiError 400 for an
 * image that does not fit, and for a volume with snapshots: they would be of what is no more.
 */
export async function reimageServerVolume(tx: Tx, context: Context, volumeId: string, imageId: string): Promise<void> {
  const volume = await volumeById(tx.db, context, volumeId);
  assertStatus(volume, ['in-use'], 're-image');
  const snapshot = await tx.db
    .selectFrom('volume_snapshots')
    .select('id')
    .where('volume_id', '=', volume.id)
    .executeTakeFirst();
  if (snapshot) {
    throw badRequest(`Volume ${volume.id} has snapshots, such as ${snapshot.id}: delete them before it is made anew.`);
  }
  await writeOver(tx, context, volume, imageId);
}

async function writeOver(tx: Tx, context: Context, volume: VolumeRow, imageId: string): Promise<void> {
  const image = await imageForServer(tx.db, context, imageId);
  const needs = Math.max(image.minDiskGib, Math.ceil(image.virtualSizeBytes / 2 ** 30));
  if (needs > volume.target_gib) {
    throw badRequest(`Image ${imageId} needs ${needs} GiB, the volume has ${volume.target_gib}.`);
  }
  const { sha256, sizeBytes, diskFormat } = image;
  const source = { kind: 'image', image: { id: image.id, sha256, sizeBytes, format: diskFormat } };
  const patch = {
    status: 'downloading',
    build: volume.build + 1,
    build_source: toJson(source),
    bootable: 1,
  } as const;
  await changeVolume(tx, volume, context.now, patch, { host: true });
  await writeProperties(tx, 'image', volume.id, imageMetadataOf(image), { keep: false });
}
