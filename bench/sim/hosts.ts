import { readFileSync } from 'node:fs';
import { createLog } from '../../src/core/log.ts';
import { startSimHost } from '../../src/sim/host.ts';
import type { Setting } from './plan.ts';

// All simulated hosts of a measurement, in a process of their own.

const [, , path = '', port = ''] = process.argv;
const setting = JSON.parse(readFileSync(path, 'utf8')) as Setting;
const log = createLog('error');
const controller = `http://127.0.0.1:${port}`;
const hosts = setting.hosts.map((host) => startSimHost({ host, controller, log, size: setting.size }));
process.send?.({ started: hosts.length });
process.on('message', () => {
  const machines = hosts.reduce((sum, { sim }) => sum + sim.machines.size, 0);
  process.send?.({ machines });
});
process.on('disconnect', () => process.exit(0));
