import { badRequest, conflict } from '../core/errors.ts';
import { newUuid, type HostId, type ServerId, type VolumeId } from '../core/ids.ts';
import type { VolumeSource } from '../host/document.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { bit, toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { VolumeStatus } from './contract.ts';
import { leaveMessage } from './messages.ts';
import { claimRoom, DEFAULT_ZONE, readPools, touchHost } from './pools.ts';
import { writeProperties, type Properties } from './properties.ts';
import { claimQuota } from './quotas.ts';
import { explainNoPool, scheduleVolume, type VolumeChoice } from './schedule.ts';
import type { VolumeRow } from './model.ts';
import type { VolumeTable } from './tables.ts';
import { assertPossible, saysYes, type VolumeType } from './types-store.ts';

/** Everything about a new volume that has been read and checked. */
export interface VolumePlan {
  id?: VolumeId;
  name: string | null;
  description: string | null;
  sizeGib: number;
  type: VolumeType;
  zone: string | null;
  metadata: Properties;
  imageMetadata: Properties;
  bootable: boolean;
  multiattach: boolean;
  source: {
    kind: VolumeTable['source_kind'];
    id: string | null;
    backend: VolumeId | null;
    build: VolumeSource;
  };
  /** Where it has to be. */
  hostId: HostId | null;
  status: VolumeStatus;
  serverId: ServerId | null;
  groupId: string | null;
  togetherWith: readonly HostId[] | null;
  awayFrom: readonly HostId[];
}

/** What most plans have in common. */
export const PLAIN = {
  name: null,
  description: null,
  zone: null,
  metadata: {},
  imageMetadata: {},
  bootable: false,
  multiattach: false,
  source: { kind: 'empty', id: null, backend: null, build: { kind: 'empty' } },
  hostId: null,
  status: 'creating',
  serverId: null,
  groupId: null,
  togetherWith: null,
  awayFrom: [],
} satisfies Partial<VolumePlan>;

/** Whether hosts have a zone of this name. Throws ApiError 400 when none has. */
export async function checkZone(db: Reader, now: number, zone: string | null): Promise<void> {
  if (zone === null) return;
  const zones = new Set((await readPools(db, now)).map((pool) => pool.zone));
  if (zones.has(zone) || (zones.size === 0 && zone === DEFAULT_ZONE)) return;
  throw badRequest(`Availability zone '${zone}' is invalid: choose one of ${[...zones].sort().join(', ')}.`);
}

/**
 * Makes a volume: quota and room are claimed, the row and the host's new generation written, in this transaction. A
 * volume that fits nowhere is made all the same, in `error` with a message of why, as Cinder's clients expect; with
 * `strict` it is ApiError 409 instead. One that is `hidden` is seen by nobody and counts against no quota. Throws ApiError 413 for the quota.
 */
export async function createVolume(
  tx: Tx,
  context: Context,
  plan: VolumePlan,
  { strict = false, hidden = false }: { strict?: boolean; hidden?: boolean } = {},
): Promise<VolumeRow> {
  await assertPossible(tx.db, plan.type, plan.sizeGib);
  const projectId = context.projectId ?? '';
  if (!hidden) await claimQuota(tx, projectId, { volumes: 1, gigabytes: plan.sizeGib, typeName: plan.type.name });
  const { hostId, zone, choice } = await place(tx, context, plan);
  if (hostId === null && strict) throw conflict(explainNoPool(choice));
  const id = plan.id ?? newUuid<'volume'>();
  const generation = await touchHost(tx, hostId);
  const row = await tx.db
    .insertInto('volumes')
    .values({
      id,
      backend_id: id,
      managed: bit(!hidden),
      project_id: projectId,
      user_id: context.userId,
      name: plan.name,
      description: plan.description,
      status: hostId === null ? 'error' : plan.status,
      size_gib: plan.sizeGib,
      target_gib: plan.sizeGib,
      host_id: hostId,
      availability_zone: zone,
      volume_type_id: plan.type.id,
      bootable: bit(plan.bootable),
      multiattach: bit(plan.multiattach || saysYes(plan.type.extraSpecs.multiattach)),
      read_only: null,
      source_kind: plan.source.kind,
      source_id: plan.source.id,
      source_backend: plan.source.backend,
      build: 1,
      build_source: toJson(plan.source.build),
      server_id: plan.serverId,
      group_id: plan.groupId,
      status_before: null,
      image_id: null,
      image_format: null,
      reason: hostId === null ? explainNoPool(choice) : null,
      changed_generation: generation,
      created_at: context.now,
      updated_at: null,
      launched_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await writeProperties(tx, 'volume', id, plan.metadata, { keep: true });
  await writeProperties(tx, 'image', id, plan.imageMetadata, { keep: true });
  if (hostId === null) await leaveMessage(tx, context, row, 'create', explainNoPool(choice));
  await writeAudit(tx, context, 'volume:volumes:create', id, { name: plan.name, size: plan.sizeGib, host: hostId });
  return row;
}

/** Claims room on the best host that still has it. */
async function place(
  tx: Tx,
  context: Context,
  plan: VolumePlan,
): Promise<{ hostId: HostId | null; zone: string; choice: VolumeChoice }> {
  const pools = await readPools(tx.db, context.now);
  const choice = scheduleVolume(pools, {
    sizeGib: plan.sizeGib,
    zone: plan.zone,
    hostId: plan.hostId,
    extraSpecs: plan.type.extraSpecs,
    togetherWith: plan.togetherWith,
    awayFrom: plan.awayFrom,
  });
  for (const pool of choice.ranked) {
    if (await claimRoom(tx, pool.id, plan.sizeGib)) return { hostId: pool.id, zone: pool.zone, choice };
  }
  return { hostId: null, zone: plan.zone ?? pools[0]?.zone ?? DEFAULT_ZONE, choice };
}
