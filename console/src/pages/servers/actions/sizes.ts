import type { ComputeLimits, Flavor, Server } from '../../../api/queries/compute.ts';

/** Why a server cannot take a size. */
export type Objection = 'same' | 'disk-smaller' | 'cores-quota' | 'memory-quota';

type Sized = Pick<Server, 'image' | 'flavor'>;

/** What a new size takes more of the quota than the old one; less is negative. Memory in MiB. Pure. */
export const difference = ({ flavor }: Pick<Server, 'flavor'>, wanted: Pick<Flavor, 'vcpus' | 'ram'>) => ({
  cores: wanted.vcpus - flavor.vcpus,
  memory: wanted.ram - flavor.ram,
});

/**
 * The first reason why a server cannot become of this size; null when it can, as far as can be seen from here: whether its host has
 * the room shows when it is asked. A disk never shrinks; one that is a volume has a size of its own. Pure.
 */
export function objection(server: Sized, wanted: Flavor, limits: ComputeLimits | undefined): Objection | null {
  const { flavor, image } = server;
  if (wanted.name === flavor.original_name) return 'same';
  if (image !== '' && wanted.disk < flavor.disk) return 'disk-smaller';
  if (limits === undefined) return null;
  const more = difference(server, wanted);
  const over = (limit: number, used: number, by: number) => limit >= 0 && by > 0 && used + by > limit;
  if (over(limits.maxTotalCores, limits.totalCoresUsed, more.cores)) return 'cores-quota';
  if (over(limits.maxTotalRAMSize, limits.totalRAMUsed, more.memory)) return 'memory-quota';
  return null;
}
