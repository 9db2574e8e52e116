import type { Selectable } from 'kysely';
import { badRequest, notFound } from '../core/errors.ts';
import { newUuid, type VolumeId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { fromJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { checkZone, createVolume, PLAIN } from './create.ts';
import { deleteSnapshotRow, deleteVolumeRow } from './delete.ts';
import { settleGroups } from './groups-settle.ts';
import type { VolumeRow } from './model.ts';
import { DEFAULT_ZONE } from './pools.ts';
import { claimQuota } from './quotas.ts';
import { createSnapshot } from './snapshots.ts';
import { fromSnapshot, fromVolume } from './sources.ts';
import type { VolumeGroupSnapshotTable, VolumeGroupTable } from './tables.ts';
import { saysYes, typeByRef } from './types-store.ts';
import { attachmentsOf, changeVolume, volumeById } from './volumes-store.ts';

export type GroupRow = Selectable<VolumeGroupTable>;
export type GroupSnapshotRow = Selectable<VolumeGroupSnapshotTable>;

/** A group that the caller sees. Throws ApiError 404. */
export async function groupById(db: Reader, context: Context, id: string): Promise<GroupRow> {
  const row = await db
    .selectFrom('volume_groups')
    .selectAll()
    .where('id', '=', id)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Group ${id} could not be found.`, 'GroupNotFound');
  return row;
}

/** A group snapshot that the caller sees. Throws ApiError 404. */
export async function groupSnapshotById(db: Reader, context: Context, id: string): Promise<GroupSnapshotRow> {
  const row = await db
    .selectFrom('volume_group_snapshots')
    .selectAll()
    .where('id', '=', id)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Group snapshot ${id} could not be found.`, 'GroupSnapshotNotFound');
  return row;
}

export interface NewGroup {
  name: string | null;
  description: string | null;
}

/** Makes an empty group for volumes of these types. Throws ApiError 404 and 400, and 413 for the quota. */
export async function createGroup(
  app: App,
  context: Context,
  input: NewGroup & { groupType: string; volumeTypes: readonly string[]; zone: string | null },
): Promise<GroupRow> {
  return app.store.transaction(async (tx) => {
    const type = await tx.db
      .selectFrom('volume_group_types')
      .selectAll()
      .where((where) => where.or([where('id', '=', input.groupType), where('name', '=', input.groupType)]))
      .executeTakeFirst();
    if (!type || (type.is_public === 0 && !context.isAdmin)) {
      throw notFound(`Group type ${input.groupType} could not be found.`, 'GroupTypeNotFound');
    }
    const specs = fromJson<Record<string, string>>(type.group_specs);
    if (saysYes(specs.consistent_group_snapshot_enabled) || saysYes(specs.group_replication_enabled)) {
      throw badRequest(
        `Group type ${type.name} promises snapshots of all volumes at one moment, or replication: this cloud takes snapshots one after the other and does not replicate.`,
      );
    }
    await checkZone(tx.db, context.now, input.zone);
    const typeIds = new Set<string>();
    for (const ref of input.volumeTypes) typeIds.add((await typeByRef(tx.db, context, ref)).id);
    const zone = input.zone ?? DEFAULT_ZONE;
    return insertGroup(tx, context, { ...input, groupTypeId: type.id, typeIds: [...typeIds], zone });
  });
}

async function insertGroup(
  tx: Tx,
  context: Context,
  input: NewGroup & {
    groupTypeId: string;
    typeIds: readonly string[];
    zone: string;
    groupSnapshotId?: string;
    sourceGroupId?: string;
  },
): Promise<GroupRow> {
  await claimQuota(tx, context.projectId ?? '', { groups: 1 });
  const copied = input.groupSnapshotId !== undefined || input.sourceGroupId !== undefined;
  const row = await tx.db
    .insertInto('volume_groups')
    .values({
      id: newUuid(),
      project_id: context.projectId ?? '',
      user_id: context.userId,
      name: input.name,
      description: input.description,
      // There is nothing to make for an empty group; a copy waits for its volumes.
      status: copied ? 'creating' : 'available',
      group_type_id: input.groupTypeId,
      availability_zone: input.zone,
      group_snapshot_id: input.groupSnapshotId ?? null,
      source_group_id: input.sourceGroupId ?? null,
      by_hand: 0,
      created_at: context.now,
      updated_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const types = input.typeIds.map((id) => ({ group_id: row.id, volume_type_id: id }));
  if (types.length > 0) await tx.db.insertInto('volume_group_volume_types').values(types).execute();
  await writeAudit(tx, context, 'volume:groups:create', row.id, { name: row.name });
  return row;
}

/** Makes a group with copies of the volumes of another, or of a group snapshot. Throws ApiError 404, 400 and 413. */
export async function copyGroup(
  app: App,
  context: Context,
  input: NewGroup & { groupSnapshotId: string | null; sourceGroupId: string | null },
): Promise<GroupRow> {
  if ((input.groupSnapshotId === null) === (input.sourceGroupId === null)) {
    throw badRequest('Give one of group_snapshot_id and source_group_id.');
  }
  return app.store.transaction(async (tx) => {
    const shot = input.groupSnapshotId === null ? null : await groupSnapshotById(tx.db, context, input.groupSnapshotId);
    const source = await groupById(tx.db, context, shot?.group_id ?? input.sourceGroupId ?? '');
    const types = await volumeTypesOf(tx.db, [source.id]);
    const group = await insertGroup(tx, context, {
      name: input.name,
      description: input.description,
      groupTypeId: source.group_type_id,
      typeIds: types.get(source.id) ?? [],
      zone: source.availability_zone,
      ...(shot === null ? { sourceGroupId: source.id } : { groupSnapshotId: shot.id }),
    });
    const wish = { sizeGib: null, zone: null, type: null };
    const plans =
      shot === null
        ? (await volumesOf(tx.db, source.id)).map((one) => fromVolume(tx.db, context, one.id, wish))
        : (await snapshotsOf(tx.db, shot.id)).map((one) => fromSnapshot(tx.db, context, one.id, wish));
    if (plans.length === 0) throw badRequest('The source has no volumes: make an empty group instead.');
    for (const plan of plans) {
      const from = await plan;
      await createVolume(tx, context, { ...PLAIN, ...from, name: input.name, groupId: group.id });
    }
    return group;
  });
}

/** Renames a group, and takes volumes in and out. Throws ApiError 404, and 400 for volumes that do not fit. */
export async function updateGroup(
  app: App,
  context: Context,
  id: string,
  change: { name?: string | null; description?: string | null; add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  await app.store.transaction(async (tx) => {
    const group = await groupById(tx.db, context, id);
    if (group.status !== 'available')
      throw badRequest(`Group ${id} is ${group.status}; it must be available to update.`);
    const both = change.add.filter((one) => change.remove.includes(one));
    if (both.length > 0) throw badRequest(`Volumes ${both.join(', ')} cannot be both added and removed.`);
    const types = (await volumeTypesOf(tx.db, [id])).get(id) ?? [];
    for (const volumeId of change.add) {
      const volume = await volumeById(tx.db, context, volumeId);
      if (volume.group_id !== null) throw badRequest(`Volume ${volumeId} is in group ${volume.group_id} already.`);
      if (volume.volume_type_id === null || !types.includes(volume.volume_type_id)) {
        throw badRequest(`Volume ${volumeId} is of a type that group ${id} does not take.`);
      }
      if (volume.status !== 'available' && volume.status !== 'in-use') {
        throw badRequest(`Volume ${volumeId} is ${volume.status}; it must be available or in-use.`);
      }
      if (volume.project_id !== group.project_id) throw badRequest(`Volume ${volumeId} belongs to another project.`);
      await changeVolume(tx, volume, context.now, { group_id: id });
    }
    for (const volumeId of change.remove) {
      const volume = await volumeById(tx.db, context, volumeId);
      if (volume.group_id !== id) throw badRequest(`Volume ${volumeId} is not in group ${id}.`);
      await changeVolume(tx, volume, context.now, { group_id: null });
    }
    const { name, description } = change;
    await tx.db
      .updateTable('volume_groups')
      .set({
        updated_at: context.now,
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
      })
      .where('id', '=', id)
      .execute();
    await writeAudit(tx, context, 'volume:groups:update', id, { add: change.add, remove: change.remove });
  });
}

/** Deletes a group, with `volumes` also what is in it. Throws ApiError 404, and 400 when something keeps it. */
export async function deleteGroup(app: App, context: Context, id: string, withVolumes: boolean): Promise<void> {
  await app.store.transaction(async (tx) => {
    const group = await groupById(tx.db, context, id);
    const volumes = await volumesOf(tx.db, id);
    const refuse = (why: string) => badRequest(`Invalid group: Group ${id} cannot be deleted: ${why}`);
    if (volumes.length > 0 && !withVolumes) throw refuse('it has volumes; ask for delete-volumes, or take them out.');
    const shot = await tx.db
      .selectFrom('volume_group_snapshots')
      .select('id')
      .where('group_id', '=', id)
      .where('status', '!=', 'deleting')
      .executeTakeFirst();
    if (shot) throw refuse(`it has group snapshot ${shot.id}.`);
    const ids = volumes.map((volume) => volume.id);
    const users = await attachmentsOf(tx.db, ids);
    if (users.size > 0) throw refuse('a volume of it is attached.');
    const snapshot =
      ids.length === 0
        ? undefined
        : await tx.db
            .selectFrom('volume_snapshots')
            .select('id')
            .where('volume_id', 'in', ids)
            .where('managed', '=', 1)
            .where('status', '!=', 'deleting')
            .executeTakeFirst();
    if (snapshot) throw refuse(`a volume of it has snapshot ${snapshot.id}.`);
    await tx.db
      .updateTable('volume_groups')
      .set({ status: 'deleting', by_hand: 0, updated_at: context.now })
      .where('id', '=', group.id)
      .execute();
    for (const volume of volumes) await deleteVolumeRow(tx, volume, context.now);
    await settleGroups(app, tx);
    await writeAudit(tx, context, 'volume:groups:delete', id, { volumes: ids });
  });
}

/** Snapshots of all volumes of a group, one after the other. Throws ApiError 404, 400 for an empty group, 413. */
export async function createGroupSnapshot(
  app: App,
  context: Context,
  input: NewGroup & { groupId: string },
): Promise<GroupSnapshotRow> {
  return app.store.transaction(async (tx) => {
    const group = await groupById(tx.db, context, input.groupId);
    const volumes = await volumesOf(tx.db, group.id);
    if (volumes.length === 0) throw badRequest(`Invalid group: Group ${group.id} has no volumes.`);
    const row = await tx.db
      .insertInto('volume_group_snapshots')
      .values({
        id: newUuid(),
        project_id: group.project_id,
        user_id: context.userId,
        name: input.name,
        description: input.description,
        status: 'creating',
        by_hand: 0,
        group_id: group.id,
        group_type_id: group.group_type_id,
        created_at: context.now,
        updated_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    for (const volume of volumes) {
      const { name, description } = input;
      await createSnapshot(tx, context, { volume, name, description, metadata: {}, groupSnapshotId: row.id });
    }
    await writeAudit(tx, context, 'volume:group-snapshots:create', row.id, { group: group.id });
    return row;
  });
}

/** Deletes a group snapshot with the snapshots that it is made of. Throws ApiError 404 and 400. */
export async function deleteGroupSnapshot(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const row = await groupSnapshotById(tx.db, context, id);
    if (row.status !== 'available' && row.status !== 'error' && row.status !== 'deleting') {
      throw badRequest(`Invalid group snapshot: ${id} is ${row.status}; it must be available or error.`);
    }
    for (const snapshot of await snapshotsOf(tx.db, id)) await deleteSnapshotRow(tx, snapshot, context.now);
    await tx.db
      .updateTable('volume_group_snapshots')
      .set({ status: 'deleting', by_hand: 0, updated_at: context.now })
      .where('id', '=', id)
      .execute();
    await settleGroups(app, tx);
    await writeAudit(tx, context, 'volume:group-snapshots:delete', id);
  });
}

export function volumesOf(db: Reader, groupId: string): Promise<VolumeRow[]> {
  return db.selectFrom('volumes').selectAll().where('group_id', '=', groupId).orderBy('number').execute();
}

function snapshotsOf(db: Reader, groupSnapshotId: string) {
  return db
    .selectFrom('volume_snapshots')
    .selectAll()
    .where('group_snapshot_id', '=', groupSnapshotId)
    .orderBy('number')
    .execute();
}

/** The volume types of several groups. */
export async function volumeTypesOf(db: Reader, groupIds: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (groupIds.length === 0) return found;
  const rows = await db
    .selectFrom('volume_group_volume_types')
    .selectAll()
    .where('group_id', 'in', groupIds)
    .orderBy('volume_type_id')
    .execute();
  for (const row of rows) found.set(row.group_id, [...(found.get(row.group_id) ?? []), row.volume_type_id]);
  return found;
}

/** The volumes of several groups. */
export async function volumeIdsOf(db: Reader, groupIds: readonly string[]): Promise<Map<string, VolumeId[]>> {
  const found = new Map<string, VolumeId[]>();
  if (groupIds.length === 0) return found;
  const rows = await db.selectFrom('volumes').select(['id', 'group_id']).where('group_id', 'in', groupIds).execute();
  for (const { id, group_id } of rows) if (group_id !== null) found.set(group_id, [...(found.get(group_id) ?? []), id]);
  return found;
}
