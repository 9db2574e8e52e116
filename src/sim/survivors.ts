import type { ServerId } from '../core/ids.ts';
import type { Machine } from '../host/drivers.ts';
import { topOf } from '../host/layers.ts';
import type { Ledger } from '../host/ledger.ts';
import type { SimVolumes } from './volumes.ts';

/** What of a simulated host is there when its process starts. */
export interface Survivors {
  machines: Map<ServerId, Machine>;
  suspended: Set<ServerId>;
  /** Number of disk layers by server. */
  disks: Map<ServerId, number>;
  /** Servers by port. */
  ports: Map<string, ServerId>;
  volumes: SimVolumes;
}

/**
 * What would have gone on without an agent, as far as its ledger knows: QEMU and disks outlive an agent, memory does
 * not. Without a ledger the host is empty. Pure.
 */
export function survivors(ledger: Ledger | null, now: number): Survivors {
  const volumes: SimVolumes = { files: new Map(), serving: new Map(), copies: new Set(ledger?.uploads() ?? []) };
  for (const id of ledger?.volumes() ?? []) {
    volumes.files.set(id, ledger?.volume(id).layers.map(({ file }) => file) ?? []);
  }
  const found: Survivors = { machines: new Map(), suspended: new Set(), disks: new Map(), ports: new Map(), volumes };
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
      const disks = want.attachments.flatMap(({ id: attachment, volumeId }) => {
        const volume = ledger?.volume(volumeId);
        const top = volume && topOf(volume.layers);
        if (!volume || !top) return [];
        volumes.serving.set(volumeId, top);
        return [{ id: attachment, volumeId, sizeGib: volume.sizeGib }];
      });
      found.machines.set(id, { state: want.power, boot: done.boot, startedAt: now, ports, disks });
    }
  }
  return found;
}
