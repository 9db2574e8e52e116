import type { ServerId } from '../core/ids.ts';
import type { Machine } from '../host/drivers.ts';
import type { Ledger } from '../host/ledger.ts';

/** What of a simulated host is there when its process starts. */
export interface Survivors {
  machines: Map<ServerId, Machine>;
  suspended: Set<ServerId>;
  /** Number of disk layers by server. */
  disks: Map<ServerId, number>;
  /** Servers by port. */
  ports: Map<string, ServerId>;
}

/**
 * What would have gone on without an agent, as far as its ledger knows: QEMU and disks outlive an agent, memory does
 * not. Without a ledger the host is empty. Pure.
 */
export function survivors(ledger: Ledger | null, now: number): Survivors {
  const found: Survivors = { machines: new Map(), suspended: new Set(), disks: new Map(), ports: new Map() };
  for (const id of ledger?.servers() ?? []) {
    const done = ledger?.done(id);
    if (!done || done.build === 0) continue;
    found.disks.set(id, done.layersGib.length);
    const want = ledger?.document?.servers.find((server) => server.id === id);
    if (!want) continue;
    for (const port of want.ports) found.ports.set(port.id, id);
    if (done.boot === 0 || done.ended !== null || want.power === 'stopped') continue;
    if (want.power === 'suspended') found.suspended.add(id);
    else {
      const ports = want.ports.map((port) => port.id);
      found.machines.set(id, { state: want.power, boot: done.boot, startedAt: now, ports });
    }
  }
  return found;
}
