import { isRouterPort } from './lookup.ts';
import { OWNER, type PortStatus } from '../tables.ts';
import type { FloatingIpRow, NetworkRows, PortRow } from './rows.ts';

/** Whether OVN has a port, and whether it works. */
export type PortState = 'up' | 'down' | 'absent';

export interface StatusChange<S extends string> {
  id: string;
  from: S;
  to: S;
}

export interface StatusChanges {
  ports: StatusChange<PortStatus>[];
  floatingIps: StatusChange<FloatingIpRow['status']>[];
}

/** What our rows must say now, given what OVN says of each port. */
export function statusChanges(rows: NetworkRows, stateOf: (portId: string) => PortState): StatusChanges {
  const ports = rows.ports.flatMap((port) => {
    const to = portStatus(port, stateOf(port.id));
    return to === null || to === port.status ? [] : [{ id: port.id, from: port.status, to }];
  });
  const floatingIps = rows.floatingIps.flatMap(({ id, router_id: router, status: from }) => {
    // With a target, or with ports that lead on.
    const to = router !== null ? ('ACTIVE' as const) : ('DOWN' as const);
    return to === from ? [] : [{ id, from, to }];
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
