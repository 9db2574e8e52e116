import type { Route } from '../../http/route.ts';
import { aggregateRoutes } from './aggregates.ts';
import { extraSpecRoutes } from './flavor-extra-specs.ts';
import { flavorRoutes } from './flavors.ts';
import { hostRoutes } from './hosts.ts';
import { hypervisorRoutes } from './hypervisors.ts';
import { keypairRoutes } from './keypairs.ts';
import { quotaClassRoutes } from './quota-classes.ts';
import { quotaRoutes } from './quota-sets.ts';
import { serverGroupRoutes } from './server-groups.ts';
import { serviceRoutes } from './services.ts';

export { DEFAULT_ZONE, hostZones, readAggregates } from './aggregates.ts';
export { flavorByRef, type Flavor } from './flavors-store.ts';
export { isUp, SERVICE_DOWN_AFTER } from './hosts-view.ts';
export { keypairForServer } from './keypairs.ts';
export { computeQuota, type Quota, type QuotaName } from './quotas.ts';
export {
  addServerGroupMember,
  removeServerGroupMember,
  serverGroupForServer,
  type ServerGroup,
} from './server-groups.ts';

/** Everything of the compute API that is about what servers are made from, and where. */
export const catalogueRoutes: Route[] = [
  ...flavorRoutes,
  ...extraSpecRoutes,
  ...keypairRoutes,
  ...serverGroupRoutes,
  ...quotaRoutes,
  ...quotaClassRoutes,
  ...aggregateRoutes,
  ...hypervisorRoutes,
  ...hostRoutes,
  ...serviceRoutes,
];
