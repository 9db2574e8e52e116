import type { HostId } from '../core/ids.ts';

/** A host as the scheduler sees it. */
export interface HostInventory {
  id: HostId;
  name: string;
  zone: string;
  enabled: boolean;
  disabledReason: string | null;
  /** Heard of lately, and not forced down. */
  up: boolean;
  /** What one more server may take: after ratios, reserves, promises, and what its QEMU needs. */
  free: { vcpus: number; memoryMib: number; diskGib: number };
  traits: ReadonlySet<string>;
  servers: number;
}

export interface Demand {
  vcpus: number;
  memoryMib: number;
  diskGib: number;
  /** The zone asked for; null for any. */
  zone: string | null;
  /** The one host an administrator asked for, by name; null for any. */
  host: string | null;
  /** Traits that the host must have, and such that it must not have. */
  traits?: { required: readonly string[]; forbidden: readonly string[] };
  group: GroupDemand | null;
  /** Hosts of the servers named by the hints `different_host` and `same_host`. */
  awayFrom: readonly HostId[];
  togetherWith: readonly HostId[] | null;
}

export interface GroupDemand {
  policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
  maxServerPerHost: number;
  /** The host of each member, once per member. */
  hosts: readonly HostId[];
}

/** How far a host may be promised beyond what it has, and what is kept for itself. */
export interface Ratios {
  cpu: number;
  memory: number;
  disk: number;
  /** For the host's own programs. */
  reservedMemoryMib: number;
  /** What one QEMU takes besides its guest's memory. */
  overheadMib: number;
}

export const RATIOS: Ratios = { cpu: 16, memory: 1, disk: 1, reservedMemoryMib: 512, overheadMib: 64 };

/**
 * What flavors and images say of traits: `trait:CUSTOM_FAST` with the value `required` or `forbidden`.
 * https://docs.openstack.org/nova/latest/user/flavors.html#extra-specs
 */
export function traitsOf(...specs: readonly Record<string, unknown>[]): NonNullable<Demand['traits']> {
  const all = specs.flatMap((one) => Object.entries(one)).filter(([name]) => name.startsWith('trait:'));
  const of = (what: string) => all.filter(([, value]) => value === what).map(([name]) => name.slice('trait:'.length));
  return { required: [...new Set(of('required'))], forbidden: [...new Set(of('forbidden'))] };
}

export interface Choice {
  /** Hosts that fit, best first. */
  ranked: HostInventory[];
  rejected: { host: string; reasons: string[] }[];
}

/**
 * Which hosts could take a server, best first, and why the others could not. Busy hosts are filled before idle ones
 * are woken, because an idle host can be switched off.
 */
export function schedule(hosts: readonly HostInventory[], demand: Demand): Choice {
  const ranked: HostInventory[] = [];
  const rejected: Choice['rejected'] = [];
  for (const host of hosts) {
    const reasons = objections(host, demand);
    if (reasons.length === 0) ranked.push(host);
    else rejected.push({ host: host.name, reasons });
  }
  ranked.sort((a, b) => compare(a, b, demand));
  return { ranked, rejected };
}

/** One sentence for the fault of a server that found no host. */
export function explainNoHost(choice: Choice): string {
  if (choice.rejected.length === 0) return 'No valid host was found. There are no hosts: start an agent on a machine.';
  const shown = choice.rejected.slice(0, 5).map(({ host, reasons }) => `${host}: ${reasons.join(', ')}`);
  const more = choice.rejected.length - shown.length;
  return `No valid host was found. ${shown.join('; ')}${more > 0 ? `; and ${more} more hosts` : ''}.`;
}

function objections(host: HostInventory, demand: Demand): string[] {
  const reasons: string[] = [];
  if (demand.host !== null && demand.host !== host.name) reasons.push(`is not the requested host ${demand.host}`);
  if (demand.zone !== null && demand.zone !== host.zone) reasons.push(`is in zone ${host.zone}, not ${demand.zone}`);
  if (!host.enabled) reasons.push(host.disabledReason ? `is disabled (${host.disabledReason})` : 'is disabled');
  if (!host.up) reasons.push('has not been heard of lately');
  const lacks = (wanted: number, free: number, unit: string) => {
    if (wanted > free) reasons.push(`has ${Math.max(0, free)} of ${wanted} ${unit} free`);
  };
  lacks(demand.vcpus, host.free.vcpus, 'vCPUs');
  lacks(demand.memoryMib, host.free.memoryMib, 'MiB memory');
  lacks(demand.diskGib, host.free.diskGib, 'GiB disk');
  for (const trait of demand.traits?.required ?? []) {
    if (!host.traits.has(trait)) reasons.push(`has not the trait ${trait}`);
  }
  for (const trait of demand.traits?.forbidden ?? []) {
    if (host.traits.has(trait)) reasons.push(`has the forbidden trait ${trait}`);
  }
  reasons.push(...groupObjections(host, demand));
  return reasons;
}

function groupObjections(host: HostInventory, demand: Demand): string[] {
  const reasons: string[] = [];
  if (demand.awayFrom.includes(host.id)) reasons.push('has a server this one must be away from');
  if (demand.togetherWith !== null && !demand.togetherWith.includes(host.id)) {
    reasons.push('has none of the servers this one must be with');
  }
  const { group } = demand;
  if (group === null) return reasons;
  const here = group.hosts.filter((one) => one === host.id).length;
  if (group.policy === 'anti-affinity' && here >= group.maxServerPerHost) {
    reasons.push(`has ${here} of the group's servers already (anti-affinity)`);
  }
  if (group.policy === 'affinity' && group.hosts.length > 0 && here === 0) {
    reasons.push("is not the host of the group's servers (affinity)");
  }
  return reasons;
}

/** Soft wishes of the group first, then the busier host, then the one that is fuller, then by name. */
function compare(a: HostInventory, b: HostInventory, demand: Demand): number {
  const { group } = demand;
  if (group !== null && group.policy.startsWith('soft-')) {
    const count = (host: HostInventory) => group.hosts.filter((one) => one === host.id).length;
    const difference = group.policy === 'soft-affinity' ? count(b) - count(a) : count(a) - count(b);
    if (difference !== 0) return difference;
  }
  const idle = Number(a.servers === 0) - Number(b.servers === 0);
  if (idle !== 0) return idle;
  const free = a.free.memoryMib - b.free.memoryMib;
  return free !== 0 ? free : a.name < b.name ? -1 : 1;
}

/** The inventory as it is once a server is placed: for several servers of one request. */
export function withPlaced(host: HostInventory, demand: Demand): HostInventory {
  return {
    ...host,
    free: {
      vcpus: host.free.vcpus - demand.vcpus,
      memoryMib: host.free.memoryMib - demand.memoryMib - RATIOS.overheadMib,
      diskGib: host.free.diskGib - demand.diskGib,
    },
    servers: host.servers + 1,
  };
}
