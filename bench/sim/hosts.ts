import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createLog } from '../../src/core/log.ts';
import { startSimHost } from '../../src/sim/host.ts';
import type { Setting } from './plan.ts';

/** Hosts that dial in the same second. */
const TOGETHER = 200;

// All simulated hosts of a measurement, in a process of their own.

const [, , path = '', port = ''] = process.argv;
const setting = JSON.parse(readFileSync(path, 'utf8')) as Setting;
const log = createLog('error');
const controller = `http://127.0.0.1:${port}`;
const hosts: ReturnType<typeof startSimHost>[] = [];
process.send?.({ started: setting.hosts.length });
process.on('message', () => {
  const machines = hosts.reduce((sum, { sim }) => sum + sim.machines.size, 0);
  process.send?.({ machines });
});
process.on('disconnect', () => process.exit(0));
for (const host of setting.hosts) {
  hosts.push(startSimHost({ host, controller, log, size: setting.size }));
  // As machines that are switched on: thousands do not dial in the same second, and there are not sockets for it here.
  if (hosts.length % TOGETHER === 0) await pause(1000);
}
