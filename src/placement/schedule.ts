import type { HostId } from '../core/ids.ts';
import { CHECKS, hasRoom, isPlain, ROOM } from './checks.ts';

/** What a server takes of its host, or what a host has left. */
export interface Amount {
  vcpus: number;
  memoryMib: number;
  diskGib: number;
}

/** A host as the scheduler sees it. */
export interface HostInventory {
  id: HostId;
  name: string;
  zone: string;
  enabled: boolean;
  disabledReason: string | null;
  /** Milliseconds since 1970 until which it counts as up, unless it is heard of again; 0 when it is forced down. */
  upUntil: number;
  /** What one more server may take: after ratios, reserves, promises, and what its QEMU needs. */
  free: Amount;
  /** The most that one server may have, where an administrator has set it. */
  largest: Amount;
  /** What is free of other resource classes. */
  others: ReadonlyMap<string, number>;
  traits: ReadonlySet<string>;
  /** What flavors call `capabilities`: `hypervisor_type`, `cpu_info:arch`. */
  capabilities: Readonly<Record<string, string>>;
  /** Metadata of each aggregate it is in. */
  aggregates: readonly Readonly<Record<string, string>>[];
  servers: number;
}

/** What is asked of one host, when, and for whom. */
export interface Demand extends Amount {
  now: number;
  projectId: string;
  /** The zone asked for; null for any. */
  zone: string | null;
  /** The one host an administrator asked for, by name; null for any. */
  host: string | null;
  /** Traits that the host must have, and such that it must not have. */
  traits: { required: readonly string[]; forbidden: readonly string[] };
  /** Of other resource classes. */
  others: Readonly<Record<string, number>>;
  /** What an aggregate of the host must say, and what the host must be able to: name and requirement. */
  aggregateSpecs: readonly (readonly [string, string])[];
  capabilities: readonly (readonly [string, string])[];
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

/** Hosts that are out for the same reason. */
export interface Objection {
  /** For a person, after a number of hosts: `too little memory (needs 2048 MiB, at most 1024 MiB free)`. */
  reason: string;
  hosts: number;
  /** Some of them, for administrators. */
  names: string[];
}

export interface Choice {
  /** Hosts that fit, best first; not more than were asked for. */
  ranked: HostInventory[];
  /** How many hosts there are, and how many of them fit. */
  hosts: number;
  fit: number;
  /** Why the others do not: each host is counted once, for what is hardest to change. */
  objections: Objection[];
}

/** Names that are kept of the hosts with one reason. */
const MOST_NAMES = 5;

/**
 * Which hosts could take a server, the `most` best of them first, and why the others could not. Busy hosts are filled
 * before idle ones are woken, because an idle host can be switched off. The same hosts and demand have the same answer.
 */
export function schedule(hosts: readonly HostInventory[], demand: Demand, most = 10): Choice {
  const ranked: HostInventory[] = [];
  const checks = CHECKS.filter((check) => check.asked?.(demand) ?? true);
  const asked = checks.filter((check) => check.asked);
  const out = checks.map((): HostInventory[] => []);
  let fit = 0;
  for (const host of hosts) {
    const plain = isPlain(host, demand) && !asked.some((check) => check.fails(host, demand));
    let objection = !plain ? 0 : hasRoom(host, demand) ? checks.length : checks.length - ROOM.length;
    while (objection < checks.length && !checks[objection]?.fails(host, demand)) objection += 1;
    if (objection < checks.length) {
      out[objection]?.push(host);
      continue;
    }
    fit += 1;
    const last = ranked[most - 1];
    if (last !== undefined && compare(last, host, demand) < 0) continue;
    let at = ranked.length;
    for (let before = ranked[at - 1]; before && compare(host, before, demand) < 0; before = ranked[at - 1]) at -= 1;
    ranked.splice(at, 0, host);
    if (ranked.length > most) ranked.pop();
  }
  const objections = checks.flatMap((check, index) => {
    const those = out[index] ?? [];
    if (those.length === 0) return [];
    const names = those.slice(0, MOST_NAMES).map((host) => host.name + (check.detail?.(host) ?? ''));
    return [{ reason: check.reason(demand, those), hosts: those.length, names }];
  });
  return { ranked, hosts: hosts.length, fit, objections };
}

const NO_HOST = 'No valid host was found.';

/** One sentence for the fault of a server that found no host; it names no host, for its reader may be no administrator. */
export function explainNoHost(choice: Pick<Choice, 'hosts' | 'objections'>): string {
  if (choice.hosts === 0) return `${NO_HOST} There are no hosts: start an agent on a machine.`;
  return `${NO_HOST} ${plural(choice.hosts)}: ${choice.objections.map((one) => `${one.hosts} ${one.reason}`).join('; ')}.`;
}

/** The same with names, for administrators: a line for each reason. */
export function explainWithNames(choice: Pick<Choice, 'objections'>): string[] {
  return choice.objections.map(({ reason, hosts, names }) => {
    const more = hosts - names.length;
    return `${plural(hosts)} ${reason}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
}

const plural = (hosts: number) => (hosts === 1 ? '1 host' : `${hosts} hosts`);

/** Soft wishes of the group first, then the busier host, then the one that is fuller, then by name. */
function compare(a: HostInventory, b: HostInventory, { group }: Demand): number {
  if (group !== null && group.policy.startsWith('soft-')) {
    const count = (host: HostInventory) => group.hosts.filter((one) => one === host.id).length;
    const difference = group.policy === 'soft-affinity' ? count(b) - count(a) : count(a) - count(b);
    if (difference !== 0) return difference;
  }
  const idle = Number(a.servers === 0) - Number(b.servers === 0);
  if (idle !== 0) return idle;
  const free = a.free.memoryMib - b.free.memoryMib || a.free.vcpus - b.free.vcpus;
  return free !== 0 ? free : a.name < b.name ? -1 : 1;
}

/** The inventory as it is once a server is placed. */
export function withPlaced(host: HostInventory, demand: Amount & Pick<Demand, 'others'>): HostInventory {
  return {
    ...host,
    free: {
      vcpus: host.free.vcpus - demand.vcpus,
      memoryMib: host.free.memoryMib - demand.memoryMib - RATIOS.overheadMib,
      diskGib: host.free.diskGib - demand.diskGib,
    },
    others: new Map([...host.others].map(([name, left]) => [name, left - (demand.others[name] ?? 0)])),
    servers: host.servers + 1,
  };
}
