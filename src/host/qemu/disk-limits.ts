import type { DiskLimits } from '../document.ts';

/** What QEMU calls each limit: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html (ThrottleLimits). */
const LIMITS: Readonly<Record<keyof DiskLimits, string>> = {
  bpsTotal: 'bps-total',
  bpsRead: 'bps-read',
  bpsWrite: 'bps-write',
  iopsTotal: 'iops-total',
  iopsRead: 'iops-read',
  iopsWrite: 'iops-write',
  bpsTotalMax: 'bps-total-max',
  bpsReadMax: 'bps-read-max',
  bpsWriteMax: 'bps-write-max',
  iopsTotalMax: 'iops-total-max',
  iopsReadMax: 'iops-read-max',
  iopsWriteMax: 'iops-write-max',
  iopsSize: 'iops-size',
};

/** The limits as an object of QEMU, each disk with its own. */
export function throttleGroup(id: string, limits: DiskLimits): Record<string, unknown> {
  const known = Object.entries(LIMITS) as [keyof DiskLimits, string][];
  const set = known.flatMap(([name, theirs]) => (limits[name] === undefined ? [] : [[theirs, limits[name]]]));
  return { 'qom-type': 'throttle-group', id, limits: Object.fromEntries(set) };
}

/** The filter through which requests pass no faster than the group allows. */
export function throttleNode(name: string, group: string, file: string): Record<string, unknown> {
  return { driver: 'throttle', 'node-name': name, 'throttle-group': group, file };
}
