import type { Host } from '../../../api/queries/operators.ts';

export type HostState = 'up' | 'down' | 'new' | 'disabled';

/** What is said of a host first. Pure. */
export const stateOf = (host: Pick<Host, 'state' | 'enabled' | 'forced_down'>): HostState =>
  host.forced_down ? 'down' : host.state === 'up' && !host.enabled ? 'disabled' : host.state;

export type Sums = Record<'vcpus' | 'memory_mib' | 'disk_gib', { used: number; limit: number }>;

/** What all hosts that take servers have together. Pure. */
export function sumOf(hosts: readonly Host[]): Sums {
  const sum = (part: keyof Sums) => ({
    used: hosts.reduce((all, host) => all + host[part].used, 0),
    limit: hosts.reduce((all, host) => all + (host.state === 'up' && host.enabled ? host[part].limit : 0), 0),
  });
  return { vcpus: sum('vcpus'), memory_mib: sum('memory_mib'), disk_gib: sum('disk_gib') };
}
