import { badRequest } from '../core/errors.ts';
import type { DiskLimits } from '../host/document.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import type { VolumeQosSpecsTable } from './tables.ts';

/** Names of front-end QoS specs: https://docs.openstack.org/cinder/latest/admin/basic-volume-qos.html */
const NAMES: Readonly<Record<string, keyof DiskLimits>> = {
  total_bytes_sec: 'bpsTotal',
  read_bytes_sec: 'bpsRead',
  write_bytes_sec: 'bpsWrite',
  total_iops_sec: 'iopsTotal',
  read_iops_sec: 'iopsRead',
  write_iops_sec: 'iopsWrite',
  total_bytes_sec_max: 'bpsTotalMax',
  read_bytes_sec_max: 'bpsReadMax',
  write_bytes_sec_max: 'bpsWriteMax',
  total_iops_sec_max: 'iopsTotalMax',
  read_iops_sec_max: 'iopsReadMax',
  write_iops_sec_max: 'iopsWriteMax',
  size_iops_sec: 'iopsSize',
};
const LARGEST = 1e15;

type Specs = Pick<VolumeQosSpecsTable, 'name' | 'consumer'> & { specs: Readonly<Record<string, string>> };

/**
 * What QoS specs allow a disk of this size when it is attached; null for no limit. `total_iops_sec_per_gb` and its like
 * grow with the disk, and `…_per_gb_min` is the least they come to. Throws ApiError 400 for specs that nothing here
 * keeps, and for limits that contradict each other: nobody may take a disk without limits for a limited one. Pure.
 */
export function limitsOf({ name, consumer, specs }: Specs, sizeGib: number): DiskLimits | null {
  const keys = Object.keys(specs);
  if (keys.length === 0) return null;
  const refuse = (why: string) => badRequest(`QoS specs ${name} cannot be kept: ${why}`);
  if (consumer === 'back-end') {
    throw refuse("their consumer is 'back-end', and disks are limited where they are used: make it 'front-end'.");
  }
  const limits: DiskLimits = {};
  for (const key of keys) {
    const [, base = '', suffix = ''] = /^(\w+?)(_per_gb|_per_gb_min)?$/.exec(key) ?? [];
    const field = NAMES[base];
    const text = specs[key] ?? '';
    if (field === undefined || (suffix !== '' && !base.endsWith('_sec'))) throw refuse(`there is no spec ${key}.`);
    if (!/^\d{1,16}$/.test(text) || Number(text) > LARGEST) throw refuse(`${key} is a whole number, not ${text}.`);
    const amount = suffix === '_per_gb' ? Number(text) * sizeGib : Number(text);
    if (suffix === '_per_gb_min' && specs[`${base}_per_gb`] === undefined) {
      throw refuse(`${key} goes with ${base}_per_gb.`);
    }
    if (suffix !== '' && specs[base] !== undefined) throw refuse(`${base} and ${base}_per_gb exclude each other.`);
    // 0 is no limit.
    if (amount > 0) limits[field] = Math.max(limits[field] ?? 0, amount);
  }
  const problem = contradiction(limits);
  if (problem !== null) throw refuse(problem);
  return Object.keys(limits).length === 0 ? null : limits;
}

/** What QEMU would refuse of them. */
function contradiction(limits: DiskLimits): string | null {
  for (const kind of ['bps', 'iops'] as const) {
    const total = limits[`${kind}Total`] ?? limits[`${kind}TotalMax`];
    const parts = [`${kind}Read`, `${kind}Write`, `${kind}ReadMax`, `${kind}WriteMax`] as const;
    if (total !== undefined && parts.some((part) => limits[part] !== undefined)) {
      return 'a total and limits of reading or writing exclude each other.';
    }
    for (const part of ['Total', 'Read', 'Write'] as const) {
      const most = limits[`${kind}${part}Max`];
      if (most !== undefined && most < (limits[`${kind}${part}`] ?? Infinity)) {
        return 'a burst (…_max) is for a limit of the same kind, and not below it.';
      }
    }
  }
  return null;
}

/** The limits of a volume of this type, as its QoS specs have them now. Throws ApiError 400 as `limitsOf` does. */
export async function limitsOfType(db: Reader, qosSpecsId: string | null, sizeGib: number): Promise<DiskLimits | null> {
  if (qosSpecsId === null) return null;
  const row = await db
    .selectFrom('volume_qos_specs')
    .select(['name', 'consumer', 'specs'])
    .where('id', '=', qosSpecsId)
    .executeTakeFirst();
  return row ? limitsOf({ ...row, specs: fromJson<Record<string, string>>(row.specs) }, sizeGib) : null;
}

/** The same for a volume, by the type it has. */
export async function limitsOfVolume(
  db: Reader,
  volume: { volume_type_id: string | null; target_gib: number },
): Promise<DiskLimits | null> {
  if (volume.volume_type_id === null) return null;
  const type = await db
    .selectFrom('volume_types')
    .select('qos_specs_id')
    .where('id', '=', volume.volume_type_id)
    .executeTakeFirst();
  return limitsOfType(db, type?.qos_specs_id ?? null, volume.target_gib);
}
