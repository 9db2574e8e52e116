import { plainRequest } from '../request.ts';
import { oneQuery } from './query.ts';

/** How much of something may be used, and is; a limit of -1 is none. */
export interface Quota {
  limit: number;
  used: number;
}

/** Of Nova and Cinder: some members (the project's id) are no quotas. */
type QuotaSet = Record<string, unknown>;

export const computeQuotaQuery = (project: string) =>
  oneQuery<QuotaSet>(
    'quotas',
    'compute-set',
    plainRequest('GET', `/compute/v2.1/os-quota-sets/${project}/detail`),
    'quota_set',
  );

export const volumeQuotaQuery = (project: string) =>
  oneQuery<QuotaSet>(
    'quotas',
    'volume-set',
    plainRequest('GET', `/volume/v3/os-quota-sets/${project}`, { query: { usage: 'True' } }),
    'quota_set',
  );

export const networkQuotaQuery = (project: string) =>
  oneQuery<QuotaSet>('quotas', 'network', plainRequest('GET', `/network/v2.0/quotas/${project}/details.json`), 'quota');
