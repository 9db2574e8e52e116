import { isRouterPort } from './lookup.ts';
import { OWNER, type PortStatus } from '../tables.ts';
import type { FloatingIpRow, NetworkRows, PortRow } from './rows.ts';

/** Whether OVN has a port, and whether it works. */
export type PortState = 'up' | 'down' | 'absent';

export interface StatusChange<S extends string> {
  id: string;
  from: S;
  to: S;
  /** Why it failed; null when it did not. */
  reason: string | null;
}

/** Why OVN does not take what belongs to a port or a floating address; null when it does. */
export type ReasonOf = (id: string) => string | null;

export interface StatusChanges {
  ports: StatusChange<PortStatus>[];
  floatingIps: StatusChange<FloatingIpRow['status']>[];
}

/** What our rows must say now, given what OVN says of each port. */
export function statusChanges(
  rows: Pick<NetworkRows, 'ports' | 'floatingIps'>,
  stateOf: (portId: string) => PortState,
  reasonOf: ReasonOf = () => null,
): StatusChanges {
  const ports = rows.ports.flatMap((port) => {
    const reason = reasonOf(port.id);
    const to = reason === null ? portStatus(port, stateOf(port.id)) : 'ERROR';
    if (to === null || (to === port.status && reason === port.status_reason)) return [];
    return [{ id: port.id, from: port.status, to, reason }];
  });
  const floatingIps = rows.floatingIps.flatMap(({ id, router_id: router, status: from }) => {
    // With a target, or with ports that lead on.
    const reason = reasonOf(id);
    const to = reason !== null ? ('ERROR' as const) : router !== null ? ('ACTIVE' as const) : ('DOWN' as const);
    return to === from ? [] : [{ id, from, to, reason }];
  });
  return { ports, floatingIps };
}

/** The status of one port; null where OVN has nothing to say about it. */
function portStatus(port: PortRow, state: PortState): PortStatus | null {
  if (port.device_owner === OWNER.floatingIp) return null;
  // The metadata port is on every host at once, so OVN never calls it bound.
  if (port.device_owner === OWNER.metadata) return state === 'absent' ? 'DOWN' : 'ACTIVE';
  if (state !== 'up' || port.admin_state_up === 0) return 'DOWN';
  return isRouterPort(port) || port.binding_host_id !== '' ? 'ACTIVE' : 'DOWN';
}
