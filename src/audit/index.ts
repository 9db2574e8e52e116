import { placementFault } from '../http/faults.ts';
import type { Service } from '../http/service.ts';
import { auditPolicy } from '../policy/own.ts';
import { eventRoutes } from './routes/events.ts';

export { AUDIT_KEEP_DAYS, createAuditReconciler } from './reconcile.ts';

/** Who did what, when and from where: what the controller wrote down of every change and every refused one. */
export const auditService: Service = {
  name: 'audit',
  prefix: '/audit/v1',
  routes: eventRoutes,
  rootRoutes: [],
  policy: auditPolicy,
  fault: placementFault,
  versions: null,
};
