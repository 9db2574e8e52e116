import type { HostId } from '../core/ids.ts';

/** A host as a place for volumes. */
export interface Pool {
  id: HostId;
  name: string;
  zone: string;
  enabled: boolean;
  disabledReason: string | null;
  /** Takes no changes of what it has. */
  frozen: boolean;
  up: boolean;
  seenAt: number | null;
  changedAt: number;
  uuid: string;
  totalGib: number;
  freeGib: number;
  allocatedGib: number;
}

export interface VolumeDemand {
  sizeGib: number;
  zone: string | null;
  /** Where it has to be, because its source or its server is there. */
  hostId: HostId | null;
  extraSpecs: Record<string, string>;
  /** Hosts of the volumes named by the hints `same_host` and `different_host`. */
  togetherWith: readonly HostId[] | null;
  awayFrom: readonly HostId[];
}

export interface VolumeChoice {
  /** Pools that fit, best first. */
  ranked: Pool[];
  rejected: { host: string; reasons: string[] }[];
}

/** What every pool can do, in the words that extra specs of volume types use. */
export const CAPABILITIES: Readonly<Record<string, string>> = {
  volume_backend_name: 'local',
  vendor_name: 'Potluck',
  storage_protocol: 'nbd',
  driver_version: '1.0',
  thin_provisioning_support: 'True',
  thick_provisioning_support: 'False',
  multiattach: 'True',
  replication_enabled: 'False',
  compression: 'False',
  QoS_support: 'False',
};

/** Ranks the pools for a new volume: of those that may have it, the one with the most room. */
export function scheduleVolume(pools: readonly Pool[], demand: VolumeDemand): VolumeChoice {
  const ranked: Pool[] = [];
  const rejected: VolumeChoice['rejected'] = [];
  for (const pool of pools) {
    const reasons = objections(pool, demand);
    if (reasons.length === 0) ranked.push(pool);
    else rejected.push({ host: pool.name, reasons });
  }
  ranked.sort((a, b) => b.freeGib - a.freeGib || (a.name < b.name ? -1 : 1));
  return { ranked, rejected };
}

/** One sentence for the message of a volume that found no place. */
export function explainNoPool(choice: VolumeChoice): string {
  if (choice.rejected.length === 0)
    return 'No valid backend was found. There are no hosts: start an agent on a machine.';
  const shown = choice.rejected.slice(0, 5).map(({ host, reasons }) => `${host}: ${reasons.join(', ')}`);
  const more = choice.rejected.length - shown.length;
  return `No valid backend was found. ${shown.join('; ')}${more > 0 ? `; and ${more} more hosts` : ''}.`;
}

function objections(pool: Pool, demand: VolumeDemand): string[] {
  const reasons: string[] = [];
  if (demand.hostId !== null && demand.hostId !== pool.id) return ['does not hold what the volume is made of or for'];
  if (demand.zone !== null && demand.zone !== pool.zone) reasons.push(`is in zone ${pool.zone}, not ${demand.zone}`);
  if (!pool.enabled) reasons.push(pool.disabledReason ? `is disabled (${pool.disabledReason})` : 'is disabled');
  if (!pool.up) reasons.push('has not been heard of lately');
  if (demand.sizeGib > pool.freeGib) reasons.push(`has ${pool.freeGib} of ${demand.sizeGib} GiB free`);
  if (demand.awayFrom.includes(pool.id)) reasons.push('has a volume this one must be away from');
  if (demand.togetherWith !== null && !demand.togetherWith.includes(pool.id)) {
    reasons.push('has none of the volumes this one must be with');
  }
  reasons.push(...specObjections(demand.extraSpecs, pool.zone));
  return reasons;
}

/**
 * Which extra specs no pool fulfils: those without a scope and those scoped `capabilities`
 * (https://docs.openstack.org/cinder/latest/admin/blockstorage-over-subscription.html and the capabilities filter).
 */
export function specObjections(extraSpecs: Record<string, string>, zone: string): string[] {
  const reasons: string[] = [];
  for (const [key, wanted] of Object.entries(extraSpecs)) {
    if (key === 'RESKEY:availability_zones') {
      const zones = wanted.split(',').map((one) => one.trim());
      if (!zones.includes(zone)) reasons.push(`is in zone ${zone}, the volume type is of ${zones.join(', ')}`);
      continue;
    }
    const [scope, name] = key.includes(':') ? key.split(/:(.*)/s) : ['capabilities', key];
    if (scope !== 'capabilities' || name === undefined) continue;
    const has = CAPABILITIES[name];
    if (has === undefined || !matches(has, wanted)) reasons.push(`has no ${name} of ${wanted}`);
  }
  return reasons;
}

/** One value against a requirement, with the operators of oslo.utils' specs_matcher that fit texts and truth. */
export function matches(value: string, requirement: string): boolean {
  const words = requirement.trim().split(/\s+/);
  const [operator = '', operand = ''] = words;
  switch (operator) {
    case '<is>':
      return value.toLowerCase() === String(/^(t|true|on|y|yes|1)$/i.test(operand));
    case '<in>':
      return value.includes(operand);
    case '<or>':
      return words.filter((word) => word !== '<or>').includes(value);
    case 's==':
      return value === operand;
    case 's!=':
      return value !== operand;
    case '=':
    case '>=':
      return Number(value) >= Number(operand);
    case '<=':
      return Number(value) <= Number(operand);
    case '==':
      return Number(value) === Number(operand);
    case '!=':
      return Number(value) !== Number(operand);
    default:
      return value === requirement || value.toLowerCase() === requirement.toLowerCase();
  }
}
