import { meets } from './match.ts';
import type { Amount, Demand, HostInventory } from './schedule.ts';

/** One reason why a host may not take a server. */
interface Check {
  /** Whether the demand has what could fail; always if not given. Most demands say little, and hosts may be thousands. */
  asked?: (demand: Demand) => boolean;
  fails: (host: HostInventory, demand: Demand) => boolean;
  /** What is said of the hosts that it keeps out, after their number. */
  reason: (demand: Demand, hosts: readonly HostInventory[]) => string;
  /** What is said of one of them after its name, to administrators. */
  detail?: (host: HostInventory) => string;
}

const list = (names: readonly string[]) => names.join(', ');
const pairs = (specs: readonly (readonly [string, string])[]) => specs.map(([name, value]) => `${name}=${value}`);
const most = (hosts: readonly HostInventory[], of: (host: HostInventory) => number) =>
  hosts.reduce((best, host) => Math.max(best, of(host)), 0);
const here = (host: HostInventory, { group }: Demand) => group?.hosts.filter((one) => one === host.id).length ?? 0;

const room = (field: keyof Amount, little: string, unit: string): Check => ({
  fails: (host, demand) => demand[field] > host.free[field],
  reason: (demand, hosts) =>
    `${little} (needs ${demand[field]}${unit}, at most ${most(hosts, (host) => host.free[field])}${unit} free)`,
});

/** Projects that the hosts of an aggregate are kept for: `filter_tenant_id`, and more with any suffix. */
function keptFor(metadata: Readonly<Record<string, string>>): string[] {
  const named = Object.entries(metadata).filter(([name]) => name.startsWith('filter_tenant_id'));
  return named.flatMap(([, value]) => value.split(',').map((one) => one.trim()));
}

/** Whether the host is in aggregates for chosen projects only, and this project is none of them. */
function isKeptForOthers(host: HostInventory, projectId: string): boolean {
  const projects = host.aggregates.flatMap(keptFor);
  return projects.length > 0 && !projects.includes(projectId);
}

/** The fewest servers that an aggregate of the host allows on it. */
export function mostServers(host: Pick<HostInventory, 'aggregates'>): number {
  const limits = host.aggregates.flatMap(({ max_instances_per_host: limit }) => limit ?? []).map(Number);
  return Math.min(...limits.filter((limit) => Number.isInteger(limit) && limit >= 0));
}

const within = (amount: Amount, limit: Amount): boolean =>
  amount.vcpus <= limit.vcpus && amount.memoryMib <= limit.memoryMib && amount.diskGib <= limit.diskGib;

const isReported = (host: HostInventory): boolean => host.capabilities['cpu_info:arch'] !== undefined;

/** What every demand is checked for at last. */
export const ROOM: readonly Check[] = [
  room('memoryMib', 'too little memory', ' MiB'),
  room('vcpus', 'too few vCPUs', ''),
  room('diskGib', 'too little disk', ' GiB'),
  {
    fails: ({ largest }, demand) => !within(demand, largest),
    reason: ({ vcpus, memoryMib, diskGib }) =>
      `too small for one server with ${vcpus} vCPUs, ${memoryMib} MiB and ${diskGib} GiB`,
  },
];

/**
 * What keeps a host out, hardest to change first: a host that is wanted elsewhere is not "full". The rules are those of
 * Nova's filters: https://docs.openstack.org/nova/latest/admin/scheduling.html
 */
export const CHECKS: readonly Check[] = [
  {
    asked: ({ host }) => host !== null,
    fails: (host, { host: wanted }) => wanted !== null && wanted !== host.name,
    reason: () => 'not the one asked for',
  },
  {
    asked: ({ zone }) => zone !== null,
    fails: (host, { zone }) => zone !== null && zone !== host.zone,
    reason: ({ zone }) => `in another zone than ${zone}`,
    detail: ({ zone }) => ` (${zone})`,
  },
  {
    fails: (host) => !isReported(host),
    reason: () => 'without a report of what they are',
  },
  {
    asked: ({ traits }) => traits.required.length > 0,
    fails: (host, { traits }) => traits.required.some((trait) => !host.traits.has(trait)),
    reason: ({ traits }, hosts) =>
      `without ${list(traits.required.filter((trait) => hosts.some((host) => !host.traits.has(trait))))}`,
  },
  {
    asked: ({ traits }) => traits.forbidden.length > 0,
    fails: (host, { traits }) => traits.forbidden.some((trait) => host.traits.has(trait)),
    reason: ({ traits }, hosts) =>
      `with ${list(traits.forbidden.filter((trait) => hosts.some((host) => host.traits.has(trait))))}, which is forbidden`,
  },
  {
    asked: ({ capabilities }) => capabilities.length > 0,
    fails: (host, { capabilities }) =>
      capabilities.some(([name, wanted]) => !meets(host.capabilities[name] ?? '', wanted)),
    reason: ({ capabilities }) => `not ${list(pairs(capabilities))}`,
  },
  {
    asked: ({ aggregateSpecs }) => aggregateSpecs.length > 0,
    fails: (host, { aggregateSpecs }) =>
      aggregateSpecs.some(([name, wanted]) => !host.aggregates.some((one) => meets(one[name] ?? '', wanted))),
    reason: ({ aggregateSpecs }) => `in no aggregate with ${list(pairs(aggregateSpecs))}`,
  },
  {
    fails: (host, { projectId }) => host.aggregates.length > 0 && isKeptForOthers(host, projectId),
    reason: () => 'kept for other projects',
  },
  {
    fails: (host) => !host.enabled,
    reason: () => 'disabled',
    detail: ({ disabledReason }) => (disabledReason === null ? '' : ` (${disabledReason})`),
  },
  {
    fails: (host, { now }) => host.upUntil < now,
    reason: () => 'down or not heard of lately',
  },
  {
    asked: ({ togetherWith }) => togetherWith !== null,
    fails: (host, { togetherWith }) => togetherWith !== null && !togetherWith.includes(host.id),
    reason: () => 'without the servers or volumes this one must be with',
  },
  {
    asked: ({ awayFrom }) => awayFrom.length > 0,
    fails: (host, { awayFrom }) => awayFrom.includes(host.id),
    reason: () => 'with a server this one must be away from',
  },
  {
    asked: ({ group }) => group !== null,
    fails: (host, demand) =>
      demand.group?.policy === 'affinity' && demand.group.hosts.length > 0 && here(host, demand) === 0,
    reason: () => "not the host of the group's servers (affinity)",
  },
  {
    asked: ({ group }) => group !== null,
    fails: (host, demand) =>
      demand.group?.policy === 'anti-affinity' && here(host, demand) >= demand.group.maxServerPerHost,
    reason: ({ group }) =>
      `with ${group?.maxServerPerHost === 1 ? 'a server' : `${group?.maxServerPerHost} servers`} of the group already (anti-affinity)`,
  },
  {
    fails: (host) => host.aggregates.length > 0 && host.servers >= mostServers(host),
    reason: () => 'with as many servers as their aggregate allows',
  },
  {
    asked: ({ others }) => Object.keys(others).length > 0,
    fails: (host, { others }) => Object.entries(others).some(([name, amount]) => amount > (host.others.get(name) ?? 0)),
    reason: ({ others }) =>
      `without enough ${list(Object.entries(others).map(([name, amount]) => `${name} (needs ${amount})`))}`,
  },
  ...ROOM,
];

/** Whether none of the checks that no demand goes without can object, but for room: a look is enough for most hosts. */
export const isPlain = (host: HostInventory, { now }: Demand): boolean =>
  host.aggregates.length === 0 && host.enabled && host.upUntil >= now && isReported(host);

/** What all the checks of room say together. */
export const hasRoom = ({ free, largest }: HostInventory, demand: Demand): boolean =>
  within(demand, free) && within(demand, largest);
