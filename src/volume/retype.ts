import { isDeepStrictEqual } from 'node:util';
import { badRequest, conflict } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { bit } from '../store/json.ts';
import { limitsOfType, limitsOfVolume } from './limits.ts';
import { claimQuota, quotaUsage, volumeQuota } from './quotas.ts';
import { specObjections } from './schedule.ts';
import { assertPossible, saysYes, typeByRef } from './types-store.ts';
import { changeVolume, volumeById } from './volumes-store.ts';

/**
 * Gives a volume another type where it is. Throws ApiError 404, 400 for its status or when it has the type already,
 * 409 when its host cannot be of that type: its bytes would have to move.
 */
export async function retypeVolume(app: App, context: Context, id: string, ref: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const volume = await volumeById(tx.db, context, id);
    const type = await typeByRef(tx.db, context, ref);
    if (volume.status !== 'available' && volume.status !== 'in-use') {
      throw badRequest(
        `Invalid volume: Volume ${id} status must be available or in-use to retype, but it is ${volume.status}.`,
      );
    }
    if (type.id === volume.volume_type_id) throw badRequest(`Volume ${id} is of type ${type.name} already.`);
    await assertPossible(tx.db, type, volume.target_gib);
    const multiattach = saysYes(type.extraSpecs.multiattach);
    if (volume.status === 'in-use' && multiattach !== (volume.multiattach === 1)) {
      throw badRequest('A volume in use cannot begin or end to be multiattach: detach it first.');
    }
    if (volume.status === 'in-use') {
      const [before, after] = [
        await limitsOfVolume(tx.db, volume),
        await limitsOfType(tx.db, type.qos_specs_id, volume.target_gib),
      ];
      if (!isDeepStrictEqual(before, after)) {
        throw badRequest('The limits of a volume in use cannot change with its type: detach it first.');
      }
    }
    const objections = specObjections(type.extraSpecs, volume.availability_zone);
    if (objections.length > 0) {
      throw conflict(`The host of volume ${id} ${objections.join(', ')}, and volumes cannot move between hosts yet.`);
    }
    // Only the limits of the new type count: the project has the volume already.
    const quota = await volumeQuota(tx.db, volume.project_id);
    const used = await quotaUsage(tx.db, volume.project_id);
    for (const [name, amount] of [
      [`volumes_${type.name}`, 1],
      [`gigabytes_${type.name}`, volume.target_gib],
    ] as const) {
      const limit = quota[name] ?? -1;
      if (limit >= 0 && (used[name] ?? 0) + amount > limit) await claimQuota(tx, volume.project_id, { [name]: amount });
    }
    const patch = { volume_type_id: type.id, multiattach: bit(multiattach) };
    await changeVolume(tx, volume, context.now, patch);
    await writeAudit(tx, context, 'volume:volumes:retype', volume.id, { type: type.name });
  });
}
