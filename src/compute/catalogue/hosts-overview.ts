import { isoSeconds } from '../../core/clock.ts';
import { hostRooms, type HostRoom } from '../../placement/index.ts';
import type { App } from '../../http/app.ts';
import { loadOf, type HeardLoad } from '../host-loads.ts';
import { DEFAULT_ZONE, hostZones } from './aggregates.ts';
import { capacityOf, isUp, readHosts, type HostRow } from './hosts-view.ts';

/** Promised to servers, there at all, and what may be promised: over-commitment and reserves are in it. */
interface Room {
  used: number;
  total: number;
  limit: number;
}

/** A host as an operator looks at it: what it is, how full, and whether it does what it was told. */
export interface HostOverview {
  /** As hypervisors and services have it. */
  id: string;
  name: string;
  zone: string;
  aggregates: string[];
  /** `new` was never heard of. */
  state: 'up' | 'down' | 'new';
  enabled: boolean;
  disabled_reason: string | null;
  forced_down: boolean;
  last_seen: string | null;
  booted_at: string | null;
  address: string | null;
  agent_version: string | null;
  accelerator: 'kvm' | 'tcg' | null;
  accelerator_reason: string | null;
  cpu_model: string | null;
  arch: string | null;
  qemu_version: string | null;
  vcpus: Room;
  memory_mib: Room;
  /** `free`: of the file system, when the host last said so. */
  disk_gib: Room & { free: number | null };
  /** What its agent last said to this controller; null where it has not lately. */
  load: { at: string; cpu_percent: number; memory_used_mib: number } | null;
  volume_gib: number;
  servers: number;
  /** Whether it has not said yet that it took over its newest document. */
  pending_changes: boolean;
}

/** All hosts, by name. */
export async function hostsOverview(app: App, now: number): Promise<HostOverview[]> {
  const db = app.store.read;
  const hosts = await readHosts(db);
  const rooms = await hostRooms(db);
  const zones = await hostZones(db);
  const members = await db
    .selectFrom('aggregate_hosts')
    .innerJoin('aggregates', 'aggregates.id', 'aggregate_id')
    .select(['host', 'name'])
    .orderBy('name')
    .execute();
  const aggregates = new Map<string, string[]>();
  for (const { host, name } of members) aggregates.set(host, [...(aggregates.get(host) ?? []), name]);
  return hosts.map((host) => ({
    ...{ zone: zones.get(host.name) ?? DEFAULT_ZONE, aggregates: aggregates.get(host.name) ?? [] },
    ...overview(host, rooms.get(host.id), loadOf(app, host.id, now), now),
  }));
}

function overview(host: HostRow, room: HostRoom | undefined, load: HeardLoad | null, now: number) {
  const capacity = capacityOf(host);
  const amount = (name: 'vcpus' | 'memoryMib' | 'diskGib', total: number): Room => {
    const used = room?.used[name] ?? 0;
    return { used, total, limit: used + Math.max(0, room?.free[name] ?? 0) };
  };
  const state = host.last_seen === null ? ('new' as const) : isUp(host, now) ? ('up' as const) : ('down' as const);
  return {
    ...{ id: host.uuid, name: host.name, state },
    ...{ enabled: host.enabled === 1, disabled_reason: host.disabled_reason, forced_down: host.forced_down === 1 },
    last_seen: host.last_seen === null ? null : isoSeconds(host.last_seen),
    booted_at: capacity?.bootedAt === undefined ? null : isoSeconds(capacity.bootedAt),
    ...{ address: capacity?.address ?? null, agent_version: capacity?.agentVersion ?? null },
    ...{ accelerator: capacity?.accel ?? null, accelerator_reason: capacity?.accelReason ?? null },
    ...{ cpu_model: capacity?.cpuModel ?? null, arch: capacity?.arch ?? null },
    qemu_version: capacity === null ? null : qemuVersion(capacity.hypervisorVersion),
    vcpus: amount('vcpus', host.vcpus),
    memory_mib: amount('memoryMib', host.memory_mib),
    disk_gib: { ...amount('diskGib', host.disk_gib), free: capacity?.diskFreeGib ?? null },
    load: load && { at: isoSeconds(load.at), cpu_percent: load.cpuPercent, memory_used_mib: load.memoryUsedMib },
    ...{ volume_gib: host.volume_gib, servers: host.servers },
    pending_changes: host.reported_generation < host.generation,
  };
}

/** 7002000 is 7.2.0. */
const qemuVersion = (number: number) =>
  [Math.floor(number / 1_000_000), Math.floor(number / 1_000) % 1_000, number % 1_000].join('.');
