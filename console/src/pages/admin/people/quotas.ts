import type { ProjectQuotas, Use } from '../../../api/queries/operators.ts';
import { plainRequest, request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';

/** What a project may have of something: where the number lives, what its API and the client call it, and in what it is counted. */
export interface Quota {
  service: 'compute' | 'volume' | 'network';
  key: string;
  option: string;
  unit: 'number' | 'MiB' | 'GiB';
}

/** Those that a person sets; the client knows more. */
export const QUOTAS: readonly Quota[] = [
  { service: 'compute', key: 'instances', option: 'instances', unit: 'number' },
  { service: 'compute', key: 'cores', option: 'cores', unit: 'number' },
  { service: 'compute', key: 'ram', option: 'ram', unit: 'MiB' },
  { service: 'volume', key: 'volumes', option: 'volumes', unit: 'number' },
  { service: 'volume', key: 'gigabytes', option: 'gigabytes', unit: 'GiB' },
  { service: 'volume', key: 'snapshots', option: 'snapshots', unit: 'number' },
  { service: 'volume', key: 'backups', option: 'backups', unit: 'number' },
  { service: 'network', key: 'floatingip', option: 'floating-ips', unit: 'number' },
  { service: 'network', key: 'network', option: 'networks', unit: 'number' },
  { service: 'network', key: 'router', option: 'routers', unit: 'number' },
  { service: 'network', key: 'port', option: 'ports', unit: 'number' },
  { service: 'network', key: 'security_group', option: 'secgroups', unit: 'number' },
];

/** A new limit for each quota that changes, by its key; -1 is none. */
export type Limits = Readonly<Record<string, number | null>>;

export const limitAndUse = (quotas: ProjectQuotas, { service, key }: Quota): Use =>
  quotas[service][key] ?? { limit: -1, used: 0 };

/** The requests that change them, one for each service that has any. Pure. */
export function quotaOperations(project: { id: string }, limits: Limits): Operation[] {
  return (['compute', 'volume', 'network'] as const).flatMap((service) => {
    const those = QUOTAS.filter((one) => one.service === service && typeof limits[one.key] === 'number');
    if (those.length === 0) return [];
    const body = Object.fromEntries(those.map(({ key }) => [key, limits[key] ?? -1]));
    return [
      {
        request: quotaRequest(service, project.id, body),
        command: openstack(
          ...['quota', 'set'],
          ...those.map(({ key, option }) => [`--${option}`, String(limits[key])]),
          project.id,
        ),
      },
    ];
  });
}

function quotaRequest(service: Quota['service'], project: string, body: Record<string, number>) {
  const path = { project_id: project };
  if (service === 'compute') {
    return request('PUT /compute/v2.1/os-quota-sets/{project_id}', { path, body: { quota_set: body } });
  }
  if (service === 'network') return request('PUT /network/v2.0/quotas/{project_id}', { path, body: { quota: body } });
  return plainRequest('PUT', `/volume/v3/os-quota-sets/${encodeURIComponent(project)}`, { body: { quota_set: body } });
}
