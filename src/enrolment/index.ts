import { placementFault } from '../http/faults.ts';
import { enrolmentPolicy, entryPolicy } from '../policy/own.ts';
import type { Service } from '../http/service.ts';
import { entryRoutes } from './routes/entry.ts';
import { hostRoutes } from './routes/hosts.ts';
import { keptRoutes } from './routes/kept.ts';
import { inviteRoutes } from './routes/invites.ts';

export { startAgentEndpoint, type AgentEndpoint } from './endpoint.ts';
export { writeIdentityFiles } from './identity-files.ts';
export { knownCertificates } from './known.ts';
export { createEnrolmentReconciler } from './reconcile.ts';

/** For operators: who may become a host, and who is one. */
export const enrolmentService: Service = {
  name: 'enrolment',
  prefix: '/enrolment/v1',
  policy: enrolmentPolicy,
  routes: [...inviteRoutes, ...hostRoutes, ...keptRoutes],
  rootRoutes: [],
  fault: placementFault,
  versions: null,
};

/** For machines, on the agent endpoint alone: how they become hosts and stay it. */
export const entryService: Service = {
  name: 'entry',
  prefix: '/entry/v1',
  policy: entryPolicy,
  routes: entryRoutes,
  rootRoutes: [],
  fault: placementFault,
  versions: null,
};
