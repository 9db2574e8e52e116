import type { HostDiagnostics, HostServer } from '../host/document.ts';
import type { Machine } from '../host/drivers.ts';

/** What a simulated machine would count: nothing happens in it. */
export function simDiagnostics(want: HostServer | null, machine: Machine, now: number): HostDiagnostics {
  const none = { readBytes: 0, readRequests: 0, writeBytes: 0, writeRequests: 0, errors: 0 };
  const still = { rxBytes: 0, rxPackets: 0, rxErrors: 0, rxDrop: 0, txBytes: 0, txPackets: 0, txErrors: 0, txDrop: 0 };
  const names = [
    ...(want?.disk ? ['vda'] : []),
    ...[...(want?.localDisks ?? []), ...(want?.attachments ?? [])].map(({ device }) => device),
  ];
  return {
    state: machine.state,
    uptimeSeconds: Math.max(0, Math.round((now - machine.startedAt) / 1000)),
    isKvm: false,
    configDrive: want?.configDrive ?? false,
    cpus: Array.from({ length: want?.vcpus ?? 1 }, (_, id) => ({ id, nanoseconds: 0 })),
    memoryMib: { maximum: want?.memoryMib ?? 0, used: want?.memoryMib ?? 0 },
    disks: names.map((device) => ({ device, ...none })),
    nics: (want?.ports ?? []).map(({ id, mac }) => ({ port: id, mac, ...still })),
  };
}
