import type { Quota } from '../../api/queries/quota.ts';

/** What services count, in the order in which people ask for it; what a service counts besides is left out. */
export const COUNTED = {
  compute: ['instances', 'cores', 'ram', 'key_pairs', 'server_groups'],
  volume: ['volumes', 'gigabytes', 'snapshots', 'backups', 'backup_gigabytes'],
  network: ['floatingip', 'network', 'subnet', 'router', 'port', 'security_group', 'security_group_rule'],
} as const;
export type Service = keyof typeof COUNTED;
export type Counted = (typeof COUNTED)[Service][number];

/** Bytes in one of a quota that counts an amount: Nova's memory is in MiB, Cinder's space in GiB. */
export const UNIT: Partial<Record<Counted, number>> = { ram: 2 ** 20, gigabytes: 2 ** 30, backup_gigabytes: 2 ** 30 };

/** The quotas of a service that are there. Nova and Cinder say `in_use`, Neutron `used`. Pure. */
export function quotaRows(service: Service, set: Record<string, unknown>): ({ name: Counted } & Quota)[] {
  return COUNTED[service].flatMap((name) => {
    const found = set[name] as { limit?: number; in_use?: number; used?: number } | undefined;
    if (typeof found !== 'object' || found.limit === undefined) return [];
    return [{ name, limit: found.limit, used: found.in_use ?? found.used ?? 0 }];
  });
}

/** Whether nearly nothing is left: a tenth or less. Pure. */
export const isShort = ({ limit, used }: Quota): boolean => limit >= 0 && used >= limit * 0.9 && used > 0;
