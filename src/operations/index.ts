import { placementFault } from '../http/faults.ts';
import type { Service } from '../http/service.ts';
import { operationsPolicy } from '../policy/own.ts';
import { showHealth } from './routes/health.ts';
import { listHosts } from './routes/hosts.ts';
import { listJobs } from './routes/jobs.ts';
import { showPlacement } from './routes/placement.ts';
import { listQuotas } from './routes/quotas.ts';

/** What who runs a cloud wants to see at a glance, and would have to ask several services for. It changes nothing. */
export const operationsService: Service = {
  name: 'operations',
  prefix: '/operations/v1',
  routes: [showHealth, listHosts, listJobs, showPlacement, listQuotas],
  rootRoutes: [],
  policy: operationsPolicy,
  fault: placementFault,
  versions: null,
};
