import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { startController } from '../../src/controller.ts';
import { createLog } from '../../src/core/log.ts';
import type { Setting } from './plan.ts';

// The controller of a measurement, in a process of its own, with what it alone can know of itself.

/** What happened since it was asked last; milliseconds. */
export interface Inside {
  /** How much later than asked the event loop came round. */
  loopP99: number;
  loopMax: number;
  collecting: number;
}

const setting = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Setting;
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
let collecting = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) collecting += entry.duration;
}).observe({ entryTypes: ['gc'] });

const controller = await startController(
  {
    ...{ stateDir: setting.stateDir, listen: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1:5000' },
    ...{ region: 'RegionOne', ovnNorthbound: null, onServerFailure: 'stop', enforceImageFormat: true },
  },
  { log: createLog('warn'), adminPassword: setting.adminPassword, localHosts: setting.hosts },
);
const address = controller.server.server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : 0 });

process.on('message', () => {
  const inside: Inside = { loopP99: loop.percentile(99) / 1e6 - 1, loopMax: loop.max / 1e6 - 1, collecting };
  process.send?.(inside);
  loop.reset();
  collecting = 0;
});
process.on('disconnect', () => {
  // With --cpu-prof, Node writes the profile at an orderly end alone.
  void controller.close().then(() => process.exit(0));
});
