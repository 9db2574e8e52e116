import type { Server } from '../../../api/queries/compute.ts';

/** What happens until a new server can be used, in order. */
export const STAGES = ['place', 'disk', 'network', 'start', 'boot'] as const;
export type Stage = (typeof STAGES)[number];
export type StageState = 'done' | 'now' | 'later' | 'failed';

/** Nova's task states, by the stage that they are part of. */
const TASKS: Record<string, Stage> = {
  scheduling: 'place',
  networking: 'network',
  block_device_mapping: 'disk',
  spawning: 'start',
};

/** A prompt, or what cloud-init says at its end: the guest is up. */
const UP = /login:\s*$|Cloud-init v\. .* finished|Reached target .*Multi-User/m;

/** Where a new server is on its way. `log` is what its serial port said, null when nobody knows. Pure. */
export function progressOf(
  server: Pick<Server, 'status' | 'OS-EXT-STS:task_state'>,
  log: string | null,
): { stages: Record<Stage, StageState>; ready: boolean; failed: boolean } {
  const failed = server.status === 'ERROR';
  const up = server.status === 'ACTIVE';
  const booted = up && log !== null && UP.test(log);
  const task = server['OS-EXT-STS:task_state'];
  const current: Stage = up ? 'boot' : (TASKS[task ?? ''] ?? (server.status === 'BUILD' ? 'place' : 'start'));
  const at = STAGES.indexOf(current);
  const stages = Object.fromEntries(
    STAGES.map((stage, index): [Stage, StageState] => [
      stage,
      booted || index < at ? 'done' : index > at ? 'later' : failed ? 'failed' : 'now',
    ]),
  ) as Record<Stage, StageState>;
  return { stages, ready: up, failed };
}

/** The address to reach a server by: a floating IP, else its own. Pure. */
export function bestAddress(server: Pick<Server, 'addresses'>): { address: string; outside: boolean } | null {
  const all = Object.values(server.addresses).flat();
  const floating = all.find((one) => one['OS-EXT-IPS:type'] === 'floating');
  const own = all.find(({ version }) => version === 4) ?? all[0];
  const best = floating ?? own;
  return best === undefined ? null : { address: best.addr, outside: floating !== undefined };
}

/** Lines for a terminal to get into a server; the file of a key made here must be closed to others first. Pure. */
export function sshLines(user: string, address: string, keyFile: string | null): string {
  // IPv6 needs no brackets here.
  if (keyFile === null) return `ssh ${user}@${address}`;
  const file = /^[\w.-]+$/.test(keyFile) ? keyFile : `'${keyFile.replaceAll("'", `'\\''`)}'`;
  return `chmod 600 ${file}\nssh -i ${file} ${user}@${address}`;
}
