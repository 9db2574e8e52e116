import { cpus, freemem, totalmem } from 'node:os';
import type { HostLoad } from './document.ts';

/** Milliseconds that all processors together spent since the machine started: at work, and in all. */
export interface ProcessorTime {
  busy: number;
  total: number;
}

/** How busy the processors were between two looks, in percent of all of them. Pure. */
export function busyPercent(before: ProcessorTime, now: ProcessorTime): number {
  const total = now.total - before.total;
  // Two looks within a tick of the clock, or a machine that took a processor away.
  if (total <= 0) return 0;
  return Math.min(100, Math.max(0, Math.round((100 * (now.busy - before.busy)) / total)));
}

/** Answers, at each call, what the machine's processors did since the call before, and how much of its memory is in use. */
export function createLoadMeter(): () => HostLoad {
  let before: ProcessorTime = { busy: 0, total: 0 };
  return () => {
    const now = processorTime();
    const cpuPercent = busyPercent(before, now);
    before = now;
    // Of Linux, `freemem` is MemAvailable: what programs could have, caches included.
    return { cpuPercent, memoryUsedMib: Math.floor((totalmem() - freemem()) / 1024 ** 2) };
  };
}

function processorTime(): ProcessorTime {
  const all = cpus().map(({ times }) => ({ idle: times.idle, total: Object.values(times).reduce((a, b) => a + b, 0) }));
  const total = all.reduce((sum, one) => sum + one.total, 0);
  return { total, busy: total - all.reduce((sum, one) => sum + one.idle, 0) };
}
