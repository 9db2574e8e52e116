import { badRequest, conflict, notFound } from '../core/errors.ts';
import { newUuid, type SnapshotId, type VolumeId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { bit } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { isPassing } from './backups.ts';
import { insertManaged, insertManagedSnapshot } from './manage-rows.ts';
import type { SnapshotRow, VolumeRow } from './model.ts';
import { hostOfPool } from './pools.ts';
import type { Properties } from './properties.ts';
import { claimQuota } from './quotas.ts';
import { assertPossible, defaultType, typeByRef } from './types-store.ts';
import { attachmentsOf, snapshotById, volumeById } from './volumes-store.ts';

// What is unmanaged stays where it is, under the id it always had there; whoever manages it again gets a new id.

/** `volume-ID` of `{'source-name': …}` or `{'source-id': …}`: the id that something has on its host. Throws ApiError 400. */
export function idOfReference(ref: Record<string, unknown>): string {
  const name = ref['source-name'] ?? ref['source-id'];
  const id = typeof name === 'string' ? /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(name)?.[0] : undefined;
  if (id === undefined)
    throw badRequest("Managed resources are named {'source-name': 'volume-ID'}: see GET /manageable_volumes.");
  return id.toLowerCase();
}

/** Takes a volume out of our care; its bytes stay. Throws ApiError 404, and 400 for one in use or with snapshots. */
export async function unmanageVolume(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, id);
    const users = (await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? [];
    const snapshot = await tx.db
      .selectFrom('volume_snapshots')
      .select('id')
      .where('volume_id', '=', volume.id)
      .where('managed', '=', 1)
      .executeTakeFirst();
    if (users.length > 0 || (volume.status !== 'available' && volume.status !== 'error')) {
      throw badRequest(
        `Invalid volume: Volume ${id} must be available and detached to be unmanaged; it is ${volume.status}.`,
      );
    }
    if (snapshot)
      throw badRequest(`Invalid volume: Volume ${id} has snapshot ${snapshot.id}: unmanage or delete it first.`);
    if (volume.host_id === null) throw badRequest(`Volume ${id} has no bytes anywhere: delete it.`);
    await tx.db.updateTable('volumes').set({ managed: 0, group_id: null }).where('id', '=', volume.id).execute();
    await writeAudit(tx, context, 'volume:volumes:unmanage', volume.id, { host: volume.host_id });
  });
}

/** Takes a snapshot out of our care; it stays with its volume. Throws ApiError 404 and 400. */
export async function unmanageSnapshot(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const snapshot = await snapshotById(tx.db, context, id);
    if (snapshot.status !== 'available') {
      throw badRequest(`Invalid snapshot: Snapshot ${id} must be available to be unmanaged; it is ${snapshot.status}.`);
    }
    await tx.db.updateTable('volume_snapshots').set({ managed: 0 }).where('id', '=', snapshot.id).execute();
    await writeAudit(tx, context, 'volume:snapshots:unmanage', snapshot.id);
  });
}

export interface ManageVolume {
  host: string;
  backendId: string;
  name: string | null;
  description: string | null;
  type: string | null;
  bootable: boolean;
  metadata: Properties;
}

/** Takes a volume of a host into the caller's project. Throws ApiError 404, 400 for one that is managed, 413. */
export async function manageVolume(app: App, context: Context, input: ManageVolume): Promise<VolumeId> {
  return app.store.transaction(async (tx) => {
    const row = await foundOn(tx, input.host, input.backendId);
    const type =
      input.type === null ? await defaultType(tx.db, context.projectId) : await typeByRef(tx.db, context, input.type);
    await assertPossible(tx.db, type, row.size_gib);
    await claimQuota(tx, context.projectId ?? '', { volumes: 1, gigabytes: row.size_gib, typeName: type.name });
    const id = newUuid<'volume'>();
    await insertManaged(
      tx,
      context,
      row,
      {
        id,
        name: input.name,
        description: input.description,
        volume_type_id: type.id,
        bootable: bit(input.bootable),
      },
      input.metadata,
    );
    await writeAudit(tx, context, 'volume:volumes:manage', id, { was: row.backend_id });
    tx.raise('volumes');
    return id;
  });
}

async function foundOn(tx: Tx, host: string, backendId: string): Promise<VolumeRow> {
  const row = await tx.db
    .selectFrom('volumes')
    .innerJoin('hosts', 'hosts.id', 'volumes.host_id')
    .selectAll('volumes')
    .where('volumes.backend_id', '=', backendId as VolumeId)
    .where('hosts.name', '=', hostOfPool(host))
    .executeTakeFirst();
  if (!row || isPassing(row))
    throw badRequest(`Unable to manage existing volume: there is no volume-${backendId} on ${host}.`);
  if (row.managed === 1)
    throw badRequest(`Unable to manage existing volume: volume-${backendId} is managed already, as ${row.id}.`);
  return row;
}

export interface ManageSnapshot {
  volumeId: string;
  backendId: string;
  name: string | null;
  description: string | null;
  metadata: Properties;
}

/** Takes a snapshot of a managed volume into our care again. Throws ApiError 404, 400 for one that is managed, 413. */
export async function manageSnapshot(app: App, context: Context, input: ManageSnapshot): Promise<SnapshotId> {
  return app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, input.volumeId);
    const row = await tx.db
      .selectFrom('volume_snapshots')
      .selectAll()
      .where('backend_id', '=', input.backendId as SnapshotId)
      .where('volume_id', '=', volume.id)
      .executeTakeFirst();
    if (!row) throw notFound(`There is no snapshot-${input.backendId} of volume ${volume.id}.`);
    if (row.managed === 1) throw conflict(`snapshot-${input.backendId} is managed already, as ${row.id}.`);
    await claimQuota(tx, volume.project_id, { snapshots: 1, gigabytes: row.size_gib });
    const id = newUuid<'snapshot'>();
    await insertManagedSnapshot(
      tx,
      context,
      row,
      { id, name: input.name, description: input.description },
      input.metadata,
    );
    await writeAudit(tx, context, 'volume:snapshots:manage', id, { was: row.backend_id });
    return id;
  });
}

/** What lies on a host: what is managed and what could be. Throws ApiError 400 for an unknown host. */
export async function manageableVolumes(db: Reader, host: string): Promise<VolumeRow[]> {
  const found = await db.selectFrom('hosts').select('id').where('name', '=', hostOfPool(host)).executeTakeFirst();
  if (!found) throw badRequest(`Host ${host} has no volume service: see GET /os-services.`);
  const rows = await db.selectFrom('volumes').selectAll().where('host_id', '=', found.id).orderBy('number').execute();
  return rows.filter((row) => !isPassing(row));
}

export async function manageableSnapshots(db: Reader, host: string): Promise<(SnapshotRow & { source: VolumeId })[]> {
  const volumes = await manageableVolumes(db, host);
  if (volumes.length === 0) return [];
  const hostId = volumes[0]?.host_id ?? null;
  return db
    .selectFrom('volume_snapshots')
    .innerJoin('volumes', 'volumes.id', 'volume_snapshots.volume_id')
    .selectAll('volume_snapshots')
    .select('volumes.backend_id as source')
    .where('volumes.host_id', '=', hostId)
    .orderBy('volume_snapshots.number')
    .execute();
}
