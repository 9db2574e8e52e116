import { readText } from '../files.ts';
import type { Paths } from '../paths.ts';
import { runitSupervisor } from './runit.ts';
import type { Supervisor } from './service.ts';
import { systemdSupervisor } from './systemd.ts';

export type { Ensured, Service, ServiceStatus, Supervisor } from './service.ts';

/** What process 1 is: `systemd`, `init`, `sh`, … */
export async function processOne(): Promise<string> {
  return ((await readText('/proc/1/comm')) ?? '').trim();
}

/** The supervisor that fits this machine: systemd where it is process 1, runit elsewhere. */
export async function chooseSupervisor(paths: Paths): Promise<Supervisor> {
  return (await processOne()) === 'systemd' ? systemdSupervisor() : runitSupervisor(paths);
}
